"""Expressions on texts: evaluated by the interpreter, once per distinct value or combination."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from interact.compiler.columnar.nodes import Op, OpKind
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Expr
from interact.compiler.source import Span
from interact.stdlib.types import Value

CODE_STEPS = (127, 2**31 - 1)
"""Sizes of dictionaries for which kernels differ; a program is bound for one of these."""


def code_step(count: int) -> int:
    """Return the least step that ``count`` distinct texts fit in."""
    return next(step for step in CODE_STEPS if count <= step)


@dataclass
class Texts:
    """Evaluates the text operations of a plan at one moment, remembering answers."""

    moment: Moment = field(default_factory=lambda: Moment(0))
    _answers: dict[tuple[Op, tuple[Value, ...]], Value] = field(default_factory=dict)
    _sets: dict[tuple[Op, tuple[str, ...]], list[Value]] = field(default_factory=dict)

    def holds_for_null(self, op: Op) -> bool:
        """Return whether a mask holds where its only input is null."""
        return self.answer(op, (None,)) is True

    def answer(self, op: Op, inputs: Sequence[Value]) -> Value:
        """Return the value of a text operation, for a mask whether it holds."""
        frame = Frame(Customer({str(i): v for i, v in enumerate(inputs)}), self.moment)
        return _question(op)(frame)

    def answers(self, op: Op, dictionary: tuple[str, ...]) -> list[Value]:
        """Return the answer for each text of a dictionary."""
        key = (op, dictionary)
        if key not in self._sets:
            if len(self._sets) > 4096:
                self._sets.clear()
            self._sets[key] = list(self._each(op, dictionary))
        return self._sets[key]

    def _each(self, op: Op, dictionary: tuple[str, ...]) -> Iterator[Value]:
        values: dict[str, Value] = {}
        frame, answer = Frame(Customer(values), self.moment), _question(op)
        for word in dictionary:
            values["0"] = word
            yield answer(frame)
            frame.failures.clear()
            frame.folds.clear()


def _question(op: Op) -> Callable[[Frame], Value]:
    """Return what answers a text operation."""
    if op.kind is OpKind.TEXT:
        assert not isinstance(op.data, tuple)
        whole = _expr(op.data)
        return lambda frame: evaluate(whole, frame)
    assert isinstance(op.data, tuple)
    expr, detail = _expr(op.data[0]), op.data[1]
    if op.kind is OpKind.TEXT_TRUTH:
        return lambda frame: evaluate(expr, frame) is detail

    def fails(frame: Frame) -> bool:
        evaluate(expr, frame)
        return any(span == detail for span, _ in frame.failures if isinstance(detail, Span))

    return fails


def _expr(data: object) -> Expr:
    return data  # type: ignore[return-value]
