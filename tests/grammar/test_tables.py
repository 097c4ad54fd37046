"""The shipped tables are made of the grammar as it is."""

import json
import tomllib
from pathlib import Path

import pytest

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.build_declaration import ModuleBuilder
from interact.compiler.surface.build_hints import HintError, build_hints, spellings
from interact.compiler.surface.build_tables import GrammarConflict, build_tables, table_json
from interact.compiler.surface.expected import NONTERMINALS
from interact.compiler.surface.lalr import RESERVED
from interact.compiler.surface.tables import load_tables, tables_from_json
from interact.grammar import grammar_text, malformed_text, table_text


def test_the_tables_are_current() -> None:
    """If not: ``python -m interact.compiler.surface.build_tables``."""
    assert table_json(build_tables(grammar_text(), malformed_text())) == table_text()


def test_the_grammar_has_no_conflicts() -> None:
    ambiguous = grammar_text().replace("| sum PLUS product", "| sum PLUS sum")
    with pytest.raises(GrammarConflict, match="PLUS"):
        build_tables(ambiguous, malformed_text())


def test_every_rule_has_its_builder() -> None:
    builder = ModuleBuilder(SourceFile("", ""), Sink())
    names = {rule.build for rule in load_tables().productions} - {"", "[]"}
    assert {name for name in names if not callable(getattr(builder, name, None))} == set()


def test_every_reserved_word_is_a_word_and_every_described_nonterminal_exists() -> None:
    tables = load_tables()
    assert set(tables.words) >= RESERVED
    assert set(tables.first) >= set(NONTERMINALS)


def test_every_malformed_program_has_a_hint_of_its_own() -> None:
    hints = set(load_tables().hints.values())
    assert hints == {example["hint"] for example in tomllib.loads(malformed_text())["example"]}


@pytest.mark.parametrize("source", ["a < b", "a <"])
def test_a_malformed_program_must_be_malformed(source: str) -> None:
    example = {"source": source, "hint": "h", "start": "expression"}
    text = "[choices]\n[[example]]\n" + "\n".join(
        f"{key} = {json.dumps(value)}" for key, value in example.items()
    )
    with pytest.raises(HintError, match="not malformed"):
        build_hints(tables_from_json(json.loads(table_text())), text)


def test_choices_are_combined() -> None:
    choices = {"a": ["1", "2"], "b": ["x"]}
    assert list(spellings("<a> <b> <a>", choices)) == ["1 x 1", "1 x 2", "2 x 1", "2 x 2"]


def test_the_readme_lists_the_reserved_words() -> None:
    readme = (Path(__file__).parents[2] / "grammar" / "README.md").read_text(encoding="utf-8")
    assert f"    {' '.join(sorted(RESERVED))}\n" in readme
