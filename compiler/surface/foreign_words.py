"""Words and signs of other languages where a clause or a member belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.surface.token import Token

_UNITS: Final = ("seconds", "minutes", "hours", "days", "weeks")
_NO_CLAUSES: Final = {
    "const": "write `constant limit = 5`",
    "define": "write `constant limit = 5`",
    "enumeration": "write `enum Tier { Bronze, Silver, Gold }`",
    "import": 'imports stand at the top level: `import "../shared/offers"`',
    "blacklist": "offers that customers shall not get: `suppressions DoNotOffer for Customer`",
    "whitelist": "scores for customers one by one: `overrides Personal for Customer { … }`",
    "include": 'a folder is one program; for other files write `import "../shared/offers"`',
    "having": "there is no `having`: join conditions with `and`",
    "group": "there is no `group by`: fold rows, such as `sum(balance of accounts)`",
    "order": "offers are put in order by their scores, those of a list by `take 2 by fee desc`",
}
_INSTEAD_OF_CLAUSES: Final = {
    "limit": "take", "top": "take", "first": "take",
    "priority": "score", "weight": "score", "rank": "score", "points": "score",
}  # fmt: skip


def _no_clause(around: Callable[[int], Token]) -> str | None:
    hint = _NO_CLAUSES.get(around(0).text.lower())
    return hint if hint and around(1).kind in ("NAME", "TEXT") else None


def _instead_of_clause(around: Callable[[int], Token]) -> str | None:
    meant = _INSTEAD_OF_CLAUSES.get(around(-1).text.lower())
    if meant is None or around(0).kind not in ("INT", "FRACTION"):
        return None
    return f"write `{meant} {around(0).text}` in place of `{around(-1).text} {around(0).text}`"


def _unit(around: Callable[[int], Token]) -> str | None:
    if around(0).kind != "NAME" or around(-1).kind != "INT":
        return None
    unit = nearest(around(0).text, _UNITS)
    return f"did you mean `{around(-1).text} {unit}`?" if unit else None


def _dashes(around: Callable[[int], Token]) -> str | None:
    """Two dashes here, or a few words before, where they were taken for signs."""
    for n in range(6):
        first, second = around(-n), around(1 - n)
        if (first.text, second.text) == ("-", "-") and first.end == second.start:
            return "comments begin with `#` and end with the line"
    return None


def _semicolon(around: Callable[[int], Token]) -> str | None:
    if (around(-1).text, around(0).text) == ("}", ";"):
        return "leave it out: nothing stands between declarations"
    return None


def _query(around: Callable[[int], Token]) -> str | None:
    for n in range(1, 4):
        if around(-n).text.lower() == "select" and around(-n - 1).text == "(":
            return "there are no queries: fold rows, such as `sum(balance of accounts)`"
    return None


def _rows(around: Callable[[int], Token]) -> str | None:
    word, name = around(0).text.lower(), around(-1)
    if name.kind != "NAME" or around(-2).text != "(":
        return None
    if word == "from":
        return f"write `of`: `{around(-3).text}({name.text} of {around(1).text})`"
    if word in ("with", "if", "when"):
        return f"write `where`: `{around(-3).text}({name.text} where condition)`"
    return None


def _rows_after_where(around: Callable[[int], Token]) -> str | None:
    words = [around(-n).text for n in range(1, 8)]
    if around(0).text == "of" and "where" in words:
        return f"the condition comes last: `sum(value of {around(1).text} where condition)`"
    return None


def _decimal_comma(around: Callable[[int], Token]) -> str | None:
    for first in (-2, -1):
        whole, comma, part = (around(first + n) for n in range(3))
        kinds = (whole.kind, comma.kind, part.kind)
        if kinds == ("INT", "COMMA", "INT") and (whole.end, comma.end) == (comma.start, part.start):
            if len(part.text) == 3:
                return f"write a large number `{whole.text}_{part.text}`"
            return f"write a point: `{whole.text}.{part.text}`"
    return None


def _condition(around: Callable[[int], Token]) -> str | None:
    """A condition after a score: ``score 60 if balance > 5``."""
    if around(0).text == "if" and around(-1).kind in ("INT", "FRACTION"):
        is_branch = around(-2).text in ("{", "}", "otherwise")
        return None if is_branch else "a condition begins with `when`"
    return None


def _last_branch(around: Callable[[int], Token]) -> str | None:
    before, found, after = (around(n).text for n in (-1, 0, 1))
    if before == "otherwise" and around(0).kind == "NAME":
        return f"the cell comes first: `{found} otherwise`"
    if found.lower() == "else" and around(-2).text == "then":
        return f"the last row is written `otherwise {after}`"
    if found.lower() == "else" and around(1).kind == "NAME" and around(2).text == "}":
        return f"the last branch is written `{after} otherwise`"
    return None


def _interval(around: Callable[[int], Token]) -> str | None:
    if around(-1).text.lower() == "interval" and around(0).kind == "DURATION":
        return f"write `{around(0).text}` alone, without `{around(-1).text}`"
    return None


def _not_null(around: Callable[[int], Token]) -> str | None:
    name, found = around(-2), (around(-1).text.lower(), around(0).text.lower())
    return (
        f"write `{name.text} is not null`"
        if (name.kind, *found) == ("NAME", "not", "null")
        else None
    )


def _because(around: Callable[[int], Token]) -> str | None:
    if around(0).text == "because":
        return "a stage is told of an offer that is not shown: `expect no offer A at P because cut`"
    return None


def _return(around: Callable[[int], Token]) -> str | None:
    if around(-1).text == "return" and around(-2).text == "=":
        return "leave `return` out"
    return None


def _arrow(around: Callable[[int], Token]) -> str | None:
    if around(0).text == "->" and around(1).kind == "NAME":
        return f"the cell comes first: `{around(1).text} when condition`"
    return None


WORDS: Final = (
    _no_clause,
    _instead_of_clause,
    _unit,
    _dashes,
    _semicolon,
    _query,
    _rows,
    _rows_after_where,
    _decimal_comma,
    _condition,
    _interval,
    _not_null,
    _because,
    _last_branch,
    _return,
    _arrow,
)
