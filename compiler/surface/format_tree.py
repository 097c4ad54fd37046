"""What the grammar sees in a text, with nothing left out: nodes that cover its tokens.

The surface tree forgets the order of clauses, parentheses, separators and spellings. So the
formatter has the parser keep a second tree beside it, of spans only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface.build_declaration import ModuleBuilder
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.parser import Parser
from interact.compiler.surface.tables import load_tables
from interact.compiler.surface.token import Token

_SEPARATORS = frozenset(("COMMA", "SEMICOLON"))
_SIGNED = frozenset(("function", "table", "template"))
_CALLS = frozenset(("call", "rows", "rows_of", "distinct_rows_of"))
_VALUES = frozenset(("record", "given_rows"))
"""What has braces, and yet is part of a line."""


@dataclass(slots=True)
class Node:
    """A rule of the grammar and the tokens it covers, ``first`` to ``last``.

    Attributes:
        brace: The token ``{`` of a block, which ends with its ``}``; 0 for others.
    """

    kind: str
    first: int
    last: int
    children: list[Node]
    brace: int = 0

    @property
    def head(self) -> list[Node]:
        """Return the children before the brace, or all of them."""
        return [c for c in self.children if not self.brace or c.first < self.brace]

    @property
    def items(self) -> list[Node]:
        """Return what stands in the block."""
        return [c for c in self.children if self.brace and c.first > self.brace]


@dataclass(frozen=True, slots=True)
class Tree:
    """A text without errors.

    Attributes:
        tokens: All tokens, the last one of kind END.
        declarations: What the module holds.
        glued: Tokens that stand right behind the one before, as the grammar sees them.
        separators: Tokens between the items of blocks, which mean nothing.
    """

    text: str
    tokens: list[Token]
    declarations: list[Node]
    glued: set[int]
    separators: set[int]


def read_tree(source: SourceFile, sink: Sink) -> Tree | None:
    """Return the nodes of a file; None when it has errors.

    Reports: E01xx.
    """
    tables = load_tables()
    stream = tokenize(source.text, tables)
    recorder = Recorder(ModuleBuilder(source, sink), stream.tokens)
    Parser(tables, "module", source, stream, sink, recorder).parse()
    if sink.has_errors:
        return None
    found = recorder
    return Tree(source.text, stream.tokens, found.nodes, found.glued, found.separators)


@dataclass(slots=True)
class Recorder:
    """Lets ``builder`` build, and keeps a node for each rule but the module.

    ``nodes`` are those that are part of no other yet.
    """

    builder: ModuleBuilder
    tokens: list[Token]
    nodes: list[Node] = field(default_factory=list)
    glued: set[int] = field(default_factory=set)
    separators: set[int] = field(default_factory=set)
    _starts: dict[int, int] = field(init=False)
    _ends: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        words = self.tokens[:-1]  # the end of the text may be that of the last word
        self._starts = {token.start: index for index, token in enumerate(words)}
        self._ends = {token.end: index for index, token in enumerate(words)}

    def __getattr__(self, rule: str) -> Callable[..., Any]:
        build: Callable[..., Any] = getattr(self.builder, rule)

        def recorded(span: Span, *children: Any) -> Any:
            self._record(rule, span)
            return build(span, *children)

        return build if rule == "module" else recorded

    def _record(self, kind: str, span: Span) -> None:
        """Keep a node; while the parser recovers from an error it may cover anything."""
        first, last = self._starts.get(span.start, 0), self._ends.get(span.end, 0)
        cut = len(self.nodes)
        while cut and self.nodes[cut - 1].first >= first:
            cut -= 1
        node = Node(kind, first, last, self.nodes[cut:])
        self.nodes[cut:] = [node]
        if kind in _SIGNED:
            self.glued.add(first + 2)
        is_block = self.tokens[last].kind == "RBRACE" and kind not in _VALUES
        if is_block:
            self._note_block(node)
        if not is_block or kind == "event":
            self._note_glue(kind, first, last)

    def _note_block(self, node: Node) -> None:
        kinds = (token.kind for token in self.tokens[node.first : node.last])
        node.brace = node.first + next((i for i, kind in enumerate(kinds) if kind == "LBRACE"), 0)
        for place in (item.last + 1 for item in node.items):
            if self.tokens[place].kind in _SEPARATORS:
                self.separators.add(place)

    def _note_glue(self, kind: str, first: int, last: int) -> None:
        if kind in _CALLS or (kind == "unary" and self.tokens[first].kind == "MINUS"):
            self.glued.add(first + 1)
        elif kind in ("event", "post") and self.tokens[first + 2].kind == "LPAR":
            self.glued.add(first + 2)
        elif kind in ("type", "qualified_name", "step_column") or (
            kind == "record" and last == first + 1
        ):
            self.glued.update(range(first + 1, last + 1))
        elif kind == "given_step":
            self.glued.update((first + 1, first + 2))
        elif kind == "share" and self.tokens[last].kind == "PERCENT":
            self.glued.add(last)
