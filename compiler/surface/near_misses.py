"""Lexemes of other languages and broken ones: what they are called and what they stand for."""

from __future__ import annotations

import re
from typing import Final

from interact.compiler.diagnostics import syntax
from interact.compiler.surface.tables import Tables
from interact.compiler.surface.token import BROKEN, RESERVED, Problem, Token

_OPERATORS: Final = {
    "==": "=", "===": "=", ":=": "=", "<>": "!=", "!==": "!=", "≠": "!=", "=<": "<=", "≤": "<=",
    "=>": ">=", "≥": ">=", "&&": "and", "&": "and", "||": "or", "!": "not",
    "×": "*", "÷": "/", "−": "-", "–": "-",
}  # fmt: skip

_SIGNS: Final = {
    "[": "a list stands in parentheses: `in (1, 2)`",
    "]": "a list stands in parentheses: `in (1, 2)`",
    "'": "a text stands in double quotes",
    "$": "amounts are plain numbers",
    "@": "names begin with a letter",
}

_ANY_OPERATOR = "|".join(map(re.escape, sorted(_OPERATORS, key=len, reverse=True)))

BEFORE_LEXEMES: Final = {
    "FOREIGN_COMMENT": r"//[^\r\n]*+|/\*[^\r\n]*+|--[ \t]++[^\s#][^\r\n]*+",
    "MISSPELT_WORD": rf"(?:{'|'.join(sorted(word.upper() for word in RESERVED))})\b",
    "FOREIGN_OPERATOR": rf"(?!!=(?!=))(?:{_ANY_OPERATOR})",
}
"""Patterns that are tried before the lexemes of the language, as they begin like one."""

BEFORE_NUMBERS: Final = {
    "MALFORMED_TIME": r"\d{4}-\d\d-\d\d[T\w][\w:.+-]*+",
    "CALENDAR_UNIT": r"\d[\d_]*+[ \t]++(?:month|quarter|year)s?(?!\w)",
}
"""Patterns that are tried before those of numbers, but after those of dates."""

AFTER_LEXEMES: Final = {
    "WRONG_QUOTES": r"'(?:[^'\\\r\n]|\\.)*+'|[“”„][^“”„\"\r\n]*+[“”\"]|«[^»\r\n]*+»",
    "UNCLOSED_TEXT": r'"[^\r\n]*+',
    "MALFORMED_NUMBER": r"\d[\w.]*+|\.\d[\w.]*+",
    "MALFORMED_NAME": r"_\w*+",
}
"""Patterns that are tried after the lexemes of the language, but before its signs."""

OTHER: Final = {"UNKNOWN_CHARACTER": r"\S"}

NEAR_MISSES: Final = BEFORE_LEXEMES | BEFORE_NUMBERS | AFTER_LEXEMES | OTHER

_CODES: Final = {name: getattr(syntax, name) for name in NEAR_MISSES}


def mend(kind: str, text: str, start: int, tables: Tables) -> tuple[Token | None, Problem]:
    """Return the token that a near miss stands for, None for a comment, and its problem."""
    end = start + len(text)
    match kind:
        case "FOREIGN_COMMENT":
            return None, _problem(kind, start, start + 2, found=text[:2])
        case "FOREIGN_OPERATOR":
            right = _OPERATORS[text]
            kind_meant = tables.signs.get(right, "NAME")
            return Token(kind_meant, right, start, end), _problem(
                kind, start, end, found=text, right=right
            )
        case "MISSPELT_WORD":
            right = text.lower()
            return Token("NAME", right, start, end), _problem(
                kind, start, end, found=text, nearest=right
            )
        case "WRONG_QUOTES":
            right = '"' + text[1:-1].replace('"', '\\"') + '"'
            return Token("TEXT", right, start, end), _problem(kind, start, end, right=right)
        case "UNCLOSED_TEXT":
            text = _without_block_end(text)
            return _broken(kind, text, start)
        case "MALFORMED_NAME":
            return Token("NAME", text, start, end), _problem(
                kind, start, end, found=text, right=text.lstrip("_0123456789") or None
            )
        case "MALFORMED_NUMBER":
            return Token("INT", "0", start, end), _problem(
                kind, start, end, found=text, hint=_number_hint(text)
            )
        case "CALENDAR_UNIT":
            count, unit = text.split()
            name = "years" if unit.startswith("year") else "months"
            times = int(count.replace("_", "")) * (3 if unit.startswith("quarter") else 1)
            return Token("DURATION", "0 days", start, end), _problem(
                kind, start, end, found=text, name=name, count=times
            )
        case "MALFORMED_TIME":
            kind_meant = "TIMESTAMP" if "T" in text else "DATE"
            return Token(kind_meant, "", start, end), _problem(kind, start, end, found=text)
        case _:
            return _broken(kind, text, start)


def _broken(kind: str, text: str, start: int) -> tuple[Token, Problem]:
    end = start + len(text)
    name = text if text.isprintable() else f"U+{ord(text[0]):04X}"
    hint = _SIGNS.get(text) if kind == "UNKNOWN_CHARACTER" else None
    return Token(BROKEN, text, start, end), _problem(kind, start, end, found=name, hint=hint)


def _problem(kind: str, start: int, end: int, **values: object) -> Problem:
    return Problem(_CODES[kind], start, end, values)


def _without_block_end(text: str) -> str:
    """Return an unclosed text without a brace at its end that belongs to the program."""
    cut = text.rstrip()
    if cut[-1] in "{}" and cut.count("{") != cut.count("}"):
        return cut[:-1]
    return cut


def _number_hint(text: str) -> str | None:
    """Return what to write for a number that is nearly one."""
    if re.fullmatch(r"\.\d+", text):
        return f"write `0{text}`"
    if day := re.fullmatch(r"(\d\d?)\.(\d\d?)\.(\d{4})", text):
        return f"write the date `{day[3]}-{int(day[2]):02}-{int(day[1]):02}`"
    if re.fullmatch(r"\d+\.", text):
        return f"write `{text}0` or `{text[:-1]}`"
    if unit := re.fullmatch(r"(\d+)_?([dhms]|weeks?|days?|hours?|minutes?|seconds?)", text):
        words = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
        return f"write `{unit[1]} {words.get(unit[2], unit[2])}`"
    return "numbers look like `20_000`, `0.5` or `1.5e-3`; names begin with a letter"
