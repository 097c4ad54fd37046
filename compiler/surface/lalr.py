"""The LALR automaton: shift, reduce, and what could be shifted.

No token causes a reduction before it is known to be accepted in the end. So an error leaves the
stack as it was after the token before, which is what messages and recovery start from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from interact.compiler.source import Span
from interact.compiler.surface.tables import Production, Tables
from interact.compiler.surface.token import END, RESERVED, Token

Build = Callable[..., Any]

MAX_HEIGHT = 2_000
"""The highest stack: more than expressions of ``depth.MAX_DEPTH`` take, of at most 7 a level."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A brace or parenthesis: index of its token, and the height of the stack above it."""

    token: int
    height: int
    is_block: bool


class Automaton:
    """A stack of states and the values built so far.

    ``values[i]`` and ``starts[i]`` (an offset into the text) belong to the symbol that led to
    ``states[i]``; index 0 is the bottom. ``end`` is the end of the last token shifted.
    """

    def __init__(self, tables: Tables, start: str, file: str, builder: object) -> None:
        self.tables = tables
        self.file = file
        self.states = [tables.starts[start]]
        self.values: list[Any] = [None]
        self.starts = [0]
        self.end = 0
        self.openings: list[Opening] = []
        self._builds: list[Build | None] = [
            getattr(builder, rule.build, None) if builder else None for rule in tables.productions
        ]

    def terminal_of(self, token: Token) -> str | None:
        """Return the terminal that ``token`` is here, None when it cannot be shifted.

        A word is a keyword wherever the keyword can be shifted, else a name.
        """
        kind = token.kind
        if kind == "NAME" and (word := self.tables.words.get(token.text)) is not None:
            if self.accepts(word):
                return word
            if token.text in RESERVED:
                return None
        return kind if self.accepts(kind) else None

    def accepts(self, terminal: str) -> bool:
        """Return whether ``terminal`` can be shifted now, after reductions if need be."""
        action = self.tables.actions[self.states[-1]].get(terminal)
        return action is not None and (action >= 0 or self.resolve(terminal)[1])

    def resolve(self, terminal: str) -> tuple[int, bool]:
        """Return the state in which ``terminal`` is shifted or stuck, and which of the two."""
        return resolve(self.tables, self.states, terminal)

    def shift(self, terminal: str, token: Token, index: int) -> None:
        """Take ``token`` in as ``terminal``, which must be accepted."""
        actions, states, gotos = self.tables.actions, self.states, self.tables.gotos
        renames = self.tables.renames
        while (action := actions[states[-1]][terminal]) < 0:
            if (origin := renames[~action]) is not None:
                states[-1] = gotos[states[-2]][origin]
            else:
                self._reduce(~action)
        states.append(action)
        self.values.append(token)
        self.starts.append(token.start)
        self.end = token.end
        if terminal in _BRACKETS:
            self._note_bracket(terminal, index)

    def _note_bracket(self, terminal: str, index: int) -> None:
        if terminal in ("LBRACE", "LPAR"):
            self.openings.append(Opening(index, len(self.states), terminal == "LBRACE"))
        else:
            self.openings.pop()

    def _reduce(self, number: int) -> None:
        rule, states = self.tables.productions[number], self.states
        height = len(states) - rule.length
        start = self.starts[height] if rule.length else self.end
        children = kept_children(rule, self.values, height)
        if rule.build == "":
            value = children[0]
        elif build := self._builds[number]:
            value = build(Span(self.file, start, self.end), *children)
        else:
            value = children
        del states[height:], self.values[height:], self.starts[height:]
        states.append(self.tables.gotos[states[-1]][rule.origin])
        self.values.append(value)
        self.starts.append(start)

    @property
    def is_full(self) -> bool:
        """Return whether no more nesting is allowed."""
        return len(self.states) > MAX_HEIGHT

    @property
    def bottom(self) -> int:
        """Return the height of the empty stack."""
        return 1

    def cut(self, height: int) -> None:
        """Drop everything above ``height`` but the list of complete items that begins there."""
        height = self._with_items(height)
        del self.states[height:], self.values[height:], self.starts[height:]
        while self.openings and self.openings[-1].height > height:
            self.openings.pop()

    def _with_items(self, height: int) -> int:
        """Return the height above the complete items that begin at ``height``.

        They are a list behind which the block, or the text, can end. Another list is the begin of
        an item, read by a rule of the grammar without a name.
        """
        if self._has_head(height):
            height += 1
        if height >= len(self.values) or not isinstance(self.values[height], list):
            return height
        end = END if height == self.bottom else "RBRACE"
        return height + self.would_accept(self.states[: height + 1], end)

    def _has_head(self, height: int) -> bool:
        """Return whether the complete head of a block of cases begins at ``height``."""
        head = self.tables.gotos[self.states[height - 1]].get(_HEAD)
        return head is not None and height < len(self.states) and self.states[height] == head

    @property
    def expects_head(self) -> bool:
        """Return whether the head of a block of cases comes next."""
        return _HEAD in self.tables.gotos[self.states[-1]]

    def states_above(self, opening: Opening) -> list[int]:
        """Return a copy of the states that a cut to ``opening`` would leave."""
        return self.states[: self._with_items(opening.height)]

    def blocks(self) -> list[Opening]:
        """Return the blocks that are open, the innermost last."""
        return [opening for opening in self.openings if opening.is_block]

    def cut_to_block(self) -> None:
        """Drop what has been read since the last complete item of the innermost block."""
        blocks = self.blocks()
        self.cut(blocks[-1].height if blocks else self.bottom)

    def readings(self, token: Token) -> list[str]:
        """Return the terminals that a token can be in one place or another."""
        word = self.tables.words.get(token.text) if token.kind == "NAME" else None
        return [token.kind] if word is None else [word, token.kind]

    def would_accept_all(self, terminals: list[str]) -> bool:
        """Return whether all of ``terminals`` could follow."""
        states = [*self.states]
        return all(self.would_accept(states, terminal) for terminal in terminals)

    def would_accept(self, states: list[int], terminal: str) -> bool:
        """Return whether ``terminal`` can be shifted on a stack of states; shift it there."""
        tables = self.tables
        while (action := tables.actions[states[-1]].get(terminal)) is not None and action < 0:
            rule = tables.productions[~action]
            del states[len(states) - rule.length :]
            states.append(tables.gotos[states[-1]][rule.origin])
        if action is not None:
            states.append(action)
        return action is not None


