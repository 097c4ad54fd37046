"""A text as the formatter works on it: canonical spellings, spacing, and what is in the gaps."""

from __future__ import annotations

from bisect import bisect_left

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface.format_gaps import EMPTY, Gap, read_gaps
from interact.compiler.surface.format_tree import Node, Tree
from interact.compiler.surface.literals import Literals
from interact.compiler.surface.print_expression import quote
from interact.compiler.surface.tables import load_tables
from interact.compiler.surface.token import Token

_CLOSING = frozenset(("RPAR", "COMMA", "COLON", "SEMICOLON"))
_NAMED = frozenset(
    ("field", "attribute", "required_attribute", "rule", "branch", "share", "many", "member")
)
"""Items that begin with a name, which can be a word of the language."""


class Script:
    """The tokens of a text, by index."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.tokens = tree.tokens
        self.texts = [_spelling(token) for token in tree.tokens]
        self._gaps = read_gaps(tree)
        self._commented = [index for index, gap in self._gaps.items() if gap.has_comments]
        self._spaces = ["", *map(self._space, range(1, len(tree.tokens)))]
        self._words = load_tables().words

    def _space(self, index: int) -> str:
        is_tight = self.tokens[index].kind in _CLOSING or self.tokens[index - 1].kind == "LPAR"
        return "" if is_tight or index in self.tree.glued else " "

    def space(self, index: int) -> str:
        """Return what separates a token from the one before on the same line."""
        return self._spaces[index]

    def gap(self, index: int) -> Gap:
        """Return what stands before a token."""
        return self._gaps.get(index, EMPTY)

    def has_comments(self, first: int, last: int) -> bool:
        """Return whether there are comments before one of these tokens."""
        place = bisect_left(self._commented, first)
        return place < len(self._commented) and self._commented[place] <= last

    def flat(self, first: int, last: int) -> str:
        """Return the tokens ``first`` to ``last`` on one line."""
        texts, spaces = self.texts, self._spaces
        if first == last:
            return texts[first]
        rest = [spaces[i] + texts[i] for i in range(first + 1, last + 1)]
        return texts[first] + "".join(rest)

    def is_on_one_line(self, block: Node) -> bool:
        """Return whether a block was written on one line, and nothing keeps it from that."""
        start, end = self.tokens[block.brace].start, self.tokens[block.last].end
        between = self.tree.text[start:end]
        is_short = "\n" not in between and "\r" not in between
        return is_short and not self.has_comments(block.first + 1, block.last)

    def after(self, node: Node) -> int:
        """Return the next token that means something."""
        return node.last + 1 + (node.last + 1 in self.tree.separators)

    def separator(self, node: Node, follower: Node | None) -> str:
        """Return what separates items: nothing, unless the second could be taken for a clause."""
        if follower is None or node.brace or follower.kind not in _NAMED:
            return ""
        return ";" if self.tokens[follower.first].text in self._words else ""


def _spelling(token: Token) -> str:
    match token.kind:
        case "TEXT" if "\\" in token.text or not token.text.isprintable():
            return quote(Literals("", Sink()).text(token))
        case "DURATION":
            count, unit = token.text.split()
            is_one = count.replace("_", "").lstrip("0") == "1"
            return f"{count} {unit.removesuffix('s')}{'' if is_one else 's'}"
        case "IS_AT_LEAST":
            return "is at least"
        case _:
            return token.text
