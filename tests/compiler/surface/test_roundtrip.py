"""What is printed is read back as the same tree."""

from __future__ import annotations

from hypothesis import given, settings
from tests.compiler.surface.trees.expressions import exprs
from tests.compiler.surface.trees.modules import modules

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import (
    Expr,
    Module,
)
from interact.compiler.surface.from_source import parse_expression, parse_module
from interact.compiler.surface.print import print_expression, print_module


@given(exprs)
def test_expressions(expr: Expr) -> None:
    source, sink = SourceFile("m", print_expression(expr)), Sink()
    parsed = parse_expression(source, sink)
    assert not sink.diagnostics, render_text(sink.diagnostics, {"m": source})
    assert parsed == expr


@given(exprs)
def test_parentheses_are_needed(expr: Expr) -> None:
    text = print_expression(expr)
    for start, char in enumerate(text):
        if char == "(" and '"' not in text and "\\" not in text:
            end = closing(text, start)
            without = f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}"
            assert parse_expression(SourceFile("m", without), Sink()) != expr


def closing(text: str, start: int) -> int:
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    raise AssertionError(text)


@settings(max_examples=300)
@given(modules)
def test_modules(module: Module) -> None:
    source, sink = SourceFile("m", print_module(module)), Sink()
    parsed = parse_module(source, sink)
    assert not sink.diagnostics, render_text(sink.diagnostics, {"m": source})
    assert parsed == module
    assert print_module(parsed) == source.text
