"""Tables of offers as text."""

from __future__ import annotations

from interact.compiler.surface.ast import OfferTable
from interact.compiler.surface.layout import Lines, block
from interact.compiler.surface.print_audience import print_fields
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_part import print_names, print_values


def print_offer_table(table: OfferTable) -> Lines:
    head = f"{table.kind} {table.name.text} for {table.audience.text}"
    return iter((head,)) if table.kind == "suppressions" else block(head, _parts(table))


def _parts(table: OfferTable) -> Lines:
    if table.columns:
        yield from block("columns", print_fields(table.columns))
    if table.by_zone:
        yield "by zone"
    if table.channels:
        yield f"on {print_names(table.channels)}"
    if table.adds:
        yield f"adds {print_names(table.adds)}"
    if table.score is not None:
        yield f"score {print_expression(table.score)}"
    if table.condition is not None:
        yield f"when {print_expression(table.condition)}"
    if table.values:
        yield print_values(table.values)
