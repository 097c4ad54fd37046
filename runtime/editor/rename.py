"""Renaming what is declared, everywhere it is named, so that the project means the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from interact.compiler.source import Span
from interact.compiler.surface.outline import Symbol
from interact.compiler.surface.token import RESERVED
from interact.runtime.editor.analysis import Analysis, Workshop
from interact.runtime.editor.keeping import Edit, kept
from interact.runtime.editor.sources import Buffers
from interact.runtime.errors import InteractError

_NAME = re.compile(r"[^\W\d_]\w*")


class Refused(InteractError):
    """Something cannot be renamed, or not to this."""


def renamable(analysis: Analysis, file: str, offset: int) -> tuple[Span, list[Symbol]] | None:
    """Return the name at a place, and all declarations that have to be renamed together."""
    found = analysis.index.at(file, offset)
    if found is None or not found[1] or found[1][0].kind == "test":
        return None
    return found[0], analysis.index.related(found[1])


def rename(analysis: Analysis, workshop: Workshop, file: str, offset: int, new: str) -> list[Edit]:
    """Return the edits that give what is named at a place a new name.

    What stood for something outside is written down: columns of data, codes of offers, seeds.

    Raises:
        Refused: There is nothing to rename, it is no name, the project has errors, or it would
            have, or other names would lead elsewhere.
    """
    found = renamable(analysis, file, offset)
    if found is None:
        raise Refused("there is no name that is declared in this project")
    if analysis.checked.program is None:
        raise Refused("the project has errors; mend them first")
    if _NAME.fullmatch(new) is None or new in RESERVED:
        raise Refused(f"`{new}` cannot be a name")
    edits = list(_edits(analysis, found[1], new))
    after = _checked(analysis, workshop, edits)
    if after.checked.program is None:
        raise Refused(f"`{new}` cannot be its name: {after.found[0].message}")
    if not _same_meaning(analysis, after, edits):
        raise Refused(f"`{new}` is the name of something else that is meant here")
    return edits


def _edits(analysis: Analysis, symbols: Sequence[Symbol], new: str) -> Iterator[Edit]:
    """Yield the edits, by file and place.

    Raises:
        Refused: A name is written in a way that hides it.
    """
    old = symbols[0].name.text
    found = [(span, new) for span in analysis.index.mentions(symbols)]
    for span, _ in found:
        written = analysis.sources[span.file].text[span.start : span.end]
        if written.casefold() != old.casefold():
            raise Refused(f"`{old}` is also named in a text with escapes, which hide it")
    found += kept(symbols, analysis)
    yield from sorted(found, key=lambda edit: (edit[0].file, edit[0].start, edit[0].end))


def _checked(analysis: Analysis, workshop: Workshop, edits: Sequence[Edit]) -> Analysis:
    """Return what would be known of the project after edits."""
    buffers = Buffers()
    for path in workshop.buffers.paths():
        buffers.put(path, workshop.buffers.text(path) or "")
    for name, text in edited(analysis, edits).items():
        buffers.put(name, text)
    return Workshop(workshop.root, buffers).analyse()


def edited(analysis: Analysis, edits: Sequence[Edit]) -> dict[str, str]:
    """Return the texts of the files that edits change."""
    texts: dict[str, str] = {}
    for span, new in reversed(edits):
        text = texts.get(span.file, analysis.sources[span.file].text)
        texts[span.file] = text[: span.start] + new + text[span.end :]
    return texts


def _same_meaning(before: Analysis, after: Analysis, edits: Sequence[Edit]) -> bool:
    """Return whether every name leads to what it led to."""
    moved = _moved(edits)
    wanted = {
        moved(use): {moved(symbol.name.span) for symbol in symbols}
        for use, symbols in before.index.uses.items()
    }
    found = {
        use: {symbol.name.span for symbol in symbols} for use, symbols in after.index.uses.items()
    }
    return wanted == found


def _moved(edits: Sequence[Edit]) -> Callable[[Span], Span]:
    """Return where places are after edits."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit[0].file, []).append(edit)

    def moved(place: Span) -> Span:
        listed = by_file.get(place.file, ())
        before = (e for e in listed if e[0].end <= place.start)
        within = (e for e in listed if e[0].start < place.end and e[0].end <= place.end)
        return Span(place.file, place.start + _growth(before), place.end + _growth(within))

    return moved


def _growth(edits: Iterable[Edit]) -> int:
    return sum(len(new) - (span.end - span.start) for span, new in edits)
