"""The pages of wrong programs, read; and what the command says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interact.compiler.diagnostics.diagnostic import Diagnostic
from interact.compiler.diagnostics.render import render_text
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile
from interact.runtime.project import lint_sources

HERE = Path(__file__).parent
SHOP = HERE / "shop.interact"
UNHAPPY = HERE / "unhappy.md"
"""Messages that do not help enough, with a sentence that says why."""

_CASE = re.compile(
    r"^## (?P<title>[^\n]+)\n+(?:(?!```)[^\n]*\n)*"
    r"^```interact(?P<alone> alone)?\n(?P<source>.*?)^```\n+^```text\n(?P<shown>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class WrongProgram:
    """One mistake.

    Attributes:
        title: What its author did.
        block: The section of the page, from its heading to the end of the message.
        sources: The files of the project.
    """

    title: str
    block: str
    sources: tuple[SourceFile, ...]


def pages() -> list[Path]:
    """Return the files with wrong programs."""
    return sorted(HERE.glob("*.md"))


def programs_of(text: str) -> Iterator[WrongProgram]:
    """Yield the cases of a page."""
    shop = SourceFile(SHOP.name, SHOP.read_text("utf-8"))
    for case in _CASE.finditer(text):
        wrong = SourceFile("wrong.interact", case["source"])
        yield WrongProgram(case["title"], case[0], (wrong,) if case["alone"] else (shop, wrong))


def findings(sources: tuple[SourceFile, ...]) -> tuple[Diagnostic, ...]:
    """Return what ``interact check`` finds: mistakes, and lints if there are none."""
    checked = check(sources)
    return (*checked.diagnostics, *lint_sources(sources, checked))


def told(program: WrongProgram) -> str:
    """Return what is found as a terminal shows it."""
    named = {source.name: source for source in program.sources}
    return render_text(findings(program.sources), named)
