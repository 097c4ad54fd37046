"""The core as text: what a reader of goldens and of ``interact plan`` sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from interact.compiler.core.impressions import ImpressionLimit
from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Clock,
    Compare,
    Const,
    Convert,
    Expr,
    InSegment,
    InSet,
    IsNull,
    Not,
    Or,
    RowField,
    When,
    type_of,
)
from interact.compiler.core.print_events import print_event, print_pattern
from interact.compiler.core.program import (
    ALWAYS,
    HASH_BITS,
    Audience,
    Cell,
    Channel,
    Filter,
    Live,
    Offer,
    OfferAttribute,
    Program,
    Rule,
    Share,
)
from interact.compiler.surface.print_expression import quote
from interact.stdlib.spelling import text_duration, text_timestamp
from interact.stdlib.types import Kind, Type, Value

_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "!="}
_EPOCH = date(1970, 1, 1)


def print_program(program: Program) -> str:
    """Return a core program as text, one declaration after the other."""
    lines = [line for audience in program.audiences for line in _audience(audience)]
    lines += [line for offer in program.offers for line in _offer(offer)]
    lines += [line for channel in program.channels for line in _channel(program, channel)]
    return "\n".join(lines) + "\n"


def print_expr(expr: Expr) -> str:
    """Return an expression in prefix form, with the type of every conversion.

    >>> from interact.stdlib.types import INT
    >>> print_expr(Compare("ge", Attr("age", INT, True), Const(18, INT)))
    '(age >= 18)'
    """
    match expr:
        case Const(value=value, type=kind):
            return print_value(value, kind)
        case Attr(name=name):
            return name
        case RowField(rows=rows, name=name):
            return f"{rows}.{name}"
        case InSegment(name=name):
            return f"segment {name}"
        case Clock(which=which):
            return which
        case Compare(op=op, left=left, right=right):
            return f"({print_expr(left)} {_SIGNS[op]} {print_expr(right)})"
        case InSet(operand=operand, values=values):
            listed = ", ".join(print_value(v, type_of(operand)) for v in values)
            return f"({print_expr(operand)} in ({listed}))"
        case And(args=args):
            return f"({' and '.join(map(print_expr, args))})"
        case Or(args=args):
            return f"({' or '.join(map(print_expr, args))})"
        case Not(arg=arg):
            return f"not {print_expr(arg)}"
        case IsNull(arg=arg):
            return f"({print_expr(arg)} is null)"
        case When(condition=condition, yes=yes, no=no):
            return f"if({print_expr(condition)}, {print_expr(yes)}, {print_expr(no)})"
        case Convert(arg=arg, type=kind):
            return f"{print_expr(arg)}:{kind}"
        case Call(function=function, args=args):
            return f"{function}({', '.join(map(print_expr, args))})"
        case Aggregate():
            return _aggregate(expr)
        case _:
            assert_never(expr)


def print_value(value: Value, kind: Type) -> str:
    """Return a machine value as a literal of its type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if kind.kind is Kind.FRACTION else quote(value)
    if kind.kind is Kind.DECIMAL and isinstance(value, int):
        whole, rest = divmod(abs(value), 10**kind.scale)
        places = f".{rest:0{kind.scale}d}" if kind.scale else ""
        return f"{'-' if value < 0 else ''}{whole}{places}"
    if kind.kind is Kind.DATE and isinstance(value, int):
        return _day(value)
    if kind.kind is Kind.TIMESTAMP and isinstance(value, int):
        return text_timestamp(value) or repr(value)
    if kind.kind is Kind.DURATION and isinstance(value, int):
        return text_duration(value)
    return repr(value)


def _aggregate(expr: Aggregate) -> str:
    value = "" if expr.value is None else f"{print_expr(expr.value)} of "
    where = "" if expr.where is None else f" where {print_expr(expr.where)}"
    distinct = "distinct " if expr.distinct else ""
    return f"{expr.function}({distinct}{value}{expr.rows}{where})"


def _day(day: int) -> str:
    try:
        return (_EPOCH + timedelta(days=day)).isoformat()
    except OverflowError:
        return f"day {day}"


