"""The grammar is Lark's as it stands: Lark accepts what the parser accepts."""

import re
from pathlib import Path

import pytest
from lark import Lark, UnexpectedInput

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.from_source import parse_module
from interact.grammar import grammar_text

GOLDEN = Path(__file__).parent.parent / "golden" / "surface"
# Here a word of the language is a name where the keyword could follow in another context only.
CONTEXTUAL = "words_as_names"
# What is wrong here is found by the parser or when the tree is built, not by the grammar.
BEYOND = {"reserved_names", "null_comparison", "deep_expression", "repeated_parts", "escapes"}
BEYOND |= {"large_numbers"}
SOURCES = [p for p in sorted(GOLDEN.glob("*.md")) if p.stem not in BEYOND | {CONTEXTUAL}]


@pytest.fixture(scope="module")
def lark() -> Lark:
    return Lark(grammar_text(), parser="lalr", start="module", maybe_placeholders=True)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_lark_agrees_on_golden_sources(lark: Lark, path: Path) -> None:
    found = re.search(r"^```interact\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    sink = Sink()
    parse_module(SourceFile("", found[1]), sink)
    try:
        lark.parse(found[1])
    except UnexpectedInput:
        assert sink.has_errors
    else:
        assert not sink.has_errors
