"""Parts of statements as text: types, dates, values by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interact.compiler.surface.ast_event import Live, Value
from interact.compiler.surface.ast_expression import LiteralExpr, Name, TypeName
from interact.compiler.surface.ast_offer import Impressions
from interact.compiler.surface.print_expression import print_expression


def print_type(type_: TypeName) -> str:
    scale = "" if type_.scale is None else f"({type_.scale})"
    return f"{type_.name}{scale}{'?' * type_.nullable}"


def print_live(live: Live) -> str:
    if live.length is not None:
        return f"live for {live.length.text}"
    start, end = ("" if day is None else print_expression(day) for day in (live.start, live.end))
    if live.start is None:
        return f"live until {end}"
    return f"live from {start}" if live.end is None else f"live {start} to {end}"


def print_impressions(limit: Impressions) -> str:
    each = " per offer" * limit.each
    offers = f" of {print_names(limit.offers)}" if limit.offers else ""
    days = "" if limit.live is None else f" {_period(limit.live)}"
    unit = "" if limit.unit is None else f"{' evenly' * limit.evenly} per {limit.unit}"
    name = "" if limit.name is None else f" as {limit.name.text}"
    return f"at most {limit.most.text} impressions{each}{offers}{days}{unit}{name}"


def _period(days: Live) -> str:
    words = (("from", days.start), ("until" if days.start is None else "to", days.end))
    return " ".join(f"{word} {print_expression(day)}" for word, day in words if day is not None)


def print_values(values: Sequence[Value]) -> str:
    listed = ", ".join(f"{v.name.text} = {print_expression(v.value)}" for v in values)
    return f"with ({listed})" if values else ""


def print_names(names: Iterable[Name]) -> str:
    return ", ".join(name.text for name in names)


def print_at_most(most: LiteralExpr | None) -> str:
    return "" if most is None else f"at most {most.text} offers"
