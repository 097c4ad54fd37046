"""What decided, in words: conditions as they are written, with the values that they compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interact.compiler.source import SourceFile, Span
    from interact.runtime.membership import Absence, Deciding

_COMPARISON = re.compile(r"\s*(?:<=|>=|!=|=|<|>)\s*")
_LITERAL = re.compile(r"[-\d\"]|(?:true|false|null)\b")


def text_of(span: Span, sources: Mapping[str, SourceFile]) -> str:
    """Return what stands at a place, on one line."""
    source = sources.get(span.file)
    return "" if source is None else " ".join(source.text[span.start : span.end].split())


def decided(found: Deciding, sources: Mapping[str, SourceFile]) -> str:
    """Return a condition with its values: ``use >= heavy, where use = 6.14, heavy = 10.0``."""
    text = text_of(found.span, sources)
    sides = _COMPARISON.split(text)
    shown = dict(zip(sides, found.sides, strict=True)) if len(sides) == len(found.sides) else {}
    shown = {side: value for side, value in shown.items() if not _LITERAL.match(side)}
    values = ", ".join(f"{name} = {value}" for name, value in ({**found.values, **shown}).items())
    return f"{text}, where {values}" if values else text


def why_absent(absences: Iterable[Absence], sources: Mapping[str, SourceFile]) -> Iterator[str]:
    """Yield why somebody is not in segments, a line for each cell."""
    for absence in absences:
        line = f"{absence.cell}: {absence.because}"
        yield line if absence.deciding is None else f"{line}: {decided(absence.deciding, sources)}"
