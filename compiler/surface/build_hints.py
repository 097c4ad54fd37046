"""From malformed programs to hints, by the state in which the parser gets stuck on each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.tables import Tables
from interact.compiler.surface.token import END


class HintError(Exception):
    """A malformed program that is well formed, or whose hint is taken by another one."""


def build_hints(tables: Tables, malformed: str) -> dict[str, str]:
    """Return the hint for each state and terminal that an example gets stuck with.

    An example says ``found = "any"`` when its hint holds for whatever was found in its state.

    Raises:
        HintError: An example is of no use.
    """
    data = tomllib.loads(malformed)
    hints: dict[str, str] = {}
    for example in data["example"]:
        for source in spellings(example["source"], data["choices"]):
            state, terminal = stuck_at(tables, source, example.get("start", "module"))
            key = f"{state}:" if example.get("found") == "any" else f"{state}:{terminal}"
            if hints.setdefault(key, example["hint"]) != example["hint"]:
                raise HintError(f"{source!r} is stuck where {hints[key]!r} is the hint")
    return dict(sorted(hints.items()))


def spellings(source: str, choices: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield ``source`` with every combination of the choices that it names in ``<>``."""
    pieces = re.split(r"<(\w+)>", source)
    options = [choices[piece] if i % 2 else [piece] for i, piece in enumerate(pieces)]
    return map("".join, product(*options))


def stuck_at(tables: Tables, source: str, start: str) -> tuple[int, str]:
    """Return the state and the terminal at which parsing ``source`` stops."""
    automaton = Automaton(tables, start, "", None)
    for index, token in enumerate(tokenize(source, tables).tokens):
        terminal = automaton.terminal_of(token)
        if terminal is None and token.kind == END:
            break
        if terminal is None:
            kind = tables.words.get(token.text, token.kind)
            return automaton.resolve(kind)[0], kind
        automaton.shift(terminal, token, index)
    raise HintError(f"{source!r} is not malformed, only unfinished at most")
