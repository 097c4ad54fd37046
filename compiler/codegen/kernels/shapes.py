"""The shape table: what kernels there are, and their operands in order."""

from __future__ import annotations

from collections.abc import Iterator

from interact.compiler.codegen.abi import DRIVE, Shape
from interact.compiler.codegen.kernels.arithmetic import ARITHMETIC
from interact.compiler.codegen.kernels.bits import BITS
from interact.compiler.codegen.kernels.columns import COLUMNS
from interact.compiler.codegen.kernels.compares import COMPARES
from interact.compiler.codegen.kernels.family import Family
from interact.compiler.codegen.kernels.manys import MANYS
from interact.compiler.codegen.kernels.mapped import MAP, map_source
from interact.compiler.codegen.kernels.outputs import OUTPUTS
from interact.compiler.codegen.kernels.samples import SAMPLES
from interact.compiler.codegen.kernels.scores import SCORES
from interact.compiler.codegen.kernels.source import Source
from interact.compiler.codegen.kernels.ties import TIES
from interact.compiler.codegen.kernels.tops import TOPS

_DRIVE = Source(
    "for b in range(blocks):\n"
    "    for i in range(n_instr):\n"
    "        run(get_i64(code, 2 * i), get_i64(code, 2 * i + 1), words)\n"
    "    for i in range(n_moves):\n"
    "        slot = get_i64(moves, 2 * i)\n"
    "        set_i64(slot, 0, get_i64(slot, 0) + get_i64(moves, 2 * i + 1))\n",
    ("code", "n_instr", "moves", "n_moves", "blocks", "words"),
)

FAMILIES: tuple[Family, ...] = (
    *BITS,
    *COMPARES,
    *COLUMNS,
    *ARITHMETIC,
    *SCORES,
    *TOPS,
    *TIES,
    *OUTPUTS,
    *SAMPLES,
    *MANYS,
)


def catalogue() -> Iterator[tuple[str, str, str]]:
    """Every row of the table: pattern, operands in order, what it does."""
    yield DRIVE, " ".join(_DRIVE.arguments), "run a program over blocks; see driver.py"
    yield MAP
    for family in FAMILIES:
        yield family.pattern, family.operands, family.doc


def source_of(shape: Shape) -> Source:
    """The source of a shape.

    Raises:
        ValueError: no family has that shape.
    """
    if shape == DRIVE:
        return _DRIVE
    mapped = map_source(shape)
    if mapped is not None:
        return mapped
    for family in FAMILIES:
        source = family.match(shape)
        if source is not None:
            return source
    raise ValueError(f"unknown kernel shape {shape!r}")
