"""The ends of texts, the limits of expressions, and the examples; the rest is in golden/format."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.depth import MAX_DEPTH
from interact.compiler.surface.format import format_source

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").rglob("*.interact"))


def formatted(text: str) -> str | None:
    return format_source(SourceFile("m", text), Sink())


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in EXAMPLES])
def test_examples_are_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text


def test_the_page_shows_what_is_written() -> None:
    page = (ROOT / "docs" / "formatting.md").read_text(encoding="utf-8")
    before, after = re.findall(r"^```interact[^\n]*\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert formatted(before) == after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n \n", ""),
        ("\ufeff# c", "# c\n"),
        ("#", "#\n"),
        ("offer A{}#", "offer A {}  #\n"),
        ("\n\n# a\n\n\n# b \n\n", "# a\n\n# b\n"),
        ("offer A{}", "offer A {}\n"),
        ("offer A{}# c", "offer A {}  # c\n"),
        ("offer A{}\n\n\n# c", "offer A {}\n\n# c\n"),
        ("offer A{\r\n# c\r\n\r\n# d\r\n}\r\n", "offer A {\n  # c\n\n  # d\n}\n"),
        ("offer A{\r# c\r\r# d\r}\r", "offer A {\n  # c\n\n  # d\n}\n"),
        (
            "offer A {\n} offer B {\n# c\n} offer C{}",
            "offer A {}\n\noffer B {\n  # c\n}\n\noffer C {}\n",
        ),
    ],
)
def test_ends(text: str, expected: str) -> None:
    assert formatted(text) == expected
    assert formatted(expected) == expected


def test_errors() -> None:
    sink = Sink()
    assert format_source(SourceFile("m", "offer A { live 2026-02-30 to 2026-03-01 }"), sink) is None
    assert [found.code.id for found in sink.diagnostics] == ["E0114"]


@pytest.mark.parametrize(
    ("before", "operand", "after"),
    [
        ("(", "a", ")"),
        ("f(", "a", ")"),
        ("not ", "a", ""),
        ("", "a", " and bcd > 3"),
        ("", "a", " + 1"),
        ("if a then b else ", "c", ""),
        ("if a then ", "c", " else b"),
    ],
)
def test_deep_expressions(before: str, operand: str, after: str) -> None:
    depth = MAX_DEPTH - 2
    expression = before * depth + operand + after * depth
    found = formatted(f"flowchart F on W {{ let x = {expression}\n}}")
    assert found is not None
    assert "".join(found.split()) == "".join(f"flowchartFonW{{letx={expression}}}".split())
    assert formatted(found) == found


def test_comments_do_not_count_to_the_width() -> None:
    line = f"let x = {' + '.join(['abcdefgh'] * 8)}"
    text = f"flowchart F on W {{\n  {line}  # {'long ' * 20}".rstrip() + "\n}\n"
    assert formatted(text) == text


def test_a_duration_of_many_zeros() -> None:
    """Python refuses to read numbers of so many digits."""
    zeros = "0" * 5_000
    text = f"offer A {{ live for {zeros}1 days }}"
    assert f"live for {zeros}1 day\n" in str(format_source(SourceFile("m", text), Sink()))