def _audience(audience: Audience) -> Iterator[str]:
    yield f"audience {audience.name}"
    groups = (("key", audience.key), ("profile", audience.profile), ("session", audience.session))
    for title, attributes in groups:
        for a in attributes:
            default = "" if a.default is None else f" = {print_expr(a.default)}"
            yield f"  {title} {a.name}: {a.type}{'?' if a.nullable else ''}{default}"
    for rows in audience.rows:
        fields = ", ".join(f"{f.name}: {f.type}{'?' if f.nullable else ''}" for f in rows.fields)
        yield f"  many {rows.name}({fields})"


def _offer(offer: Offer) -> Iterator[str]:
    days = "" if offer.days is None else f" for {offer.days} days"
    yield f"offer {offer.name} {offer.code_text}{_live(offer.live)}{days}"
    yield from map(_attribute, offer.attributes)


def _attribute(attribute: OfferAttribute) -> str:
    value = "required" if attribute.required else f"= {print_expr(attribute.value)}"
    return f"  {attribute.name}: {attribute.type} {value}"


def _live(live: Live) -> str:
    if live == ALWAYS:
        return ""
    start = "" if live.start is None else _day(live.start)
    end = "" if live.end is None else _day(live.end)
    return f" live {start}..{end}"


def _channel(program: Program, channel: Channel) -> Iterator[str]:
    yield f"channel {channel.name} for {program.audience_of(channel).name}"
    for index, cell in enumerate(channel.cells):
        yield f"  cell {index} {cell.flowchart}.{cell.name}: {_cell(cell)}"
    for segment in channel.segments:
        also = "" if segment.also is None else f" or {print_expr(segment.also)}"
        yield f"  segment {segment.name} = cells {', '.join(map(str, segment.cells))}{also}"
    for zone in channel.zones:
        if zone.most is not None or zone.ties is not None:
            most = "" if zone.most is None else f" at most {zone.most} offers"
            ties = "" if zone.ties is None else f" ties by chance {quote(zone.ties)}"
            yield f"  zone {zone.name}{most}{ties}"
    for event in channel.events:
        yield from (f"  {line}" for line in print_event(event, print_expr))
    for pattern in channel.patterns:
        yield from (f"  {line}" for line in print_pattern(pattern, print_expr))
    for index, rule in enumerate(channel.rules):
        yield f"  rule {index} {_rule(program, channel, rule)}"
        yield from (f"  {_attribute(a)}" for a in rule.attributes)
    for shot in channel.snapshots:
        yield f"  snapshot {shot.name} of cells {', '.join(map(str, shot.cells))} {shot.mode}"
        yield from (f"    {f.name}: {f.type} = {print_expr(f.value)}" for f in shot.fields)
    for bar in channel.bars:
        barred = ", ".join(program.offers[o].name for o in bar.offers)
        yield f"  {bar.stage} of {barred} where {print_expr(bar.condition)}"
    for limit in channel.limits:
        yield f"  {_limit(limit)}"


def _limit(limit: ImpressionLimit) -> str:
    spread = "" if limit.every is None else f" per {limit.every // 60_000_000} minutes"
    number = f"{limit.most}{' evenly' * limit.evenly}{spread}"
    return f"{limit.state} of {number} counted as {limit.key}"


def _cell(cell: Cell) -> str:
    parts = [f"in {' or '.join(map(str, cell.parents))}"] if cell.parents else []
    match cell.test:
        case Filter(condition=condition, unless=unless):
            if unless:
                parts.append(f"not in {', '.join(map(str, unless))}")
            if condition is not None:
                parts.append(print_expr(condition))
        case Share(draw=draw, low=low, high=high):
            bounds = f"{low / 2**HASH_BITS:.6g}, {high / 2**HASH_BITS:.6g}"
            again = f" every {draw.every} days from {_day(draw.start)}" if draw.every else ""
            parts.append(f'hash "{draw.seed}"{again} in [{bounds})')
        case _:
            assert_never(cell.test)
    return " and ".join(parts) or "everyone"


def _rule(program: Program, channel: Channel, rule: Rule) -> str:
    segments = ", ".join(channel.segments[s].name for s in rule.segments) or "everyone"
    pinned = " pinned" * rule.pinned + " disabled" * (not rule.enabled)
    when = "" if rule.condition is None else f" when {print_expr(rule.condition)}"
    offer = program.offers[rule.offer].name
    zone = channel.zones[rule.zone].name
    score = print_expr(rule.score)
    target = f"{offer} in {zone} for {segments}{pinned}"
    return f"{rule.name}: {target} score {score}{when}{_live(rule.live)}"
