"""Repairs: what to put in, or to take a token for, so that the parser can go on at an error."""

from __future__ import annotations

from typing import Final

from interact.compiler.surface.expected import expected_terminals
from interact.compiler.surface.lalr import Automaton, Opening
from interact.compiler.surface.token import END, Token, TokenStream

_STAND_INS: Final = {"TEXT": '""', "INT": "0"}
_CONFUSABLE: Final = (
    frozenset(("at", "for", "from", "in", "of", "on", "till", "to", "until")),
    frozenset(("if", "unless", "when", "where")),
)


class Repairs:
    """Looks for repairs by trying them on the stack of states, and carries them out."""

    def __init__(self, stream: TokenStream, automaton: Automaton) -> None:
        self._stream = stream
        self._tokens = stream.tokens
        self._automaton = automaton

    def replacement(self, index: int) -> str | None:
        """Return the terminal of the word that was meant by another one, such as `of` by `on`."""
        automaton, words = self._automaton, self._automaton.tables.words
        token, following = self._tokens[index], self._tokens[min(index + 1, len(self._tokens) - 1)]
        accepted = set(expected_terminals(automaton))
        fitting = [
            words[word]
            for group in _CONFUSABLE
            if token.text in group
            for word in group
            if words.get(word) in accepted and self._fits(words[word], following)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def complete_head(self, index: int) -> bool:
        """Fill in what is missing before a ``{``: a name or text, or a word and a name."""
        automaton, token = self._automaton, self._tokens[index]
        if token.kind != "LBRACE" or automaton.accepts("RBRACE"):
            return False
        for terminal in expected_terminals(automaton):
            for missing in ([terminal], [terminal, "NAME"]):
                if automaton.would_accept_all([*missing, "LBRACE"]):
                    for kind in missing:
                        stand_in = Token(kind, _STAND_INS.get(kind, ""), token.start, token.start)
                        automaton.shift(kind, stand_in, index)
                    return True
        return False

    def open_block(self, index: int) -> bool:
        """Fill in the ``{`` that is missing at the end of the line before, if that helps."""
        automaton, token = self._automaton, self._tokens[index]
        if not (self._stream.is_first_on_line(index) and automaton.accepts("LBRACE")):
            return False
        automaton.shift("LBRACE", Token("LBRACE", "{", token.start, token.start), index)
        return automaton.terminal_of(token) is not None

    def missing_ends(self, index: int) -> int:
        """Return how many ``}`` to fill in before a token so that it fits; 0 if that is no cure.

        Only blocks count whose line is indented as far as the line of the token, or farther.
        """
        automaton, token = self._automaton, self._tokens[index]
        if token.kind != END and not self._stream.is_first_on_line(index):
            return 0
        indent = -1 if token.kind == END else self._stream.indent(index)
        for count, opening in enumerate(reversed(automaton.blocks()), start=1):
            if self._stream.indent(opening.token) < indent:
                return 0
            if self._fits_after_end(token, opening):
                return count
        return 0

    def close_blocks(self, count: int, index: int) -> None:
        """Drop the item in work and close the innermost ``count`` blocks."""
        place = self._tokens[index].start
        for _ in range(count):
            self._automaton.cut_to_block()
            self._automaton.shift("RBRACE", Token("RBRACE", "}", place, place), index)

    def _fits(self, terminal: str, following: Token) -> bool:
        automaton = self._automaton
        return any(
            automaton.would_accept_all([terminal, reading])
            for reading in automaton.readings(following)
        )

    def _fits_after_end(self, token: Token, opening: Opening) -> bool:
        automaton = self._automaton
        states = automaton.states_above(opening)
        return automaton.would_accept(states, "RBRACE") and any(
            automaton.would_accept([*states], terminal) for terminal in automaton.readings(token)
        )
