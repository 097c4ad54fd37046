"""Text templates: ``"Up to {limit} for you"`` in the attributes of an offer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from interact.compiler.core import calls, infer
from interact.compiler.core.nodes import Const, Expr, type_of
from interact.compiler.diagnostics import types
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface import ast
from interact.compiler.surface.from_source import parse_expression
from interact.stdlib.types import TEXT

if TYPE_CHECKING:
    from interact.compiler.core.infer import Typing

_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def is_template(literal: ast.LiteralExpr) -> bool:
    """Return whether a literal is a text with braces."""
    return literal.kind == "text" and _HOLE.search(literal.text) is not None


def infer_template(literal: ast.LiteralExpr, typing: Typing) -> Expr:
    """Return the concatenation of a template's stretches and holes; ``{{`` is a brace.

    Reports:
        E0315 for a hole that is not an expression, and whatever the expression has.
    """
    parts = [_as_text(part, typing.sink) for part in _parts(literal, typing)]
    if len(parts) == 1:
        return parts[0]
    return calls.apply("concat", parts, literal.span, typing.sink)


def _as_text(part: Expr, sink: Sink) -> Expr:
    return part if type_of(part) == TEXT else calls.apply("text", [part], part.span, sink)


def _parts(literal: ast.LiteralExpr, typing: Typing) -> Iterator[Expr]:
    """Yield the constant stretches and the expressions in the holes of a template."""
    text, stretch, at = literal.text, "", 0
    for hole in _HOLE.finditer(text):
        stretch += text[at : hole.start()]
        at = hole.end()
        if hole[0] in ("{{", "}}"):
            stretch += hole[0][0]
            continue
        if stretch:
            yield Const(stretch, TEXT, literal.span)
            stretch = ""
        yield _hole(literal, hole, typing)
    if stretch + text[at:]:
        yield Const(stretch + text[at:], TEXT, literal.span)


def _hole(literal: ast.LiteralExpr, hole: re.Match[str], typing: Typing) -> Expr:
    """Parse one hole; blanks before it make its spans those of the file."""
    start = literal.place(hole.start()) + 1
    inner = Sink()
    source = SourceFile(literal.span.file, " " * start + (hole[1] or ""))
    parsed = parse_expression(source, inner) if (hole[1] or "").strip() else None
    if parsed is None or inner.has_errors:
        span = Span(literal.span.file, start - 1, literal.place(hole.end() - 1) + 1)
        typing.sink.report(types.BROKEN_PLACEHOLDER, span, text=hole[0])
        return Const("", TEXT, span)
    return infer.infer_value(parsed, typing)
