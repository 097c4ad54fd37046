"""Habits of other tools where groups, rules, limits and heads of blocks belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from interact.compiler.surface.token import Token

Around = Callable[[int], Token]

_UNITS: Final = ("second", "minute", "hour", "day", "week")
_FARTHEST: Final = 40
_SHORT: Final = 6
_NOT_TRUE: Final = {"true": "false", "false": "true"}


def _truth(around: Around) -> str | None:
    """``x is true``, and ``x is not true``, which other languages let be true for null."""
    word = around(0).text
    if word not in _NOT_TRUE:
        return None
    if around(-1).text == "is":
        return f"write `{_shown(around(-2))} = {word}`"
    if (around(-2).text, around(-1).text) == ("is", "not"):
        name = _shown(around(-3))
        return f"write `{name} = {_NOT_TRUE[word]} or {name} is null`"
    return None


def _equal(around: Around) -> str | None:
    """``x is Member``."""
    if around(-1).text == "is" and around(0).kind in ("NAME", "TEXT", "INT", "FRACTION"):
        is_name = around(0).text not in ("true", "false", "null", "not")
        return f"write `{_shown(around(-2))} = {around(0).text}`" if is_name else None
    return None


def _shown(token: Token) -> str:
    return token.text if token.kind == "NAME" else "…"


def _everyone_but(around: Around) -> str | None:
    if around(-1).text == "everyone" and around(0).text.lower() in ("except", "but", "without"):
        return f"write `for everyone`, and `when not {around(1).text}` in its rules"
    return None


def _group_of_not(around: Around) -> str | None:
    if around(-1).text == "for" and around(0).text == "not":
        return f"write `for everyone`, and `when not {around(1).text}` in its rules"
    return None


def _group_of_both(around: Around) -> str | None:
    first, second = around(-1).text, around(1).text
    if around(-2).text != "for" or around(0).text not in ("and", "or"):
        return None
    if around(0).text == "or":
        return f"anybody of either is `for {first}, {second}`"
    if second == "not":
        second = f"not {around(2).text}"
    return f"write `for {first}`, and `when {second}` in its rules"


def _if_rule(around: Around) -> str | None:
    """``if condition then Offer``, and ``if condition { Offer }``."""
    if around(0).text != "if" or around(-1).text not in ("{", "}", ";") or around(1).text == "=":
        return None
    for n in range(1, _FARTHEST):
        found, offer = around(n).text, around(n + 1)
        if found in ("then", "{") and offer.kind == "NAME":
            words = [around(i).text for i in range(1, n)]
            condition = " ".join(words) if len(words) <= _SHORT else "condition"
            return f"a rule begins with its offer: `{offer.text} when {condition}`"
        if found in ("", "}", "{"):
            return None
    return None


def _channels(around: Around) -> str | None:
    kind = around(-4).text
    if around(0).text == "," and around(-2).text == "on" and kind in ("flowchart", "strategy"):
        return f"a {kind} is on one channel: write another one on {around(1).text}"
    return None


def _share(around: Around) -> str | None:
    share, name, before = around(-1), around(-2), around(-3).text
    if share.kind == "FRACTION" and name.kind == "NAME" and before in ("{", "%"):
        return f"write `{float(share.text.replace('_', '')) * 100:.15g}%`"
    return None


def _contacts_per_time(around: Around) -> str | None:
    unit = around(0).text
    if around(-1).text != "per" or unit not in _UNITS:
        return None
    words = [around(-n).text for n in range(2, 6)]
    if "contacts" not in words:
        return None
    count = around(-2 - words.index("contacts") - 1).text
    right = f"suppress for 1 {unit} after {count} contacts"
    return f"contacts count per visit; write `{right}` in an offer"


def _contacts_of_rule(around: Around) -> str | None:
    if around(0).text == "contacts" and around(-3).text == "at":
        return f"it stands in the offer or channel: `at most {around(-1).text} contacts per visit`"
    return None


def _table_head(around: Around) -> str | None:
    kind = around(-4).text
    tables = ("defaults", "overrides", "proposals", "suppressions")
    if around(0).text != "on" or around(-2).text != "for" or kind not in tables:
        return None
    head = f"{kind} {around(-3).text} for {around(-1).text}"
    return f"the channel stands inside: `{head} {{ on {around(1).text} … }}`"


def _span_of(around: Around) -> str | None:
    """``today - n days``."""
    unit, before = around(0).text, around(-1)
    is_unit = unit.removesuffix("s") in _UNITS and unit.endswith("s")
    if is_unit and before.kind == "NAME" and around(-2).text in ("+", "-"):
        return f"write `{unit}({before.text})`"
    return None


CLAUSES: Final = (
    _truth,
    _equal,
    _everyone_but,
    _group_of_not,
    _group_of_both,
    _channels,
    _share,
    _contacts_per_time,
    _contacts_of_rule,
    _table_head,
    _span_of,
    _if_rule,
)
