"""Kernels that hand out what explanations need: masks of stages, and scores of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from interact.compiler.codegen import bind_values
from interact.compiler.codegen.bind_zones import applies
from interact.compiler.codegen.operands import Immediate
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import OpKind, ZonePlan

if TYPE_CHECKING:
    from interact.compiler.codegen.from_columnar import Binder
    from interact.compiler.codegen.table import Outputs

MASK, SCORE = "stage.", "value."
"""What outputs are called, before the number of the operation."""


def emit_explained(zone: ZonePlan, bind: Binder) -> None:
    """Write the masks of the stages of all rules of a zone, and the scores of those that apply.

    Each operation is written once, however many rules it is of; constants are not.
    """
    for rule in (r for rules in zone.offers for r in rules):
        for stage in rule.stages:
            _mask(stage.mask, bind)
        if applies(rule, bind.moment.today, bind):
            _score(rule.score, bind)


def numbered(outputs: Outputs, prefix: str) -> Iterator[tuple[int, Any]]:
    """Yield the outputs of a sort with the operations that they are of."""
    for name, array in outputs.items():
        if name.startswith(prefix):
            yield int(name.removeprefix(prefix)), array


def _mask(index: int, bind: Binder) -> None:
    name = f"{MASK}{index}"
    fixed = bind.ops[index].kind in (OpKind.LIVE, OpKind.NONE)
    if not fixed and name not in bind.assembler.outputs:
        mask = bind.mask(index)
        out = bind.assembler.output(name, "bits")
        bind.assembler.emit("bits.and", Immediate(2), out, mask, bind.live)


def _score(index: int, bind: Binder) -> None:
    name = f"{SCORE}{index}"
    fixed = bind.ops[index].kind is OpKind.CONSTANT
    if not fixed and name not in bind.assembler.outputs:
        data = bind_values.filled(bind.value(index), Lane.F64, bind).data
        out = bind.assembler.output(name, "f8")
        bind.assembler.emit("select.f64", bind.live, data, data, out)
