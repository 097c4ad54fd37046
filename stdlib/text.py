"""Functions on text. Characters are Unicode code points, counted from 1."""

from __future__ import annotations

from interact.stdlib.builtin import Group

GROUP = Group("text")
builtin = GROUP.builtin

LONGEST = 65_536
"""Characters: where a function could make a text of any length, a longer one is null."""


@builtin(
    "lower(text: text) -> text",
    examples=[('lower("Gold")', '"gold"'), ("lower(null)", "null")],
)
def lower(text: str) -> str:
    """Turn every letter into a small one."""
    return text.lower()


@builtin(
    "upper(text: text) -> text",
    examples=[('upper("Gold")', '"GOLD"'), ("upper(null)", "null")],
)
def upper(text: str) -> str:
    """Turn every letter into a capital."""
    return text.upper()


@builtin(
    "capitalize(text: text) -> text",
    examples=[('capitalize("gOLD card")', '"Gold card"'), ("capitalize(null)", "null")],
)
def capitalize(text: str) -> str:
    """Turn the first letter into a capital and all others into small ones."""
    return text.capitalize()


@builtin(
    "trim(text: text) -> text",
    examples=[('trim("  gold ")', '"gold"'), ("trim(null)", "null")],
)
def trim(text: str) -> str:
    """Cut blanks off both ends."""
    return text.strip()


@builtin(
    "ltrim(text: text) -> text",
    examples=[('ltrim("  gold ")', '"gold "'), ("ltrim(null)", "null")],
)
def ltrim(text: str) -> str:
    """Cut blanks off the start."""
    return text.lstrip()


@builtin(
    "rtrim(text: text) -> text",
    examples=[('rtrim("  gold ")', '"  gold"'), ("rtrim(null)", "null")],
)
def rtrim(text: str) -> str:
    """Cut blanks off the end."""
    return text.rstrip()


@builtin(
    "is_blank(text: text) -> bool",
    examples=[('is_blank("  ")', "true"), ('is_blank("x")', "false"), ("is_blank(null)", "null")],
)
def is_blank(text: str) -> bool:
    """Return whether a text is empty or all blanks; null for null."""
    return not text.strip()


@builtin(
    "length(text: text) -> int",
    examples=[('length("gold")', "4"), ('length("")', "0"), ("length(null)", "null")],
)
def length(text: str) -> int:
    """Count the characters."""
    return len(text)


@builtin(
    "concat(a: text, b: text...) -> text",
    examples=[('concat("gold", "-", "card")', '"gold-card"'), ('concat("gold", null)', "null")],
)
def concat(a: str, b: str) -> str:
    """Join two or more texts; null when any of them is null."""
    return a + b


@builtin(
    "repeat(text: text, times: int) -> text",
    examples=[
        ('repeat("ab", 3)', '"ababab"'),
        ('repeat("ab", -1)', "null"),
        ("repeat(null, 3)", "null"),
    ],
)
def repeat(text: str, times: int) -> str | None:
    """Repeat a text; null for a negative number, or a result of more than 65,536 characters."""
    return text * times if times >= 0 and len(text) * times <= LONGEST else None


@builtin(
    "reverse(text: text) -> text",
    examples=[('reverse("gold")', '"dlog"'), ("reverse(null)", "null")],
)
def reverse(text: str) -> str:
    """Turn the order of the characters."""
    return text[::-1]


@builtin(
    "pad_left(text: text, length: int) -> text",
    examples=[
        ('pad_left("42", 5)', '"   42"'),
        ('pad_left("42", 5, "0")', '"00042"'),
        ('pad_left("42", 1)', '"42"'),
        ("pad_left(null, 5)", "null"),
    ],
)
def pad_left(text: str, length: int) -> str | None:
    """Fill up at the start with blanks, or with ``fill``; a text that is long enough stays.

    An empty ``fill``, or a length above 65,536, is null.
    """
    return pad_left_with(text, length, " ")


@builtin("pad_left(text: text, length: int, fill: text) -> text")
def pad_left_with(text: str, length: int, fill: str) -> str | None:
    padding = _padding(length - len(text), fill)
    return None if padding is None else padding + text


@builtin(
    "pad_right(text: text, length: int) -> text",
    examples=[
        ('pad_right("42", 5)', '"42   "'),
        ('pad_right("42", 5, ".")', '"42..."'),
        ("pad_right(null, 5)", "null"),
    ],
)
def pad_right(text: str, length: int) -> str | None:
    """Fill up at the end with blanks, or with ``fill``; a text that is long enough stays.

    An empty ``fill``, or a length above 65,536, is null.
    """
    return pad_right_with(text, length, " ")


@builtin("pad_right(text: text, length: int, fill: text) -> text")
def pad_right_with(text: str, length: int, fill: str) -> str | None:
    padding = _padding(length - len(text), fill)
    return None if padding is None else text + padding


def _padding(missing: int, fill: str) -> str | None:
    if not fill or missing > LONGEST:
        return None
    return (fill * (missing // len(fill) + 1))[:missing] if missing > 0 else ""
