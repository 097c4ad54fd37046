"""After an error the parser goes on, in bounded steps, whatever the text and the grammar."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest
from tests.compiler.surface.test_robustness import PIECES, golden_sources, mutate
from tests.compiler.test_mutations import mutated

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Module
from interact.compiler.surface.build_declaration import ModuleBuilder
from interact.compiler.surface.build_tables import build_tables
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.parser import Parser
from interact.compiler.surface.straight import STOPPED, parse_straight
from interact.compiler.surface.tables import Tables, load_tables, tables_from_json
from interact.grammar import grammar_text

SEED = 20_261_124
MOST_ERRORS = 100
WORDS = ("overrides", "proposals", "defaults", "offers", "{", "}", "T", "for", "C", ";", "(", "0")


class Counted(Parser):
    """A parser that fails when it recovers more often than it reports."""

    recoveries = 0

    def _recover(self, index: int) -> tuple[int, str | None]:
        self.recoveries += 1
        assert self.recoveries <= MOST_ERRORS + 2, f"no progress at token {index}"
        return super()._recover(index)


@cache
def hidden_tables() -> Tables:
    """Return tables of a grammar in which a declaration begins with a rule without a name."""
    text = re.sub(r"\??\btable_kind\b", "_table_kind", grammar_text())
    return tables_from_json(build_tables(text, "example = []"))


def ends(text: str, tables: Tables, start: str = "module") -> bool:
    """Parse a text to its end; return whether it was free of errors."""
    source, sink = SourceFile("a.interact", text), Sink()
    stream = tokenize(text, tables)
    parser = Counted(tables, start, source, stream, sink, ModuleBuilder(source, sink))
    value = parser.parse()
    assert sink.has_errors or value is not None
    if start == "module":
        assert isinstance(value, Module)
    assert bool(parser.recoveries) <= sink.has_errors
    quiet = ModuleBuilder(source, Sink())
    straight = parse_straight(tables, start, source.name, stream, quiet)
    assert straight is STOPPED or straight == value
    return not sink.has_errors


def texts(count: int) -> Iterator[str]:
    """Yield mutations of examples and of golden programs, and texts of pieces of the language."""
    chance, sources = random.Random(SEED), golden_sources()
    tables = [s for s in sources if re.search(r"^(overrides|proposals|defaults)\b", s, re.M)]
    for number in range(count):
        yield mutated(number)
        yield mutate(chance.choice(sources), chance)
        yield mutate(chance.choice(tables), chance)
        yield " ".join(chance.choices((*PIECES, *WORDS), k=chance.randint(1, 40)))


@pytest.mark.parametrize("tables", [load_tables, hidden_tables], ids=["as it is", "hidden"])
def test_every_text_ends(tables: object) -> None:
    found = tables() if callable(tables) else None
    assert isinstance(found, Tables)
    whole = [ends(text, found) for text in texts(120)]
    assert 0 < sum(whole) < len(whole)


def test_every_expression_ends() -> None:
    chance = random.Random(SEED)
    for _ in range(300):
        text = " ".join(chance.choices((*PIECES, *WORDS), k=chance.randint(0, 12)))
        ends(text, load_tables(), "expression")


@pytest.mark.parametrize(
    "text",
    [
        "overrides",
        "overrides overrides",
        "overrides T for C { by zone } overrides",
        "overrides ( T",
        "overrides }",
        "overrides\noffer A {}\n",
        "audience C { key id: int }\noverrides\noffer A {}\n",
    ],
)
def test_an_item_that_begins_with_a_list_is_dropped_whole(text: str) -> None:
    for tables in (load_tables(), hidden_tables()):
        assert not ends(text, tables)


def test_the_declaration_after_it_is_read() -> None:
    text, tables = "overrides 3\noffer A {}\n", hidden_tables()
    source, sink = SourceFile("a.interact", text), Sink()
    stream = tokenize(text, tables)
    module = Counted(tables, "module", source, stream, sink, ModuleBuilder(source, sink)).parse()
    assert [declared.name.text for declared in module.declarations] == ["A"]
    assert len(sink.diagnostics) == 1
