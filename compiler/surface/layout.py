"""How the canonical text is laid out: blocks, and items with their first parts aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from interact.compiler.surface.ast import Name
from interact.compiler.surface.print_expression import quote
from interact.compiler.surface.tables import load_tables

Lines: TypeAlias = Iterator[str]
Item = TypeVar("Item")

_INDENT = "  "
_WIDEST_COLUMN = 24


def block(head: str, body: Iterable[str]) -> Lines:
    """Yield ``head { body }``, on one line when the body is empty."""
    lines = [_INDENT + line for line in body]
    if not lines:
        yield f"{head} {{}}"
        return
    yield f"{head} {{"
    yield from lines
    yield "}"


def flat(groups: Iterable[Iterable[str]]) -> Lines:
    return (line for group in groups for line in group)


def items(
    things: Sequence[Item], first: Callable[[Item], str], rest: Callable[[Item], str]
) -> Lines:
    """Yield a line per item: its first part, padded to those of its neighbours, and the rest."""
    heads: list[str] = [first(item) for item in things]
    width = max((len(head) for head in heads if len(head) <= _WIDEST_COLUMN), default=0)
    followers = [*heads, ""][1:]
    for item, head, follower in zip(things, heads, followers, strict=True):
        line = f"{head:{width}} {rest(item)}".rstrip()
        yield line + separator(follower.rstrip(":"))


def separator(follower: str) -> str:
    """Return what separates an item from the name behind it: nothing, unless it is a word."""
    return ";" if follower in load_tables().words else ""


def optional(head: str, value: Name | str | None) -> str:
    """Return ``head value``, nothing for no value; a text is quoted."""
    if value is None:
        return ""
    return head + (value.text if isinstance(value, Name) else quote(value))
