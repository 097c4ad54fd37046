"""Reports of what the parser did not accept: what was found, expected, and how to mend it."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from interact.compiler.diagnostics import syntax
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.source import Span
from interact.compiler.surface.depth import MAX_DEPTH
from interact.compiler.surface.expected import describe_expected, expected_terminals
from interact.compiler.surface.foreign import (
    bracket_hint,
    foreign_hint,
    habit_before,
    literal_word,
    where_before,
)
from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.token import END, RESERVED, Token, TokenStream
from interact.stdlib.types import Kind

_TOP: Final = (
    "constant",
    "enum",
    "function",
    "table",
    "audience",
    "offer",
    "channel",
    "flowchart",
    "strategy",
    "test",
    "import",
)
_TEST: Final = "a test"
_HOMES: Final = {
    **dict.fromkeys(_TOP, "the top level"),
    **dict.fromkeys(("key", "profile", "session"), "an audience"),
    **dict.fromkeys(("code", "attributes"), "an offer"),
    **dict.fromkeys(("let", "decision", "select", "sample", "segment"), "a flowchart"),
    **dict.fromkeys(("given", "expect", "cases"), _TEST),
    "point": "a zone of a channel",
    **dict.fromkeys(("event", "pattern"), "a channel"),
    "zone": "a channel or a strategy",
    "every": "a strategy",
    "for": "a zone of a strategy",
}
_BEFORE_NAMES: Final = (*_TOP, "of", "event", "pattern", "let", "point", "zone")
_BEFORE_OPERANDS: Final = (
    *("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", ",", "->"),
    *("when", "where", "and", "or", "not", "if", "then", "else", "between", "score"),
)
_TYPES: Final = tuple(map(str, Kind))
_SHORTEST_MISSPELT = 4
_LONGEST_FOUND = 30


class Complaints:
    """Reports into a sink what is wrong with a token, given the automaton in front of it."""

    def __init__(self, file: str, sink: Sink, stream: TokenStream, automaton: Automaton) -> None:
        self._file = file
        self._sink = sink
        self._stream = stream
        self._tokens = stream.tokens
        self._automaton = automaton

    def problem(self, index: int) -> None:
        """Report what the lexer had against a token."""
        problem = self._stream.problems[index]
        code, values = problem.code, dict(problem.values)
        if code is syntax.WRONG_QUOTES and (word := literal_word(self._stream, index)):
            code, values = syntax.QUOTED_LITERAL, {"word": word, "right": self._inner(index)}
        elif code is syntax.FOREIGN_OPERATOR and self._compares_null(index):
            return  # that it compares with null is told instead
        elif code is syntax.FOREIGN_OPERATOR and self._joins_texts(index):
            values["right"] = "concat(a, b)"
        elif self._tokens[index].text == "[" and index > 1:
            values["hint"] = bracket_hint(self._tokens[index - 1], self._tokens[index - 2])
        self._sink.report(code, Span(self._file, problem.start, problem.end), **values)  # type: ignore[arg-type]

    def _inner(self, index: int) -> str:
        return self._tokens[index].text[1:-1]

    def _compares_null(self, index: int) -> bool:
        is_comparison = self._stream.problems[index].values.get("right") in ("=", "!=")
        return is_comparison and self._tokens[index + 1].text == "null"

    def _joins_texts(self, index: int) -> bool:
        """Return whether ``||`` stands beside a text."""
        found = self._stream.problems[index].values["found"]
        beside = (self._tokens[index - 1], self._tokens[index + 1]) if index else ()
        return found == "||" and any(token.kind == "TEXT" for token in beside)

    def unclosed(self, opening: int, index: int) -> None:
        """Report the brace at ``opening`` whose end is missed at ``index``.

        A text without a closing quote is told instead: it swallows the braces on its line.
        """
        if any(p.code is syntax.UNCLOSED_TEXT for p in self._stream.problems.values()):
            return
        labels: tuple[Label, ...] = ()
        if self._tokens[index].kind != END:
            labels = (Label(self._span(index), "its end was expected before this"),)
        self._sink.report(
            syntax.UNCLOSED_BLOCK, self._span(opening), labels=labels, found=self._found(index)
        )

    def unopened(self, index: int) -> None:
        """Report a closing brace outside of all blocks."""
        self._sink.report(syntax.UNOPENED_BLOCK, self._span(index))

    def too_deep(self, index: int) -> None:
        """Report the token at which nesting has become too deep."""
        self._sink.report(syntax.TOO_DEEP, self._span(index), limit=MAX_DEPTH)

    def too_many(self, index: int, limit: int) -> None:
        """Report that the parser gives up."""
        self._sink.report(syntax.TOO_MANY_ERRORS, self._span(index), limit=limit)

    def misspelt(self, index: int, nearest_word: str) -> None:
        """Report a word that was meant to be ``nearest_word``."""
        found = self._tokens[index].text
        self._sink.report(
            syntax.MISSPELT_WORD, self._span(index), found=found, nearest=nearest_word
        )

    def unexpected(self, index: int) -> None:
        """Report a token that no rule has a place for."""
        token = self._tokens[index]
        if (earlier_habit := habit_before(self._stream, index)) is not None:
            self._report_unexpected(earlier_habit, "an operator", self._hint(earlier_habit + 1))
            return
        if (where := self._where_before(index)) is not None:
            self._report_unexpected(where, "`when`", "a condition begins with `when`")
            return
        hint = self._hint(index)
        if (earlier := self._misspelt_before(index, hint is not None)) is not None:
            self.misspelt(*earlier)
            return
        expected = describe_expected(self._automaton)
        if token.text in RESERVED and token.kind == "NAME" and self._is_name_expected():
            values = {"expected": expected, "found": token.text, "hint": hint}
            self._sink.report(syntax.RESERVED_WORD, self._span(index), **values)  # type: ignore[arg-type]
            return
        self._report_unexpected(index, expected, hint)

    def _where_before(self, index: int) -> int | None:
        is_among_rules = self._automaton.accepts(self._automaton.tables.words["use"])
        return where_before(self._stream, index) if is_among_rules else None

    def _report_unexpected(self, index: int, expected: str, hint: str | None) -> None:
        self._sink.report(
            syntax.UNEXPECTED,
            self._span(index),
            labels=self._open_parenthesis(),
            expected=expected,
            found=self._found(index),
            hint=hint,
        )

    def meant_word(self, index: int) -> str | None:
        """Return the word of the language that is expected here and nearly written."""
        token, words = self._tokens[index], self._automaton.tables.words
        if token.kind != "NAME" or token.text in words or foreign_hint(self._stream, index):
            return None
        accepted = set(expected_terminals(self._automaton))
        return nearest(token.text, [word for word in words if words[word] in accepted])

    def _misspelt_before(self, index: int, is_explained: bool) -> tuple[int, str] | None:
        """Return a misspelt word just before ``index`` that was taken for a name.

        The first name of a block is none when there is a hint that explains what follows.
        """
        words = self._automaton.tables.words
        meant = [word for word in words if word != "test" and _HOMES.get(word) != _TEST]
        for earlier in range(index - 1, max(index - 3, -1), -1):
            token = self._tokens[earlier]
            if token.kind != "NAME" or token.text in words or self._is_surely_name(earlier):
                continue
            if is_explained and earlier and self._tokens[earlier - 1].text == "{":
                continue
            if len(token.text) >= _SHORTEST_MISSPELT and (word := nearest(token.text, meant)):
                return earlier, word
        return None

    def _is_surely_name(self, index: int) -> bool:
        """Return whether a token stands where no word of the language can."""
        before = self._tokens[index - 1] if index else None
        if before is None:
            return False
        if before.text == "(" and self._tokens[index + 1].text in ("where", "of"):
            return True
        if before.text in _BEFORE_NAMES or before.text in _BEFORE_OPERANDS:
            return True
        text = self._tokens[index].text
        return (before.text == ":" and text in _TYPES) or text in self._declared

    @cached_property
    def _declared(self) -> frozenset[str]:
        """The names that this file declares, as far as tokens tell: some are misspelt words."""
        pairs = zip(self._tokens, self._tokens[1:], strict=False)
        return frozenset(
            name.text for name, mark in pairs if name.kind == "NAME" and mark.text == ":"
        )

    def _is_name_expected(self) -> bool:
        """Return whether a name must stand here, but not as the begin of an expression."""
        automaton = self._automaton
        if not automaton.accepts("NAME") or automaton.accepts("PLUS"):
            return False
        return "primary" not in automaton.tables.gotos[automaton.resolve("NAME")[0]]

    def _hint(self, index: int) -> str | None:
        """Return how to mend it, if it is one of the known near misses."""
        if (foreign := foreign_hint(self._stream, index)) is not None:
            return foreign
        tables, token = self._automaton.tables, self._tokens[index]
        if token.kind == "BAR":
            return "write `or`; `|` stands between the cells of a table"
        terminal = tables.words.get(token.text, token.kind)
        state, _ = self._automaton.resolve(terminal)
        hint = tables.hints.get(f"{state}:{terminal}") or tables.hints.get(f"{state}:")
        if hint is None and token.text in _HOMES and self._is_misplaced(index, terminal):
            return f"`{token.text}` belongs in {_HOMES[token.text]}"
        return hint

    def _is_misplaced(self, index: int, word: str) -> bool:
        """Return whether a word begins an item that this block does not have."""
        automaton = self._automaton
        if automaton.accepts("LBRACE") or not self._stream.begins_item(index):
            return False
        blocks = automaton.blocks()
        return not (blocks and automaton.would_accept(automaton.states_above(blocks[-1]), word))

    def _open_parenthesis(self) -> tuple[Label, ...]:
        openings = self._automaton.openings
        if openings and not openings[-1].is_block:
            return (Label(self._span(openings[-1].token), "opened here"),)
        return ()

    def _found(self, index: int) -> str:
        token = self._tokens[index]
        if token.kind == END:
            return "the end of the text"
        is_long = len(token.text) > _LONGEST_FOUND
        return f"`{token.text[: _LONGEST_FOUND - 1]}…`" if is_long else f"`{token.text}`"

    def _span(self, index: int) -> Span:
        """Return the place of a token; the end is shown behind the last token."""
        token: Token = self._tokens[index]
        if token.kind == END:
            end = self._tokens[index - 1].end if index else token.start
            return Span(self._file, end, end)
        return Span(self._file, token.start, token.end)
