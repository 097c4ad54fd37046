"""From source text to the surface tree.

Before: any text.  After: a tree, complete when no error was reported; else what could be read.
"""

from __future__ import annotations

from typing import cast

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Expr, Module
from interact.compiler.surface.build_declaration import ModuleBuilder
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.parser import Parser
from interact.compiler.surface.tables import load_tables


def parse_module(source: SourceFile, sink: Sink) -> Module:
    """Parse a file; a declaration with an error is left out or lacks the broken items.

    Reports: E01xx.
    """
    tables = load_tables()
    stream = tokenize(source.text, tables)
    builder = ModuleBuilder(source, sink)
    module = Parser(tables, "module", source, stream, sink, builder).parse()
    return cast(Module, module) if module else Module(source.name, ())


def parse_expression(
    source: SourceFile, sink: Sink, *, start: int = 0, end: int | None = None
) -> Expr | None:
    """Parse ``source.text[start:end]``, all of it, as one expression; None after an error.

    Reports: E01xx.
    """
    tables = load_tables()
    stream = tokenize(source.text, tables, start, end)
    builder = ModuleBuilder(source, sink)
    return cast("Expr | None", Parser(tables, "expression", source, stream, sink, builder).parse())
