"""Every code of every stage, by id."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from interact.compiler.diagnostics import (
    happening,
    names,
    offering,
    structure,
    syntax,
    tabling,
    tests,
    types,
)
from interact.compiler.diagnostics.diagnostic import Code

STAGES: tuple[ModuleType, ...] = (
    *(syntax, names, types, structure, offering, tabling),
    *(happening, tests),
)


def collect_codes(stages: Iterable[ModuleType]) -> dict[str, Code]:
    """Return the codes declared at the top level of ``stages``, by id.

    Raises:
        ValueError: Two declarations have one id.
    """
    codes: dict[str, Code] = {}
    for stage in stages:
        for name, value in vars(stage).items():
            if not isinstance(value, Code):
                continue
            if codes.setdefault(value.id, value) is not value:
                raise ValueError(f"{stage.__name__}.{name}: the id {value.id} is taken")
    return dict(sorted(codes.items()))


CODES: dict[str, Code] = collect_codes(STAGES)
