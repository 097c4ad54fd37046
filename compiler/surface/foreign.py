"""Habits from SQL and other languages: how to write here what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from interact.compiler.surface.foreign_clauses import CLAUSES
from interact.compiler.surface.foreign_words import WORDS
from interact.compiler.surface.token import Token, TokenStream

Around = Callable[[int], Token]
"""The token at a distance from the one that was not expected; an empty one outside of the text."""

_LITERAL_WORDS: Final = frozenset(("date", "timestamp", "interval"))
_NUMBERS: Final = ("INT", "FRACTION")
_NOTHING: Final = Token("", "", -1, -1)


def foreign_hint(stream: TokenStream, index: int) -> str | None:
    """Return how to write what was meant, given the token that was not expected."""
    tokens = stream.tokens

    def around(distance: int) -> Token:
        place = index + distance
        return tokens[place] if 0 <= place < len(tokens) else _NOTHING

    return next((hint for find in _HABITS if (hint := find(around))), None)


def habit_before(stream: TokenStream, index: int) -> int | None:
    """Return the token before that is wrong instead: the sign of a percentage, ``case when``.

    The names that follow may have been taken for the begin of another item.
    """
    tokens = stream.tokens
    for place in range(index - 1, max(index - 3, 0), -1):
        if tokens[place].text.lower() == "when" and tokens[place - 1].text.lower() == "case":
            return place
    for sign in range(index - 1, max(index - 4, 1), -1):
        if tokens[sign].kind == "PERCENT" and tokens[sign - 1].kind in _NUMBERS:
            is_next = sign == index - 1 or tokens[sign + 1].text == "when"
            return sign if is_next else None
    return None


def where_before(stream: TokenStream, index: int) -> int | None:
    """Return the place of ``where`` in ``score 50 where age > 18``, which reads as two rules."""
    places = (n for n in (index - 1, index - 2) if stream.tokens[n].text.lower() == "where")
    return next(places, None)


def literal_word(stream: TokenStream, index: int) -> str | None:
    """Return the word before a text that other languages put before a date or a span."""
    word = stream.tokens[index - 1].text if index else ""
    return word if word.lower() in _LITERAL_WORDS else None


def _percentage(around: Around) -> str | None:
    if around(-1).kind == "PERCENT" and around(-2).kind in _NUMBERS:
        share = float(around(-2).text.replace("_", "")) / 100
        return f"a percentage is a number: write `{share:.15g}`"
    return None


def _thousands(around: Around) -> str | None:
    comma, before, digits = around(-1), around(-2), around(0)
    if (comma.kind, before.kind, digits.kind) != ("COMMA", "INT", "INT"):
        return None
    is_one = before.end == comma.start and comma.end == digits.start and len(digits.text) == 3
    if not is_one:
        return None
    groups, end = [before.text, digits.text], 1
    while around(end).text == "," and _is_group(around(end + 1)):
        groups.append(around(end + 1).text)
        end += 2
    return f"write a large number `{'_'.join(groups)}`"


def _is_group(token: Token) -> bool:
    return token.kind == "INT" and len(token.text) == 3


def _case(around: Around) -> str | None:
    words = [around(-n).text.lower() for n in range(20)]
    begins = words[1:3] == ["when", "case"] or words[:2] == ["when", "case"]
    goes_on = words[0] in ("when", "then", "else", "end") and "case" in words
    if begins or goes_on:
        return "write `if age > 60 then 1 else 2`; there is no `case`"
    return None


def _if_call(around: Around) -> str | None:
    words = [around(-n).text for n in range(20)]
    if words[0] == "," and "if" in words and words[words.index("if") - 1] == "(":
        return "write `if age > 60 then 1 else 2`"
    return None


def _star(around: Around) -> str | None:
    if (around(0).text, around(-1).text) == ("*", "("):
        return f"name the rows that are meant, such as `{around(-2).text}(accounts)`"
    return None


def _cast(around: Around) -> str | None:
    if around(0).text.lower() == "as" and around(-2).text == "(":
        return f"write a conversion as a function, such as `int({around(-1).text})`"
    if (around(0).text, around(1).text) == (":", ":"):
        return f"write a conversion as a function, such as `int({around(-1).text})`"
    return None


def _trailing_comma(around: Around) -> str | None:
    if (around(0).text, around(-1).text) == (")", ","):
        return "leave the last comma out"
    return None


def _blank_in_time(around: Around) -> str | None:
    date, hour = around(-1), around(0)
    if date.kind == "DATE" and hour.kind == "INT" and around(1).text == ":":
        return f"write a timestamp with a T: `{date.text}T{hour.text}:{around(2).text}`"
    return None


def _precision(around: Around) -> str | None:
    if around(0).text == "," and around(-3).text in ("decimal", "numeric", "number"):
        return "give only the places after the point: `decimal(2)`"
    return None


def _quoted_literal(around: Around) -> str | None:
    word = around(-1).text.lower()
    if around(0).kind != "TEXT" or word not in _LITERAL_WORDS:
        return None
    shown = around(0).text[1:-1] if len(around(0).text) > 2 else "2026-01-31"
    return f"write `{shown}` alone, without `{around(-1).text}` and quotes"


def _brackets(around: Around) -> str | None:
    return bracket_hint(around(-1), around(-2)) if around(0).text == "[" else None


def bracket_hint(before: Token, earlier: Token) -> str:
    """Return what to write instead of a bracket behind two tokens."""
    if before.text == "=":
        return "names stand in a list as they are: `offers Cards = Silver, Gold`"
    if before.kind == "NAME" and earlier.text == ":":
        return "lists of rows are declared beside `profile { … }`: `visits: many { page: text }`"
    if before.kind == "NAME" and before.text != "in":
        return (
            f"rows have no numbers: write any({before.text} where …), max(field of {before.text})"
        )
    return "a list stands in parentheses: `in (1, 2)`"


_HABITS: Final = (
    _percentage,
    _thousands,
    _case,
    _if_call,
    _star,
    _cast,
    _trailing_comma,
    _blank_in_time,
    _precision,
    _quoted_literal,
    _brackets,
    *WORDS,
    *CLAUSES,
)
