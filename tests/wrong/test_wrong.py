"""The collection of wrong programs is as large and as clean as it says."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.wrong.pages import SHOP, UNHAPPY, WrongProgram, findings, pages, programs_of

from interact.compiler.source import SourceFile

PROGRAMS = [(page, p) for page in pages() for p in programs_of(page.read_text("utf-8"))]
HAPPY = [p for page, p in PROGRAMS if page != UNHAPPY]


def test_the_shop_itself_is_right() -> None:
    assert findings((SourceFile(SHOP.name, SHOP.read_text("utf-8")),)) == ()


def test_every_section_is_read() -> None:
    headings = sum(page.read_text("utf-8").count("\n## ") for page in pages())
    assert headings == len(PROGRAMS)


def test_there_are_many_different_mistakes() -> None:
    assert len(HAPPY) >= 120
    titles = Counter(p.title for _, p in PROGRAMS)
    sources = Counter(p.sources[-1].text for _, p in PROGRAMS)
    assert [repeated for repeated, n in (*titles.items(), *sources.items()) if n > 1] == []


@pytest.mark.parametrize("program", HAPPY, ids=lambda p: p.title)
def test_one_mistake_is_one_message(program: WrongProgram) -> None:
    (found,) = findings(program.sources)
    assert found.span.file == "wrong.interact"
