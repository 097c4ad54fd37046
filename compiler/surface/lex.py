"""From text to tokens, in one pass by one regular expression.

Words stay words here: whether ``score`` is the keyword or a name depends on the parser's state.
What is not a lexeme of the language becomes a token of the kind that its author meant where that
is plain (``==`` becomes ``=``), else one of the kind BROKEN, which no rule accepts. Either way
the problem is kept beside the token, and reported only if the parser comes to it.
"""

from __future__ import annotations

import re
from functools import cache

from interact.compiler.surface.near_misses import (
    AFTER_LEXEMES,
    BEFORE_LEXEMES,
    BEFORE_NUMBERS,
    NEAR_MISSES,
    OTHER,
    mend,
)
from interact.compiler.surface.tables import Tables
from interact.compiler.surface.token import END, Problem, Token, TokenStream

_TIMES = ("TIMESTAMP", "DATE")


def tokenize(text: str, tables: Tables, start: int = 0, end: int | None = None) -> TokenStream:
    """Return the tokens of ``text[start:end]``, the last one of kind END."""
    stop = len(text) if end is None else end
    tokens: list[Token] = []
    problems: dict[int, Problem] = {}
    signs, find = tables.signs, _lexer(tables).match
    place = start + text.startswith("\ufeff", start)
    while found := find(text, place, stop):
        kind = found.lastgroup or END
        begin, place = found.span(found.lastindex or 0)
        if kind == "SIGN":
            lexeme = text[begin:place]
            tokens.append(Token(signs[lexeme], lexeme, begin, place))
        elif kind == END:
            tokens.append(Token(END, "", stop, stop))
            break
        elif kind in NEAR_MISSES:
            token, problem = mend(kind, text[begin:place], begin, tables)
            problems.setdefault(len(tokens), problem)
            if token:
                tokens.append(token)
                place = token.end
        else:
            tokens.append(Token(kind, text[begin:place], begin, place))
    return TokenStream(text, tokens, problems)


@cache
def _lexer(tables: Tables) -> re.Pattern[str]:
    """Return the pattern of white space and one lexeme, a named group for each kind."""
    signs = "|".join(re.escape(sign) for sign in sorted(tables.signs, key=len, reverse=True))
    times = {kind: tables.patterns[kind] for kind in _TIMES}
    lexemes = {**times, **BEFORE_NUMBERS, **tables.patterns}
    kinds = {**BEFORE_LEXEMES, **lexemes, **AFTER_LEXEMES, "SIGN": signs, **OTHER}
    groups = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items())
    return re.compile(rf"(?:\s++|#[^\r\n]*+)*+(?:{groups}|\Z)")
