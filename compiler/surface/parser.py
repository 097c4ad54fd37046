"""The parser: the automaton over a token stream, with recovery from errors.

After an error the parser goes on where it can make sense of the text again, so that a file gets
one diagnostic for each broken item. The text is laid out by people: an item begins on its own
line or behind ``;`` or ``}``, and a line that is indented no deeper than the block it stands in
hints at a missing ``}``. A text without errors is never judged by its layout.
"""

from __future__ import annotations

from typing import Any

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.complain import Complaints
from interact.compiler.surface.expected import expected_terminals
from interact.compiler.surface.lalr import Automaton, Opening
from interact.compiler.surface.tables import Tables
from interact.compiler.surface.token import END, Token, TokenStream

_MODULE = "module"
_STAND_INS = {"TEXT": '""', "INT": "0"}


class Parser:
    """Parses one token stream, once."""

    def __init__(
        self,
        tables: Tables,
        start: str,
        source: SourceFile,
        stream: TokenStream,
        sink: Sink,
        builder: object,
    ) -> None:
        self._stream = stream
        self._tokens = stream.tokens
        self._automaton = Automaton(tables, start, source.name, builder)
        self._complaints = Complaints(source.name, sink, stream, self._automaton)
        self._has_recovery = start == _MODULE
        self._misaligned: int | None = None
        self._indents: dict[int, int] = {}
        self._declaration_words = {
            word for word, name in tables.words.items() if name in tables.first["declaration"]
        }

    def parse(self) -> Any | None:
        """Return the value of the start symbol; None when it could not be made."""
        automaton, tokens, problems = self._automaton, self._tokens, self._stream.problems
        index = 0
        while True:
            token = tokens[index]
            terminal = None if automaton.is_full else automaton.terminal_of(token)
            if terminal is None:
                resumed = self._recover(index)
                if resumed is None:
                    return None
                index, terminal = resumed
                if terminal is None:
                    continue
            elif index in problems:
                self._complaints.problem(index)
            if terminal == "RBRACE":
                self._note_alignment(index)
            automaton.shift(terminal, tokens[index], index)
            if terminal == END:
                return automaton.values[-2]
            index += 1

    def _recover(self, index: int) -> tuple[int, str | None] | None:
        """Report the token at ``index``; return where to go on, and as what to take it."""
        token, complaints = self._tokens[index], self._complaints
        if index in self._stream.problems:
            complaints.problem(index)
        elif self._automaton.is_full:
            complaints.too_deep(index)
        elif token.kind == "RBRACE" and not self._automaton.openings:
            complaints.unopened(index)
        elif self._close_blocks(index):
            return index, None
        elif word := complaints.meant_word(index):
            complaints.misspelt(index, word)
            return index, self._automaton.tables.words[word]
        else:
            complaints.unexpected(index)
            if word := self._replacement(index):
                return index, word
            if self._complete_head(index) or self._open_block(index):
                return index, None
        return self._skip(index) if self._has_recovery else None

    def _replacement(self, index: int) -> str | None:
        """Return the keyword that fits here in place of another word, if just one does."""
        automaton, token = self._automaton, self._tokens[index]
        if token.kind != "NAME" or automaton.accepts("NAME"):
            return None
        following = self._readings(self._tokens[index + 1])
        words = set(automaton.tables.words.values())
        fitting = [
            word
            for word in expected_terminals(automaton)
            if word in words and any(self._fits([word, terminal]) for terminal in following)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _complete_head(self, index: int) -> bool:
        """Fill in the name, or word and name, that are missing before a ``{``."""
        automaton, token = self._automaton, self._tokens[index]
        if token.kind != "LBRACE":
            return False
        for terminal in expected_terminals(automaton):
            for missing in ([terminal], [terminal, "NAME"]):
                if self._fits([*missing, "LBRACE"]):
                    for kind in missing:
                        stand_in = Token(kind, _STAND_INS.get(kind, ""), token.start, token.start)
                        automaton.shift(kind, stand_in, index)
                    return True
        return False

    def _fits(self, terminals: list[str]) -> bool:
        """Return whether these terminals could follow."""
        states = [*self._automaton.states]
        return all(self._automaton.would_accept(states, terminal) for terminal in terminals)

    # ---------------------------------------------------------------- missing braces

    def _close_blocks(self, index: int) -> bool:
        """Report and close the blocks whose end is missing before ``index``, if that helps."""
        automaton = self._automaton
        blocks = [opening for opening in automaton.openings if opening.is_block]
        count = self._missing_ends(index, blocks)
        if not count:
            return False
        unclosed = blocks[-1].token if self._misaligned is None else self._misaligned
        self._complaints.unclosed(unclosed, index)
        place = self._tokens[index].start
        for _ in range(count):
            self._cut_to_block()
            automaton.shift("RBRACE", Token("RBRACE", "}", place, place), index)
        return True

    def _missing_ends(self, index: int, blocks: list[Opening]) -> int:
        """Return how many ``}`` to add before a token so that it fits; 0 when that is no cure."""
        automaton, token = self._automaton, self._tokens[index]
        is_end = token.kind == END
        if not automaton.accepts("RBRACE") or not (is_end or self._stream.is_first_on_line(index)):
            return 0
        indent = -1 if is_end else self._indent(index)
        for count, opening in enumerate(reversed(blocks), start=1):
            if self._indent(opening.token) < indent:
                return 0
            states = automaton.states_above(opening)
            if automaton.would_accept(states, "RBRACE") and any(
                automaton.would_accept([*states], terminal) for terminal in self._readings(token)
            ):
                return count
        return 0

    def _readings(self, token: Token) -> list[str]:
        """Return the terminals that a token can be."""
        word = self._automaton.tables.words.get(token.text) if token.kind == "NAME" else None
        return [token.kind] if word is None else [word, token.kind]

    def _open_block(self, index: int) -> bool:
        """Go on as if there were the ``{`` that is missing at the end of the line before."""
        automaton, token = self._automaton, self._tokens[index]
        if not (self._stream.is_first_on_line(index) and automaton.accepts("LBRACE")):
            return False
        automaton.shift("LBRACE", Token("LBRACE", "{", token.start, token.start), index)
        return automaton.terminal_of(token) is not None

    def _note_alignment(self, index: int) -> None:
        """Remember the first block in this declaration whose ``}`` seems to be another one's."""
        opening = self._automaton.openings[-1].token
        if len(self._automaton.openings) == 1:
            self._misaligned = None
        elif self._misaligned is None and self._stream.is_first_on_line(index):
            is_outer = self._indent(index) < self._indent(opening)
            self._misaligned = opening if is_outer else None

    def _indent(self, index: int) -> int:
        """Return how far the line of a token is indented."""
        if (known := self._indents.get(index)) is not None:
            return known
        first = index
        while not self._stream.is_first_on_line(first):
            first -= 1
        start = self._tokens[first].start
        indent = start - self._stream.text.rfind("\n", 0, start) - 1
        self._indents[index] = indent
        return indent

    # ---------------------------------------------------------------- going on

    def _skip(self, index: int) -> tuple[int, str | None] | None:
        """Drop the item in work and the tokens of it that follow; return the next item."""
        depth = 0
        self._cut_to_block()
        while (token := self._tokens[index]).kind != END:
            if self._begins_declaration(index):
                self._automaton.cut(self._automaton.bottom)
                return index, None
            if token.kind == "LBRACE":
                depth += 1
            elif token.kind == "RBRACE" and depth:
                depth -= 1
            elif depth == 0 and self._may_resume(index):
                return index, None
            index += 1
        self._automaton.cut(self._automaton.bottom)
        return index, END

    def _may_resume(self, index: int) -> bool:
        """Return whether a token ends the block or begins another item of it.

        A word of the language is more likely the rest of the broken item than a name.
        """
        token = self._tokens[index]
        if token.kind != "RBRACE" and not self._stream.begins_item(index):
            return False
        terminal = self._automaton.terminal_of(token)
        is_word = token.text in self._automaton.tables.words
        return terminal is not None and not (is_word and terminal == "NAME")

    def _begins_declaration(self, index: int) -> bool:
        """Return whether a declaration begins here, however deep: it is not indented."""
        token = self._tokens[index]
        return (
            token.text in self._declaration_words
            and self._stream.is_first_on_line(index)
            and self._indent(index) == 0
            and self._tokens[index + 1].kind == "NAME"
        )

    def _cut_to_block(self) -> None:
        """Drop what has been read since the last complete item of the innermost block."""
        blocks = [opening for opening in self._automaton.openings if opening.is_block]
        self._automaton.cut(blocks[-1].height if blocks else self._automaton.bottom)
