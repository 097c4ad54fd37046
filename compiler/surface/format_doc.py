"""Text with places to break it, and the choice of those that are needed.

After Wadler, "A prettier printer": a group is written on one line if it fits, else broken at all
its own lines, whatever its inner groups then do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A blank, or a line break with some more indent where its group is broken."""

    indent: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A line that breaks alone when what follows does not fit, up to where it can be broken.

    With ``keeps`` groups that follow are rather kept whole.
    """

    indent: int = 0
    keeps: bool = True


@dataclass(frozen=True, slots=True)
class Break:
    """A line break."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment; a break follows, and it may go beyond the width."""

    text: str


@dataclass(frozen=True, slots=True)
class Align:
    """Breaks within go to the column where it begins."""

    body: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """What is broken as one; ``is_broken`` when it holds a break."""

    body: Doc
    is_broken: bool


Doc: TypeAlias = str | Line | Choice | Break | Remark | Align | Group | tuple["Doc", ...]

BREAK: Final = Break()


def group(*parts: Doc) -> Group:
    """Return parts that are broken as one."""
    return Group(parts, holds_break(parts))


def holds_break(doc: Doc) -> bool:
    """Return whether ``doc`` cannot be on one line."""
    match doc:
        case Break() | Group(is_broken=True):
            return True
        case Align(body):
            return holds_break(body)
        case tuple():
            return any(map(holds_break, doc))
        case _:
            return False


_Todo: TypeAlias = list[tuple[int, bool, Doc]]


def lay_out(doc: Doc, before: str, indent: int) -> list[str]:
    """Return the lines of ``doc`` behind the text ``before``; later lines have the indent."""
    lines = [before]
    todo: _Todo = [(indent, False, doc)]
    while todo:
        margin, is_flat, item = todo.pop()
        match item:
            case str() | Remark():
                lines[-1] += item if isinstance(item, str) else item.text
            case tuple():
                todo.extend((margin, is_flat, part) for part in reversed(item))
            case Align(body):
                todo.append((len(lines[-1]), is_flat, body))
            case Group(body, is_broken):
                room = WIDTH - len(lines[-1])
                fits = is_flat or (not is_broken and _fits(body, todo, room))
                todo.append((margin, fits, body))
            case Choice(more, keeps):
                fits = is_flat or _fits(" ", todo, WIDTH - len(lines[-1]), keeps=keeps)
                todo.append((margin, fits, Line(more)))
            case Line() if is_flat:
                lines[-1] += " "
            case Line(more):
                lines.append(" " * (margin + more))
            case Break():
                lines.append(" " * margin)
    return [line.rstrip() for line in lines]


def _fits(body: Doc, after: _Todo, room: int, *, keeps: bool = False) -> bool:
    """Return whether ``body`` fits, and what comes after it up to where that can be broken.

    With ``keeps``, groups that come after it are not broken.
    """
    todo: list[tuple[bool, Doc]] = [(True, body)]
    left = len(after)
    while room >= 0:
        if not todo:
            if not left:
                return True
            left -= 1
            todo.append(after[left][1:])
        is_flat, item = todo.pop()
        match item:
            case str():
                room -= len(item)
            case tuple():
                todo.extend((is_flat, part) for part in reversed(item))
            case Align(inner):
                todo.append((is_flat, inner))
            case Group(inner, is_broken):
                todo.append(((is_flat or keeps) and not is_broken, inner))
            case Line() | Choice() if is_flat:
                room -= 1
            case Line() | Choice() | Break():
                return True
    return False
