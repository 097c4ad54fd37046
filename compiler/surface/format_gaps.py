"""What stands between tokens: comments, and blank lines.

A comment on the line of a token is behind it; one on its own line is before the next token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from interact.compiler.surface.format_tree import Tree

_MARK = re.compile(r"#[^\r\n]*|\r\n|\r|\n")
_PASSING = frozenset(("LBRACE", "COMMA", "COLON"))


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands before a token.

    Attributes:
        behind: The comment on the line of the token before.
        own: Comments on their own lines, each with whether a blank line precedes it.
        is_blank: Whether a blank line precedes the token itself.
    """

    behind: str = ""
    own: tuple[tuple[bool, str], ...] = ()
    is_blank: bool = False

    @property
    def has_comments(self) -> bool:
        return bool(self.behind or self.own)

    @property
    def has_blank(self) -> bool:
        """Return whether there is a blank line anywhere."""
        return self.is_blank or any(blank for blank, _ in self.own)


EMPTY = Gap()


def read_gaps(tree: Tree) -> dict[int, Gap]:
    """Return the gaps before tokens, those left out that hold nothing.

    Comments before ``{``, a comma, a colon or a separator move behind it.
    """
    gaps: dict[int, Gap] = {}
    text, end, moved = tree.text, 0, ""
    for index, token in enumerate(tree.tokens):
        gap = moved + text[end : token.start]
        end, moved = token.end, ""
        if len(gap) < 2 and gap != "#":
            continue
        if token.kind in _PASSING or index in tree.separators:
            moved = gap if "#" in gap else ""
        elif (found := _read(gap, is_first=index == 0)) != EMPTY:
            gaps[index] = found
    return gaps


def _read(gap: str, *, is_first: bool) -> Gap:
    behind, own = "", list[tuple[bool, str]]()
    line_ends = int(is_first)
    for mark in _MARK.findall(gap):
        if not mark.startswith("#"):
            line_ends += 1
            continue
        if line_ends:
            own.append((line_ends > 1, mark.rstrip()))
        else:
            behind = mark.rstrip()
        line_ends = 0
    return Gap(behind, tuple(own), line_ends > 1)
