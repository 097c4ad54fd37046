"""From source text to the surface tree.

Before: any text.  After: a tree, complete when no error was reported; else what could be read.
"""

from __future__ import annotations

from typing import Any, cast

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Expr, Module
from interact.compiler.surface.build_declaration import ModuleBuilder
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.parser import Parser
from interact.compiler.surface.straight import STOPPED, parse_straight
from interact.compiler.surface.tables import load_tables
from interact.stdlib.records import record


def parse_module(source: SourceFile, sink: Sink) -> Module:
    """Parse a file; a declaration with an error is left out or lacks the broken items.

    Reports: E01xx.
    """
    module = _parse("module", source, sink, 0, len(source.text))
    return cast(Module, module) if module else Module(source.name, ())


@record
class Parsed:
    """A file that was parsed: its module, and what was found in it."""

    module: Module
    found: Sink


def parse_file(source: SourceFile) -> Parsed:
    """Parse a file, and keep what is found with it."""
    found = Sink()
    return Parsed(parse_module(source, found), found)


def parse_expression(
    source: SourceFile, sink: Sink, *, start: int = 0, end: int | None = None
) -> Expr | None:
    """Parse ``source.text[start:end]``, all of it, as one expression; None after an error.

    Reports: E01xx.
    """
    stop = len(source.text) if end is None else end
    return cast("Expr | None", _parse("expression", source, sink, start, stop))


def _parse(what: str, source: SourceFile, sink: Sink, start: int, end: int) -> Any:
    tables = load_tables()
    stream = tokenize(source.text, tables, start, end)
    found = Sink()
    value = parse_straight(tables, what, source.name, stream, ModuleBuilder(source, found))
    if value is STOPPED:
        return Parser(tables, what, source, stream, sink, ModuleBuilder(source, sink)).parse()
    sink.adopt(found)
    return value
