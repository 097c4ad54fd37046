"""From the columnar plan to kernels: choose a kernel for each operation, on the columns at hand.

Operations are emitted when something asks for them, so what no rule of the day needs costs
nothing, and each mask or value is made close to its use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.codegen import bind_masks, bind_values
from interact.compiler.codegen.assembler import Assembler
from interact.compiler.codegen.operands import Column, InputKey, Operand, Value
from interact.compiler.codegen.texts import Texts
from interact.compiler.columnar.nodes import Failure, Op, OpKind
from interact.compiler.core.interpret import Moment

Columns = Mapping[InputKey, Column]


@dataclass
class Binder:
    """Turns the operations of one table of rows into instructions.

    ``columns`` says how each input arrives. ``failed`` holds, for an operation that can lack a
    result, how to make the mask of rows in which it did.
    """

    ops: Sequence[Op]
    columns: Columns
    moment: Moment
    assembler: Assembler = field(default_factory=Assembler)
    failed: dict[int, Callable[[], Operand]] = field(default_factory=dict)
    truths: dict[tuple[tuple[int, ...], object], tuple[Operand, Operand]] = field(
        default_factory=dict
    )
    counted: set[Failure] = field(default_factory=set)
    narrowed: dict[InputKey, Operand] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    score_uses: Counter[int] = field(default_factory=Counter)
    _values: dict[int, Value] = field(default_factory=dict)
    _masks: dict[int, Operand] = field(default_factory=dict)
    _uses: Counter[InputKey | None] = field(default_factory=Counter)

    def value(self, index: int) -> Value:
        """Return where the value of an operation lies, emitting it when it is new."""
        if index not in self._values:
            self._values[index] = bind_values.bind_value(index, self.ops[index], self)
        return self._values[index]

    def mask(self, index: int) -> Operand:
        """Return where the mask of an operation lies, emitting it when it is new."""
        if index not in self._masks:
            self._masks[index] = bind_masks.bind_mask(index, self.ops[index], self)
        return self._masks[index]

    @property
    def live(self) -> Operand:
        """The mask of rows that exist: all ones but in the last block."""
        return self.assembler.buffer("live", bind_masks.MASK_BYTES)

    def scored_once(self, index: int) -> bool:
        """Return whether a value is nothing but the score of one rule."""
        return self.score_uses[index] == 1 and all(
            index not in op.args or op.kind is OpKind.FAILED for op in self.ops
        )

    def uses_of(self, key: InputKey) -> int:
        """Return how many operations of the plan test the texts of a column."""
        if not self._uses:
            for op in self.ops:
                if op.kind in (OpKind.TEXT_TRUTH, OpKind.TEXT_FAILED):
                    self._uses[bind_masks.only_text(op, self)] += 1
        return self._uses[key]
