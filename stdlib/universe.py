"""The one table of built-ins: every module's declarations, clashes refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from interact.stdlib import arithmetic
from interact.stdlib.builtin import Builtin, collect

MODULES = (arithmetic,)

UNIVERSE: Mapping[str, Builtin] = MappingProxyType(collect(m.GROUP for m in MODULES))
