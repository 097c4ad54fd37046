"""Expressions on texts: evaluated by the interpreter, once per distinct value or combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        return _answer(op, Frame(Customer({str(i): v for i, v in enumerate(inputs)}), self.moment))

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
        frame = Frame(Customer(values), self.moment)
        for word in dictionary:
            values["0"] = word
            yield _answer(op, frame)
            frame.failures.clear()
            frame.folds.clear()


def _answer(op: Op, frame: Frame) -> Value:
    if op.kind is OpKind.TEXT:
        assert not isinstance(op.data, tuple)
        return evaluate(_expr(op.data), frame)
    assert isinstance(op.data, tuple)
    expr, detail = op.data
    found = evaluate(_expr(expr), frame)
    if op.kind is OpKind.TEXT_TRUTH:
        return found is detail
    return any(span == detail for span, _ in frame.failures if isinstance(detail, Span))


def _expr(data: object) -> Expr:
    return data  # type: ignore[return-value]
