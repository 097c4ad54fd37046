"""The canonical form of a source, with the line ends that it has."""

from __future__ import annotations

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.format import format_source


def canonical(source: SourceFile, sink: Sink) -> str | None:
    r"""Return the canonical text of a source, None for one with errors, which are reported.

    >>> canonical(SourceFile("", "offer A{}\r\n"), Sink())
    'offer A {}\r\n'
    """
    text = format_source(source, sink)
    is_dos = source.text.partition("\n")[0].endswith("\r")
    return text.replace("\n", "\r\n") if text is not None and is_dos else text
