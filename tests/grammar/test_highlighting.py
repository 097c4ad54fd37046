"""The files by which editors colour sources are made of the language as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from interact.compiler.surface.build_highlighting import files, highlighting
from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.tables import load_tables

ROOT = Path(__file__).parents[2]
SCOPES = {
    "TIMESTAMP": "constant.other.timestamp",
    "DATE": "constant.other.date",
    "DURATION": "constant.numeric.duration",
    "FRACTION": "constant.numeric.decimal",
    "INT": "constant.numeric.integer",
}
WORDS = ("keyword.", "constant.language", "storage.type", "support.function")
CODE = [
    (re.compile(p["match"], re.MULTILINE), p.get("name", "keyword.declaration"))
    for p in highlighting()["repository"]["code"]["patterns"]
]


@pytest.mark.parametrize("name", files())
def test_the_files_are_current(name: str) -> None:
    """If not: ``python -m interact.compiler.surface.build_highlighting``."""
    assert (ROOT / name).read_text() == files()[name]


def test_every_word_of_the_language_is_coloured() -> None:
    text = json.dumps(highlighting())
    for word in load_tables().words:
        assert re.search(rf"\W{word}\W", text), word


def scope_at(text: str, place: int) -> str:
    """Return what the grammar says of the token at a place outside of texts and comments."""
    start = text.rfind("\n", 0, place) + 1
    for pattern, scope in CODE:
        begin = start if scope == "keyword.declaration" else place
        found = pattern.match(text, begin)
        if found and (begin == place or found.start(2) == place):
            return scope
    return ""


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples").rglob("*.interact")), ids=lambda p: p.stem
)
def test_examples_are_coloured_as_they_are_parsed(path: Path) -> None:
    tables, text = load_tables(), path.read_text()
    automaton = Automaton(tables, "module", "", None)
    for index, token in enumerate(tokenize(text, tables).tokens):
        terminal = automaton.terminal_of(token)
        assert terminal is not None
        scope = scope_at(text, token.start)
        if terminal in SCOPES:
            assert scope.startswith(SCOPES[terminal]), token
        elif token.text in tables.words and terminal != "NAME" and text[token.end] != ":":
            assert scope.startswith(WORDS), (token, scope)
        automaton.shift(terminal, token, index)