def resolve(tables: Tables, states: list[int], terminal: str) -> tuple[int, bool]:
    """Return the state in which ``terminal`` is shifted or stuck, and which of the two.

    The reductions before it are played through beside the stack: ``depth`` states of it are
    left, ``above`` are the states on top of them, then comes ``state``.
    """
    actions, gotos, productions = tables.actions, tables.gotos, tables.productions
    depth, above, state = len(states) - 1, list[int](), states[-1]
    while (action := actions[state].get(terminal)) is not None and action < 0:
        rule = productions[~action]
        if (below := rule.length - 1) < 0:
            above.append(state)
        elif below <= len(above):
            del above[len(above) - below :]
        else:
            depth -= below - len(above)
            above.clear()
        state = gotos[above[-1] if above else states[depth - 1]][rule.origin]
    return state, action is not None


def kept_children(rule: Production, values: list[Any], height: int) -> list[Any]:
    """Return the values that ``rule`` keeps; a list that grows is reused, not copied."""
    kept = rule.kept
    if rule.build == "[]" and kept and kept[0] == -1:
        children: list[Any] = values[height]
        kept = kept[1:]
    else:
        children = []
    for position in kept:
        if position is None:
            children.append(None)
        elif position >= 0:
            children.append(values[height + position])
        else:
            children.extend(values[height + ~position])
    return children


_HEAD = "case_head"
_BRACKETS = frozenset(("LBRACE", "RBRACE", "LPAR", "RPAR"))
