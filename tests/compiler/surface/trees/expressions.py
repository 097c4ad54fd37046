"""Expressions, names and literals at random."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from interact.compiler.surface.ast import (
    BetweenExpr,
    BinaryExpr,
    BinaryOperator,
    CallExpr,
    Expr,
    Field,
    IfExpr,
    InExpr,
    IsNullExpr,
    LiteralExpr,
    Live,
    Name,
    NameExpr,
    RowsExpr,
    TypeName,
    UnaryExpr,
)
from interact.compiler.surface.lalr import RESERVED
from interact.compiler.surface.tables import load_tables

WORDS = sorted(set(load_tables().words) - RESERVED)
NULL = LiteralExpr("null", "null")

# No filters: hypothesis writes out the whole strategy when one is not satisfied.
NAMES = ["x", "balance", "Größe", "a_1", "名前", *WORDS]

words = st.integers(0, len(NAMES) - 1).map(NAMES.__getitem__)
names = st.builds(Name, words)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
counts = st.integers(0, 2**63 - 1).map(str)
dates = st.dates().map(lambda date: LiteralExpr("date", date.isoformat()))
codes = texts.map(lambda text: LiteralExpr("text", text))


def optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def tuples(strategy: st.SearchStrategy[object], least: int = 0) -> st.SearchStrategy[object]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


def duration(count: str, unit: str) -> LiteralExpr:
    return LiteralExpr("duration", f"{count} {unit}{'' if count == '1' else 's'}")


durations = st.builds(
    duration, counts, st.sampled_from(["second", "minute", "hour", "day", "week"])
)
literals = st.one_of(
    st.just(NULL),
    st.sampled_from(["true", "false"]).map(lambda text: LiteralExpr("bool", text)),
    counts.map(lambda text: LiteralExpr("int", text)),
    st.floats(0, allow_nan=False, allow_infinity=False).map(
        lambda value: LiteralExpr("fraction", repr(value))
    ),
    codes,
    dates,
    st.datetimes().map(lambda time: LiteralExpr("timestamp", f"{time.isoformat()}Z")),
    durations,
)


def compounds(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    operators = st.sampled_from(get_args(BinaryOperator))
    return st.one_of(
        st.builds(CallExpr, names, tuples(part)),
        st.builds(RowsExpr, names, part, names, optional(part), st.booleans()),
        st.builds(RowsExpr, names, st.none(), names, part),
        st.builds(UnaryExpr, st.sampled_from(["not", "-"]), part),
        st.builds(binary, operators, part, part),
        st.builds(BinaryExpr, st.just("like"), part, part, st.booleans()),
        st.builds(IsNullExpr, part, st.booleans()),
        st.builds(InExpr, part, tuples(part, 1), st.booleans()),
        st.builds(BetweenExpr, part, part, part, st.booleans()),
        st.builds(IfExpr, part, part, optional(part)),
    )


def binary(operator: BinaryOperator, left: Expr, right: Expr) -> Expr:
    """Return the expression; a comparison with null is not in the language."""
    if operator in ("=", "!=") and NULL in (left, right):
        return IsNullExpr(left)
    return BinaryExpr(operator, left, right)


exprs: st.SearchStrategy[Expr] = st.recursive(
    literals | st.builds(NameExpr, words, optional(words)), compounds, max_leaves=12
)

day_names = words.map(lambda word: NameExpr(f"{word}_"))
days = dates | day_names
lives = st.one_of(
    st.builds(Live, days, days),
    st.builds(Live, days, st.none()),
    st.builds(Live, st.none(), days),
    st.builds(Live, st.none(), st.none(), durations),
)

types = st.builds(TypeName, words, optional(st.integers(0, 99)), st.booleans())

fields = st.builds(Field, names, types, optional(exprs), optional(texts), optional(texts))

wholes = counts.map(lambda text: LiteralExpr("int", text))
