"""Functions that search texts and take parts of them. Positions count from 1."""

from __future__ import annotations

import re
from functools import lru_cache

from interact.stdlib.builtin import Group
from interact.stdlib.text import LONGEST

GROUP = Group("text")
builtin = GROUP.builtin


@builtin(
    "substring(text: text, start: int, length: int) -> text",
    examples=[
        ('substring("gold card", 6, 4)', '"card"'),
        ('substring("gold card", 6)', '"card"'),
        ('substring("gold", 9, 2)', '""'),
        ('substring("gold", 1, -1)', "null"),
        ("substring(null, 1, 2)", "null"),
    ],
)
def substring(text: str, start: int, length: int) -> str | None:
    """Return ``length`` characters from position ``start`` on, or all of them to the end.

    Positions outside the text hold nothing; a negative length is null.
    """
    if length < 0:
        return None
    return text[max(start, 1) - 1 : max(start + length, 1) - 1]


@builtin("substring(text: text, start: int) -> text")
def substring_from(text: str, start: int) -> str:
    return text[max(start, 1) - 1 :]


@builtin(
    "left(text: text, length: int) -> text",
    examples=[
        ('left("gold card", 4)', '"gold"'),
        ('left("gold", -1)', "null"),
        ("left(null, 4)", "null"),
    ],
)
def left(text: str, length: int) -> str | None:
    """Return the first characters; null for a negative length."""
    return text[:length] if length >= 0 else None


@builtin(
    "right(text: text, length: int) -> text",
    examples=[
        ('right("gold card", 4)', '"card"'),
        ('right("gold", -1)', "null"),
        ("right(null, 4)", "null"),
    ],
)
def right(text: str, length: int) -> str | None:
    """Return the last characters; null for a negative length."""
    return text[max(len(text) - length, 0) :] if length >= 0 else None


@builtin(
    "starts_with(text: text, part: text) -> bool",
    examples=[('starts_with("gold card", "gold")', "true"), ('starts_with(null, "x")', "null")],
)
def starts_with(text: str, part: str) -> bool:
    """Return whether a text starts with another."""
    return text.startswith(part)


@builtin(
    "ends_with(text: text, part: text) -> bool",
    examples=[('ends_with("gold card", "card")', "true"), ('ends_with("gold", null)', "null")],
)
def ends_with(text: str, part: str) -> bool:
    """Return whether a text ends with another."""
    return text.endswith(part)


@builtin(
    "contains(text: text, part: text) -> bool",
    examples=[('contains("gold card", "d c")', "true"), ('contains("gold", null)', "null")],
)
def contains(text: str, part: str) -> bool:
    """Return whether a text holds another."""
    return part in text


@builtin(
    "position(text: text, part: text) -> int",
    examples=[
        ('position("gold card", "card")', "6"),
        ('position("gold", "x")', "0"),
        ('position(null, "x")', "null"),
    ],
)
def position(text: str, part: str) -> int:
    """Return where a part first starts, 0 when it is absent."""
    return text.find(part) + 1


@builtin(
    "replace(text: text, old: text, new: text) -> text",
    examples=[
        ('replace("a-b-c", "-", "+")', '"a+b+c"'),
        ('replace("abc", "", "+")', '"abc"'),
        ('replace("abc", "b", null)', "null"),
    ],
)
def replace(text: str, old: str, new: str) -> str | None:
    """Put ``new`` for every ``old``; null when the result has more than 65,536 characters."""
    if not old:
        return text
    grown = len(text) + text.count(old) * (len(new) - len(old))
    return None if grown > max(LONGEST, len(text)) else text.replace(old, new)


@builtin(
    "split_part(text: text, separator: text, n: int) -> text",
    examples=[
        ('split_part("a;b;c", ";", 2)', '"b"'),
        ('split_part("a;b;c", ";", -1)', '"c"'),
        ('split_part("a;b;c", ";", 4)', "null"),
        ('split_part(null, ";", 1)', "null"),
    ],
)
def split_part(text: str, separator: str, n: int) -> str | None:
    """Return the n-th part between separators, from the end when negative.

    A part that does not exist is null, as is an empty separator.
    """
    if not separator:
        return None
    parts = text.split(separator)
    return parts[n - 1 if n > 0 else n] if 0 < abs(n) <= len(parts) else None


@builtin(
    "like(text: text, pattern: text) -> bool",
    examples=[
        ('"gold card" like "gold%"', "true"),
        ('"gold" like "g_ld"', "true"),
        ('"Gold" like "gold"', "false"),
        ('null like "gold%"', "null"),
    ],
)
def like(text: str, pattern: str) -> bool:
    r"""Return whether the whole text fits a pattern.

    In it % stands for any characters, _ for one, and a backslash before %, _ or a backslash for
    that character itself.
    """
    return _compiled(pattern, 0).fullmatch(text) is not None


@builtin(
    "ilike(text: text, pattern: text) -> bool",
    examples=[('ilike("Gold card", "gold%")', "true"), ('ilike(null, "gold%")', "null")],
)
def ilike(text: str, pattern: str) -> bool:
    """Return whether the whole text fits a pattern of ``like``, small letters being as capitals."""
    return _compiled(pattern, re.IGNORECASE).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    """Return the pattern as a regular expression that never tries a ``%`` twice.

    The first fit of each part between two ``%`` is kept (an atomic group): a later one could only
    leave less for the rest. So the time is bounded by text times pattern.
    """
    parts = [""]
    for token in re.findall(r"\\[%_\\]|.", pattern, re.DOTALL):
        if token == "%":
            parts.append("")
        else:
            parts[-1] += "." if token == "_" else re.escape(token[-1])
    first, *middle = parts
    last = middle.pop() if middle else None
    found = first + "".join(f"(?>.*?{part})" for part in middle if part)
    return re.compile(found if last is None else f"{found}.*{last}", flags | re.DOTALL)
