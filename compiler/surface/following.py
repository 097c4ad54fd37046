"""What may stand at a place of a text, right before it or behind what is written so far."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.expected import expected_terminals
from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.parser import Parser
from interact.compiler.surface.tables import Tables, load_tables
from interact.compiler.surface.token import END
from interact.stdlib.records import record

_SPELLINGS: Final = {
    "LBRACE": "{",
    "RBRACE": "}",
    "RPAR": ")",
    "NAME": "x",
    "INT": "1",
    "EQ": "=",
    "COLON": ":",
    "COMMA": ",",
    "PERCENT": "%",
    "TEXT": '""',
    "DATE": "2026-01-01",
    "DURATION": "1 day",
    "WHEN": "when",
    "ON": "on",
    "FOR": "for",
    "OF": "of",
    "THEN": "then",
    "IS_AT_LEAST": "is at least",
    "ARROW": "->",
}
"""With what an item can be completed."""
_WORD: Final = re.compile(r"[a-z]+(?=\s)")
_LONGEST: Final = 6
_MOST: Final = 3


@record
class Following:
    """What may stand at a place.

    Attributes:
        words: Of the language, in order.
        is_name: Whether a name may.
        is_value: Whether an expression may begin.
        rests: Behind a name there, the shortest ends of the item.
        blocks: How many blocks are open.
    """

    words: tuple[str, ...]
    is_name: bool
    is_value: bool
    rests: tuple[str, ...]
    blocks: int


def following(source: SourceFile, offset: int) -> Following:
    """Return what may stand at a place, as far as what is before it makes sense."""
    tables = load_tables()
    stream = tokenize(source.text, tables, _declaration_before(source.text, offset, tables), offset)
    automaton = Parser(tables, "module", source, stream, Sink(), None).read()
    accepted = set(expected_terminals(automaton))
    words = tuple(sorted(w for w, terminal in tables.words.items() if terminal in accepted))
    is_name = "NAME" in accepted
    gotos = tables.gotos[automaton.resolve("NAME")[0]] if is_name else {}
    rests = tuple(islice(_rests(automaton), _MOST)) if is_name else ()
    return Following(words, is_name, "primary" in gotos, rests, len(automaton.blocks()))


def _declaration_before(text: str, offset: int, tables: Tables) -> int:
    """Return where the last declaration before a place begins: one that is not indented."""
    begins = tables.first["declaration"]
    start = text.rfind("\n", 0, offset) + 1
    while start:
        word = _WORD.match(text, start, offset)
        if word is not None and tables.words.get(word[0]) in begins:
            break
        start = text.rfind("\n", 0, start - 1) + 1
    return start


def _rests(automaton: Automaton) -> Iterator[str]:
    """Yield the shortest texts behind a name with which the item in work can end its block.

    Each begins differently.
    """
    blocks = automaton.blocks()
    height = blocks[-1].height if blocks else automaton.bottom
    end = "RBRACE" if blocks else END
    first = [*automaton.states]
    automaton.would_accept(first, "NAME")
    path: tuple[str, ...] = ()
    waiting = deque([(first, path)])
    seen, begun = {tuple(first)}, set[str]()
    while waiting:
        states, path = waiting.popleft()
        if automaton.would_accept([*states], end) and _is_complete(automaton, states, end, height):
            begun.update(path[:1])
            yield " ".join(_SPELLINGS[terminal] for terminal in path)
        if len(path) < _LONGEST and not begun.intersection(path[:1]):
            for after, terminal in _steps(automaton, states):
                if tuple(after) not in seen:
                    seen.add(tuple(after))
                    waiting.append((after, (*path, terminal)))


def _is_complete(automaton: Automaton, states: list[int], end: str, height: int) -> bool:
    """Return whether an end would be that of the block around the item, not of one in it."""
    after = [*states]
    automaton.would_accept(after, end)
    return len(after) <= height + 2


def _steps(automaton: Automaton, states: list[int]) -> Iterator[tuple[list[int], str]]:
    for terminal in _SPELLINGS:
        after = [*states]
        if automaton.would_accept(after, terminal):
            yield after, terminal
