"""The quick parser and the careful one agree on every text, whole or broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.test_mutations import mutated

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.build_declaration import ModuleBuilder
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.parser import Parser
from interact.compiler.surface.straight import STOPPED, parse_straight
from interact.compiler.surface.tables import load_tables

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*/*.interact"))


def agree(text: str) -> bool:
    """Assert that both parsers read ``text`` the same; return whether the quick one did."""
    source, tables = SourceFile("a.interact", text), load_tables()
    stream = tokenize(text, tables)
    quick, careful = Sink(), Sink()
    found = parse_straight(tables, "module", source.name, stream, ModuleBuilder(source, quick))
    builder = ModuleBuilder(source, careful)
    expected = Parser(tables, "module", source, stream, careful, builder).parse()
    if found is STOPPED:
        assert careful.has_errors
        return False
    assert found == expected
    assert quick.diagnostics == careful.diagnostics
    return True


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_an_example_is_read_at_once(path: Path) -> None:
    assert agree(path.read_text("utf-8"))


def test_broken_texts_are_left_to_the_careful_parser() -> None:
    whole = [agree(mutated(seed)) for seed in range(1500)]
    assert 0 < sum(whole) < len(whole)


def test_nothing_is_a_module() -> None:
    assert agree("")
    assert agree("# only a comment\n")
