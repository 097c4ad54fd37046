"""The LALR tables: made from the grammar by ``build_tables``, shipped as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from interact.grammar import table_text


@dataclass(frozen=True, slots=True)
class Production:
    """``origin`` made of the topmost ``length`` symbols.

    ``build`` names the function that makes the value of ``origin`` from the kept children, ``""``
    passes the only one on, ``"[]"`` collects them in a list. ``kept`` has the position of each
    child; ``~position`` stands for all items of a list, None for an optional part left out.
    ``keeps_all`` says that it is all symbols, as they are.
    """

    origin: str
    length: int
    build: str
    kept: tuple[int | None, ...]
    keeps_all: bool


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What the parser runs on.

    Attributes:
        words: The terminals that are words, by spelling.
        signs: The terminals that are signs, by spelling.
        patterns: All other terminals in the order to try them, with their patterns.
        starts: The first state for each start symbol.
        actions: By state and terminal: the state to shift to, or ``~production`` to reduce by.
        gotos: By state and nonterminal: the state after a reduction.
        renames: The origin of each production that passes its only symbol on, None for others.
        first: The terminals that can begin each nonterminal.
        hints: How to mend what was malformed, by ``state:terminal`` or by ``state:``.
    """

    words: Mapping[str, str]
    signs: Mapping[str, str]
    patterns: Mapping[str, str]
    starts: Mapping[str, int]
    actions: tuple[Mapping[str, int], ...]
    gotos: tuple[Mapping[str, int], ...]
    productions: tuple[Production, ...]
    renames: tuple[str | None, ...]
    first: Mapping[str, frozenset[str]]
    hints: Mapping[str, str]


def tables_from_json(data: Mapping[str, Any]) -> Tables:
    """Return the tables that ``build_tables`` wrote."""
    productions = tuple(
        Production(origin, length, build, tuple(kept), kept == list(range(length)))
        for origin, length, build, kept in data["productions"]
    )
    return Tables(
        words=data["words"],
        signs=data["signs"],
        patterns=data["patterns"],
        starts=data["starts"],
        actions=tuple(data["actions"]),
        gotos=tuple(data["gotos"]),
        productions=productions,
        renames=tuple(
            rule.origin if rule.build == "" and rule.length == 1 else None for rule in productions
        ),
        first={name: frozenset(terminals) for name, terminals in data["first"].items()},
        hints=data["hints"],
    )


@cache
def load_tables() -> Tables:
    """Return the tables that are shipped with the grammar."""
    return tables_from_json(json.loads(table_text()))
