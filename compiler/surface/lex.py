"""From text to tokens, in one pass by one regular expression.

Words stay words here: whether ``score`` is the keyword or a name depends on the parser's state.
What is not a lexeme of the language becomes a token of the kind that its author meant where that
is plain (``==`` becomes ``=``), else one of the kind BROKEN, which no rule accepts. Either way
the problem is kept beside the token, and reported only if the parser comes to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from interact.compiler.surface.token import END, Token, TokenStream

_WORDS = ("MISSPELT_WORD", "IS_AT_LEAST", "NAME")
_NUMBERS = ("TIMESTAMP", "DATE", *BEFORE_NUMBERS, "DURATION", "FRACTION", "INT")
_token = tuple.__new__  # half the time of calling Token


def tokenize(text: str, tables: Tables, start: int = 0, end: int | None = None) -> TokenStream:
    """Return the tokens of ``text[start:end]``, the last one of kind END."""
    stop = len(text) if end is None else end
    stream = TokenStream(text, [], {})
    place: int | None = start + text.startswith("\ufeff", start)
    while place is not None:
        place = _scan(stream, place, stop, tables)
    return stream


def _scan(stream: TokenStream, start: int, stop: int, tables: Tables) -> int | None:
    """Add tokens up to what is no lexeme, and return where to go on; None at the end."""
    text, add, signs = stream.text, stream.tokens.append, tables.signs
    make, near_misses = _token, NEAR_MISSES
    for found in _lexer(tables).finditer(text, start, stop):
        kind = found.lastgroup
        if kind is None:
            break
        begin, end = found.span(found.lastindex or 0)
        lexeme = text[begin:end]
        if kind == "SIGN":
            kind = signs[lexeme]
        elif kind in near_misses:
            token, problem = mend(kind, lexeme, begin, tables)
            stream.problems.setdefault(len(stream.tokens), problem)
            if token:
                add(token)
            return token.end if token else end
        add(make(Token, (kind, lexeme, begin, end)))
    add(Token(END, "", stop, stop))
    return None


@cache
def _lexer(tables: Tables) -> re.Pattern[str]:
    """Return the pattern of white space and one lexeme, a named group for each kind.

    What begins with a letter is tried first, then what begins with a digit: that is most of a text.
    """
    signs = "|".join(re.escape(sign) for sign in sorted(tables.signs, key=len, reverse=True))
    known = {**BEFORE_LEXEMES, **BEFORE_NUMBERS, **tables.patterns, **AFTER_LEXEMES}
    kinds = {**known, "SIGN": signs, **OTHER}
    words = _groups({kind: kinds.pop(kind) for kind in _WORDS})
    numbers = _groups({kind: kinds.pop(kind) for kind in _NUMBERS})
    lexemes = rf"(?![\W\d_])(?:{words})|(?=\d)(?:{numbers})|{_groups(kinds)}"
    return re.compile(rf"(?:\s++|#[^\r\n]*+)*+(?:{lexemes}|\Z)")


def _groups(kinds: Mapping[str, str]) -> str:
    return "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items())
