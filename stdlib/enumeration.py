"""Enumerations: a member is held as the text that stands for it in data.

What members there are is given as one text, the members' texts joined by ``SEPARATOR`` in the
order in which they are declared. The compiler writes these calls; authors cannot.
"""

from __future__ import annotations

from collections.abc import Iterable

from interact.stdlib.builtin import Group

GROUP = Group("enumerations")
builtin = GROUP.builtin

SEPARATOR = "\x1f"


def listed(texts: Iterable[str]) -> str:
    """Return the texts of members as the functions take them."""
    return SEPARATOR.join(texts)


@builtin(
    "enum_member(x: text, texts: text) -> text",
    examples=[
        ('enum_member("G", "G")', '"G"'),
        ('enum_member("X", "G")', "null"),
        ('enum_member(null, "G")', "null"),
    ],
)
def enum_member(x: str, texts: str) -> str | None:
    """Return a text that stands for a member, null for any other."""
    return x if x in texts.split(SEPARATOR) else None


@builtin(
    "enum_rank(x: text, texts: text) -> int",
    examples=[('enum_rank("G", "G")', "0"), ('enum_rank(null, "G")', "null")],
)
def enum_rank(x: str, texts: str) -> int:
    """Return the place of a member, counted from 0."""
    return texts.split(SEPARATOR).index(x)


@builtin(
    "enum_name(x: text, texts: text, names: text) -> text",
    examples=[('enum_name("G", "G", "Gold")', '"Gold"'), ('enum_name(null, "G", "Gold")', "null")],
)
def enum_name(x: str, texts: str, names: str) -> str:
    """Return the name of a member."""
    return names.split(SEPARATOR)[texts.split(SEPARATOR).index(x)]
