"""Places, slices and limits of the parser; its messages are in tests/golden/surface."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from interact.compiler.diagnostics import syntax
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface.ast import Expr, LiteralExpr, Module, NameExpr
from interact.compiler.surface.depth import MAX_DEPTH, children
from interact.compiler.surface.from_source import parse_expression, parse_module
from interact.compiler.surface.literals import Literals
from interact.compiler.surface.token import Token

GOLDEN = Path(__file__).parents[2] / "golden" / "surface"


def nodes(node: object) -> Iterator[object]:
    """Yield all nodes of a tree."""
    if isinstance(node, tuple):
        for item in node:
            yield from nodes(item)
    elif is_dataclass(node) and not isinstance(node, Span):
        yield node
        for field in fields(node):
            yield from nodes(getattr(node, field.name))


def expression(text: str) -> Expr | None:
    return parse_expression(SourceFile("m", text), Sink())


@pytest.mark.parametrize("name", ["precedence", "literals", "strategy", "flowchart", "offer"])
def test_spans_hold_their_nodes(name: str) -> None:
    found = re.search(r"```interact\n(.*?)```", (GOLDEN / f"{name}.md").read_text(), re.S)
    assert found
    source, sink = SourceFile("m", found[1]), Sink()
    module = parse_module(source, sink)
    for node in nodes(module.declarations):
        span = node.span  # type: ignore[attr-defined]
        assert span.file == "m"
        assert span.start < span.end
        if isinstance(node, Expr):
            assert parse_expression(source, sink, start=span.start, end=span.end) == node
    assert not sink.diagnostics


def test_a_declaration_spans_from_its_word_to_its_brace() -> None:
    source = SourceFile("m", '# first\noffer A { code "X" }  # last\n')
    (offer,) = parse_module(source, Sink()).declarations
    assert source.text[offer.span.start : offer.span.end] == 'offer A { code "X" }'


def test_a_slice_has_the_places_of_the_whole() -> None:
    source, sink = SourceFile("m", 'offer A "Up to {limt +} now"'), Sink()
    assert parse_expression(source, sink, start=16, end=20) == NameExpr("limt")
    assert parse_expression(source, sink, start=16, end=22) is None
    (found,) = sink.diagnostics
    assert found.message == "expected an expression, found the end of the text"
    assert found.span == Span("m", 22, 22)


@pytest.mark.parametrize("text", ["", "  # nothing\n", "\ufeff"])
def test_nothing_is_a_module_but_no_expression(text: str) -> None:
    sink = Sink()
    assert parse_module(SourceFile("m", text), sink) == Module("m", ())
    assert not sink.diagnostics
    assert parse_expression(SourceFile("m", text), sink) is None
    assert sink.has_errors


def test_what_is_read_around_an_error_is_kept() -> None:
    text = "offer A { }\noffer { code 5 }\noffer B { code @\n live from 2026-01-01 }"
    module = parse_module(SourceFile("m", text), Sink())
    assert [declaration.name.text for declaration in module.declarations] == ["A", "", "B"]


@pytest.mark.parametrize(
    ("text", "kind", "normalised"),
    [
        ("007", "int", "7"),
        ("20_000", "int", "20000"),
        ("1_000.50", "fraction", "1000.50"),
        ("2026-01-01T12:30+02:00", "timestamp", "2026-01-01T10:30:00Z"),
        ("2026-01-01T12:30:00.25", "timestamp", "2026-01-01T12:30:00.250000Z"),
        ("1 days", "duration", "1 day"),
        ("1_000\thour", "duration", "1000 hours"),
        (r'"\"\\\n\t\u{1F600}"', "text", '"\\\n\t\U0001f600'),
    ],
)
def test_literals_are_normalised(text: str, kind: str, normalised: str) -> None:
    assert expression(text) == LiteralExpr(kind, normalised)  # type: ignore[arg-type]


def test_scales_are_kept_small() -> None:
    literals = Literals("m", Sink())
    assert literals.scale(Token("INT", "2", 0, 1)) == 2
    assert literals.scale(Token("INT", "9" * 15, 0, 15)) == 10_000


def depth(expr: Expr) -> int:
    return 1 + max(map(depth, children(expr)), default=0)


@pytest.mark.parametrize(
    ("step", "last"),
    [
        ("a + ", ""),
        ("not ", ""),
        ("-", ""),
        ("f(", ")"),
        ("(b - ", ")"),
        ("if a then b else ", ""),
        ("x in (", ")"),
        ("x not between y and (", ")"),
    ],
)
def test_the_deepest_expression(step: str, last: str) -> None:
    deepest = MAX_DEPTH - 1
    expr = expression(step * deepest + "a" + last * deepest)
    assert expr is not None
    assert depth(expr) == MAX_DEPTH
    source, sink = SourceFile("m", step * MAX_DEPTH + "a" + last * MAX_DEPTH), Sink()
    assert parse_expression(source, sink) == LiteralExpr("null", "null")
    assert [found.code for found in sink.diagnostics] == [syntax.TOO_DEEP]


@pytest.mark.parametrize(
    "text",
    [
        "strategy S on C {{ zone Z {{ O with (a = {}) }} }}",
        "strategy S on C {{ zone Z {{ use t {{ (O, {}) }} }} }}",
        "table t(x: int) {{ when {} then 3 }}",
        "table t(x: int) {{ when in (1, {}) then 3 }}",
        "function f(x: int = {}) = x",
    ],
)
def test_deep_expressions_among_others(text: str) -> None:
    sink = Sink()
    parse_module(SourceFile("m", text.format("1" + " + 1" * 3_000)), sink)
    assert [found.code for found in sink.diagnostics] == [syntax.TOO_DEEP]


def test_the_parser_gives_up_after_many_errors() -> None:
    source, sink = SourceFile("m", "offer A { coed }\n" * 300), Sink()
    parse_module(source, sink)
    assert sink.diagnostics[-1].code is syntax.TOO_MANY_ERRORS
    assert len(sink.diagnostics) < 150
