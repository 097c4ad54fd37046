"""The one table of built-ins: every module's declarations, clashes refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from interact.stdlib import (
    arithmetic,
    calendar,
    cast,
    dateformat,
    duration,
    enumeration,
    excerpt,
    exponential,
    interval,
    numeric,
    rounding,
    spelling,
    temporal,
    text,
)
from interact.stdlib.builtin import Builtin, Overload, collect

MODULES = (
    arithmetic,
    temporal,
    numeric,
    rounding,
    exponential,
    text,
    excerpt,
    calendar,
    interval,
    dateformat,
    duration,
    enumeration,
    cast,
    spelling,
)

UNIVERSE: Mapping[str, Builtin] = MappingProxyType(collect(m.GROUP for m in MODULES))
"""Every built-in by the name that the source, or an operator, calls it."""

OVERLOADS: Mapping[str, Overload] = MappingProxyType(
    {o.qualified: o for b in UNIVERSE.values() for o in b.overloads}
)
"""One overload of each function by its qualified name; the others differ in their kinds only."""
