"""From the columnar plan to kernels: choose a kernel for each operation, on the columns at hand.

Operations are emitted when something asks for them, so what no rule of the day needs costs
nothing, and each mask or value is made close to its use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.codegen import bind_masks, bind_values
from interact.compiler.codegen.assembler import Assembler
from interact.compiler.codegen.operands import Column, InputKey, Operand, Value
from interact.compiler.columnar.nodes import Op, OpKind
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
    dense: dict[int, Value] = field(default_factory=dict)
    _values: dict[int, Value] = field(default_factory=dict)
    _masks: dict[int, Operand] = field(default_factory=dict)

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

    def is_trivial(self, index: int) -> bool:
        """Return whether a mask is every row or none."""
        return self.ops[index].kind in (OpKind.LIVE, OpKind.NONE)
