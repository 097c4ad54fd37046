"""The parser: the automaton over a token stream, with recovery from errors.

After an error the parser goes on where it can make sense of the text again, so that a file gets
one diagnostic for each broken item. There it judges the layout that people use: an item begins on
its own line or behind ``;`` or a brace, and a line that is indented no deeper than the block it
stands in hints at a missing ``}``. A text without errors is never judged by its layout.
"""

from __future__ import annotations

from typing import Any, Final

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.complain import Complaints
from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.repair import Repairs
from interact.compiler.surface.tables import Tables
from interact.compiler.surface.token import END, TokenStream

_MODULE: Final = "module"
_LOOK_BACK: Final = 3
_MOST_ERRORS: Final = 100


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
        self._repairs = Repairs(stream, self._automaton)
        self._goes_on = start == _MODULE
        self._misaligned: int | None = None
        self._errors = 0
        self._declaration_words = {
            word for word, name in tables.words.items() if name in tables.first["declaration"]
        }

    def parse(self) -> Any | None:
        """Return the value of the start symbol; None when it could not be made."""
        automaton, tokens, problems = self._automaton, self._tokens, self._stream.problems
        index = 0
        while True:
            terminal = None if automaton.is_full else automaton.terminal_of(tokens[index])
            if terminal is None:
                index, terminal = self._recover(index)
                if terminal is None:
                    if not self._goes_on:
                        return None
                    continue
            elif index in problems:
                self._complaints.problem(index)
            if terminal == "RBRACE":
                self._note_alignment(index)
            automaton.shift(terminal, tokens[index], index)
            if terminal == END:
                return automaton.values[-2]
            index += 1

    def read(self) -> Automaton:
        """Read up to the end of the text; return the automaton as it stands right before it."""
        automaton, index = self._automaton, 0
        while (token := self._tokens[index]).kind != END:
            terminal = None if automaton.is_full else automaton.terminal_of(token)
            if terminal is None:
                index, terminal = self._recover(index)
            if terminal is None or self._tokens[index].kind == END:
                continue
            if terminal == "RBRACE":
                self._note_alignment(index)
            automaton.shift(terminal, self._tokens[index], index)
            index += 1
        return automaton

    def _recover(self, index: int) -> tuple[int, str | None]:
        """Report the token at ``index``; return where to go on, and as what to take it."""
        token, complaints, repairs = self._tokens[index], self._complaints, self._repairs
        self._errors += 1
        if self._errors > _MOST_ERRORS:
            complaints.too_many(index, _MOST_ERRORS)
            return self._finish(len(self._tokens) - 1)
        if index in self._stream.problems:
            complaints.problem(index)
        elif self._automaton.is_full:
            complaints.too_deep(index)
        elif token.kind == "RBRACE" and not self._automaton.openings:
            complaints.unopened(index)
        elif (place := self._before_missing_end(index)) is not None:
            return place, None
        elif word := complaints.meant_word(index):
            complaints.misspelt(index, word)
            return index, self._automaton.tables.words[word]
        else:
            complaints.unexpected(index)
            if terminal := repairs.replacement(index):
                return index, terminal
            if repairs.complete_head(index) or repairs.open_block(index):
                return index, None
        return self._skip(index)

    def _before_missing_end(self, index: int) -> int | None:
        """Report and close the blocks whose end is missing; return where to go on.

        The missing end shows at the token, or at the word that begins its line, if that has been
        taken for a name.
        """
        place = index
        count = self._repairs.missing_ends(index) if self._automaton.accepts("RBRACE") else 0
        if not count and (first := self._word_before(index)) is not None:
            place, count = first, self._repairs.missing_ends(first)
        if not count:
            return None
        innermost = self._automaton.blocks()[-1].token
        unclosed = innermost if self._misaligned is None else self._misaligned
        self._misaligned = None
        self._complaints.unclosed(unclosed, place)
        self._repairs.close_blocks(count, place)
        return place

    def _word_before(self, index: int) -> int | None:
        """Return the word of the language that begins the line, if it is just before."""
        blocks = self._automaton.blocks()
        if not blocks:
            return None
        for first in range(index - 1, max(index - 1 - _LOOK_BACK, blocks[-1].token), -1):
            if self._stream.is_first_on_line(first):
                return first if self._tokens[first].text in self._automaton.tables.words else None
        return None

    def _note_alignment(self, index: int) -> None:
        """Remember the first block of a declaration whose ``}`` seems to be another one's."""
        opening = self._automaton.openings[-1].token
        if len(self._automaton.openings) == 1:
            self._misaligned = None
        elif self._misaligned is None and self._stream.is_first_on_line(index):
            is_outer = self._stream.indent(index) < self._stream.indent(opening)
            self._misaligned = opening if is_outer else None

    def _skip(self, index: int) -> tuple[int, str | None]:
        """Drop the item in work and the tokens of it that follow; return the next item."""
        depth = 0
        self._automaton.cut_to_block()
        while (token := self._tokens[index]).kind != END:
            if self._begins_declaration(index):
                self._automaton.cut(self._automaton.bottom)
                if self._automaton.terminal_of(token) is not None:
                    return index, None
            if token.kind == "LBRACE":
                depth += 1
            elif token.kind == "RBRACE" and depth:
                depth -= 1
            elif depth == 0 and self._may_resume(index):
                return index, None
            index += 1
        return self._finish(index)

    def _finish(self, end: int) -> tuple[int, str | None]:
        """Drop what is not complete at the end of the text."""
        self._automaton.cut(self._automaton.bottom)
        return end, END if self._automaton.accepts(END) else None

    def _may_resume(self, index: int) -> bool:
        """Return whether a token ends the block or begins another item of it.

        A word of the language is more likely the rest of the broken item than a name.
        """
        token = self._tokens[index]
        is_end = token.kind == "RBRACE"
        if not is_end and (self._automaton.expects_head or not self._stream.begins_item(index)):
            return False
        terminal = self._automaton.terminal_of(token)
        is_word = token.text in self._automaton.tables.words
        return terminal is not None and not (is_word and terminal == "NAME")

    def _begins_declaration(self, index: int) -> bool:
        """Return whether a declaration begins here, however deep: it is not indented."""
        return (
            self._tokens[index].text in self._declaration_words
            and self._stream.is_first_on_line(index)
            and self._stream.indent(index) == 0
            and self._tokens[index + 1].kind == "NAME"
        )
