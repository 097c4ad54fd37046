"""What of the grammar a text uses: each alternative with each word and part that it can have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from lark import Lark

from interact.compiler.surface.build_tables import STARTS
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.straight import _Straight
from interact.compiler.surface.tables import Production, load_tables
from interact.grammar import grammar_text

Feature = tuple[str, str]
"""The name of an alternative, and a word or part in it: ``("live_from", "FROM")``."""


class _Recording(_Straight):
    """A parser that builds nothing, and notes the productions that it reduces by."""

    def __init__(self) -> None:
        super().__init__(load_tables(), "module", "", _Nothing())
        self.used: set[int] = set()

    def _reduce(self, number: int) -> None:
        self.used.add(number)
        super()._reduce(number)


class _Nothing:
    """A builder that makes None of everything."""

    def __getattr__(self, name: str) -> Any:
        if not name.isidentifier():
            raise AttributeError(name)
        return lambda span, *children: None


@cache
def _features() -> dict[int, frozenset[Feature]]:
    """Return the features of each production that is not only another name for its one part."""
    tables = load_tables()
    lark = Lark(grammar_text(), parser="lalr", start=list(STARTS), maybe_placeholders=True)
    rules = sorted(lark.rules, key=str)
    found = {}
    for number, (rule, production) in enumerate(zip(rules, tables.productions, strict=True)):
        assert (rule.origin.name, len(rule.expansion)) == (production.origin, production.length)
        if tables.renames[number] is None and not _repeats(production):
            name = rule.alias or rule.origin.name
            found[number] = frozenset((name, symbol.name) for symbol in rule.expansion)
    return found


def _repeats(production: Production) -> bool:
    """Return whether a production only makes a list longer."""
    return production.origin.startswith("__")


def all_features() -> frozenset[Feature]:
    return frozenset().union(*_features().values())


def features_of(texts: Iterable[str]) -> frozenset[Feature]:
    """Return the features that well formed modules use."""
    parser_features, found = _features(), set[Feature]()
    for text in texts:
        parser = _Recording()
        assert parser.run(tokenize(text, load_tables()).tokens), text[:200]
        for number in parser.used:
            found |= parser_features.get(number, frozenset())
    return frozenset(found)
