"""Code in the documentation, found and completed.

A page is Markdown. What is compiled in it:

``interact``
    One source file. ``<!-- given: shop, cards -->`` above it names preludes, which are further
    files of the same project; ``<!-- prelude shop: … -->`` defines one, out of the reader's sight.
``interact error``
    The same, with errors. The next block, ``text``, is what the command shows of them.
``interact lints``
    The same, with what the lints find, which is not an error.
``interact values``
    Lines of ``expression   # value``, about the customer of the page.

A block that says ``unchecked`` after its language is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interact.compiler.source import SourceFile

_PRELUDE = re.compile(r"<!-- prelude (\w+):\n(.*?)-->", re.DOTALL)
_BLOCK = re.compile(
    r"(?:<!-- given: (?P<given>[\w, ]+) -->\n+)?^```(?P<info>interact[^\n]*)\n(?P<text>.*?)^```$"
    r"(?:\n+```text\n(?P<shown>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """One block, with the files that complete it.

    Attributes:
        kind: What follows ``interact`` in the fence.
        shown: The text block right after it, without the last line end.
    """

    page: str
    line: int
    kind: str
    source: SourceFile
    given: tuple[SourceFile, ...]
    shown: str

    @property
    def files(self) -> tuple[SourceFile, ...]:
        return (*self.given, self.source)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def snippets_of(page: Path) -> Iterator[Snippet]:
    """Yield the blocks of a page that are in the language."""
    text = page.read_text("utf-8")
    preludes = {m[1]: SourceFile(f"{m[1]}.interact", m[2]) for m in _PRELUDE.finditer(text)}
    for block in _BLOCK.finditer(_PRELUDE.sub(lambda m: "\n" * m[0].count("\n"), text)):
        names = re.split(r",\s*", block["given"]) if block["given"] else []
        kind = block["info"].removeprefix("interact").strip()
        line = text.count("\n", 0, text.index(block["text"])) + 1
        yield Snippet(
            page.name,
            line,
            kind,
            SourceFile("strategy.interact", block["text"]),
            tuple(preludes[name] for name in names),
            (block["shown"] or "").rstrip("\n"),
        )
