"""What is printed is read back as the same tree."""

from typing import get_args

from hypothesis import given, settings, strategies as st

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text
from interact.compiler.source import SourceFile
from interact.compiler.surface import ast_tests as t
from interact.compiler.surface.ast import (
    Action,
    Arbitration,
    Attribute,
    Audience,
    BetweenExpr,
    BinaryExpr,
    BinaryOperator,
    Branch,
    CallExpr,
    Cell,
    Channel,
    Constant,
    Counting,
    Decision,
    Derived,
    Enumeration,
    Event,
    Expr,
    Field,
    Flowchart,
    Function,
    IfExpr,
    Import,
    Impressions,
    InExpr,
    Instance,
    IsNullExpr,
    LiteralExpr,
    Live,
    Many,
    Member,
    Module,
    Name,
    NameExpr,
    Occurrence,
    Offer,
    OfferList,
    OfferTable,
    Outcome,
    Parameter,
    Pattern,
    Point,
    Redraw,
    Reset,
    RowsExpr,
    Rule,
    Sample,
    Segment,
    SegmentRules,
    Select,
    Settings,
    Share,
    Snapshot,
    SnapshotField,
    Strategy,
    Suppress,
    Suspension,
    Table,
    TableRow,
    Take,
    Template,
    TypeName,
    UnaryExpr,
    Value,
    VisitCap,
    Zone,
    ZoneRules,
)
from interact.compiler.surface.from_source import parse_expression, parse_module
from interact.compiler.surface.lalr import RESERVED
from interact.compiler.surface.print import print_expression, print_module
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
SECTIONS = ("key", "profile", "session")
rows_names = st.builds(Name, words.map(lambda word: f"{word}s" if word in SECTIONS else word))
many = st.builds(Many, rows_names, tuples(fields), optional(texts), optional(texts))
audiences = st.builds(
    Audience, names, tuples(fields), tuples(fields), tuples(many), tuples(fields), optional(texts)
)
wholes = counts.map(lambda text: LiteralExpr("int", text))
suppressions = st.one_of(
    st.builds(
        Suppress,
        optional(durations),
        st.sampled_from(["accept", "reject"]),
        st.none(),
        optional(names),
    ),
    st.builds(Suppress, optional(durations), st.just("contacts"), wholes, optional(names)),
)
caps = st.builds(VisitCap, wholes)
periods = st.one_of(
    st.builds(Live, days, days), st.builds(Live, days, st.none()), st.builds(Live, st.none(), days)
)
units = st.sampled_from(["minute", "hour", "day", "week"])


def limits(
    offers: st.SearchStrategy[object], each: st.SearchStrategy[bool]
) -> st.SearchStrategy[Impressions]:
    """Return limits of impressions, with an interval and without one."""
    paced = st.builds(
        Impressions, wholes, offers, each, optional(periods), units, st.booleans(), optional(names)
    )
    return paced | st.builds(Impressions, wholes, offers, each, optional(periods))


offers = st.builds(
    Offer,
    names,
    optional(texts),
    optional(names),
    tuples(codes),
    optional(lives),
    tuples(st.builds(Attribute, names, types, optional(exprs))),
    tuples(suppressions),
    optional(caps),
    tuples(limits(st.just(()), st.just(False))),
)
shares = st.one_of(
    st.builds(Share, names, optional(st.sampled_from(["10", "0.5"]))),
    st.builds(Share, names, st.none(), st.builds(Name, words.map(lambda w: f"{w}_"))),
)
listed = st.builds(OfferList, names, tuples(names, 1))
queried = st.builds(OfferList, names, st.just(()), exprs)
uniques = st.sampled_from(["offer", "treatment", "rule", None])
arbitrations = st.one_of(
    st.builds(
        Arbitration,
        st.sampled_from(["declaration", "newest", None]),
        uniques,
        st.none(),
        optional(wholes),
    ),
    st.builds(Arbitration, st.none(), st.just("attribute"), names),
    st.builds(Arbitration, st.just("chance"), uniques, seed=optional(texts)),
)
order_names = st.builds(Name, words.map(lambda word: word.replace("chance", "luck")))
takes = st.one_of(
    st.builds(Take, wholes, order_names, st.booleans()),
    st.builds(Take, wholes),
    st.builds(Take, wholes, chance=st.just(True), seed=optional(texts)),
)
zones = st.builds(
    Zone, names, tuples(st.builds(Point, names, optional(texts))), optional(arbitrations)
)
steps = st.one_of(
    st.builds(Derived, names, exprs),
    st.builds(
        Decision,
        names,
        optional(names),
        st.booleans(),
        tuples(st.builds(Branch, names, optional(exprs))),
    ),
    st.builds(Select, names, optional(names), exprs),
    st.builds(
        Sample,
        names,
        optional(names),
        optional(texts),
        tuples(shares),
        optional(st.builds(Redraw, durations, days)),
    ),
    st.builds(Segment, names, tuples(names, 1)),
    st.builds(
        Snapshot,
        names,
        optional(names),
        st.sampled_from(["replace", "append", "update"]),
        tuples(st.builds(SnapshotField, names, exprs)),
    ),
)
segment_names = st.builds(Name, words.map(lambda word: word.replace("everyone", "all")))
rules = st.builds(
    Rule,
    names.filter(lambda n: n.text != "use"),
    optional(names),
    st.booleans(),
    st.booleans(),
    tuples(st.builds(Value, names, exprs)),
    optional(exprs),
    optional(exprs),
    optional(exprs),
    optional(lives),
    optional(takes),
    optional(wholes),
)
set_for_all = st.builds(Settings, st.booleans(), optional(exprs), optional(lives))
uses = st.builds(
    lambda name, instances: Rule(name, instances=instances),
    names,
    tuples(st.builds(Instance, tuples(exprs, 1), optional(names))),
)
zone_rules = st.builds(
    ZoneRules,
    tuples(names),
    set_for_all,
    tuples(st.builds(SegmentRules, tuples(segment_names), tuples(rules | uses))),
)
times = st.datetimes().map(lambda time: LiteralExpr("timestamp", f"{time.isoformat()}Z"))
plain = st.builds(Name, words.map(lambda word: f"{word}_"))
actions = st.one_of(
    st.builds(
        Action,
        st.sampled_from(["log contact", "log accept", "log reject"]),
        condition=optional(exprs),
        start=optional(durations | times),
    ),
    st.builds(Action, st.sampled_from(["resegment", "qualify"]), tuples(plain, 1)),
    st.builds(Action, st.just("resegment"), start=optional(durations)),
    st.builds(Action, st.just("set"), st.tuples(names), value=exprs, condition=optional(exprs)),
    st.builds(Action, st.just("post"), st.tuples(names), tuples(st.builds(Value, names, exprs))),
    st.builds(Action, st.just("suppress"), tuples(plain), length=optional(durations)),
)
events = st.builds(
    Event,
    names,
    tuples(st.builds(Parameter, names, types, optional(exprs))),
    optional(texts),
    optional(texts),
    tuples(actions),
)
occurrences = st.builds(Occurrence, names, optional(exprs))
weighted = st.builds(Occurrence, names, optional(exprs), wholes)
windows = {"window": durations, "rolling": st.booleans()}
several = tuples(occurrences, 1)
countings = st.one_of(
    st.builds(Counting, st.just("all"), several),
    st.builds(Counting, st.just("count"), several, wholes, **windows),
    st.builds(Counting, st.just("sum"), tuples(weighted, 1), wholes, optional(durations)),
    st.builds(Counting, st.just("sequence"), several, **windows),
)
resets = st.one_of(
    st.builds(Reset, durations, optional(times)),
    st.builds(Reset, event=occurrences, even_met=st.booleans()),
)
suspensions = st.one_of(
    st.builds(Suspension, occurrences, optional(durations)),
    st.builds(Suspension, occurrences, until=occurrences),
)
patterns = st.builds(
    Pattern,
    names,
    st.booleans(),
    optional(texts),
    optional(texts),
    optional(countings),
    optional(durations),
    optional(resets),
    tuples(suspensions),
    optional(lives),
    optional(st.builds(Outcome, st.just(True), st.none(), tuples(actions))),
    optional(st.builds(Outcome, st.just(False), optional(durations), tuples(actions))),
    optional(texts),
)
columns = st.builds(t.Column, optional(names), names)
field_values = st.builds(t.FieldValue, names, exprs)
claims = st.one_of(
    st.builds(t.OffersAre, names, tuples(names)),
    st.builds(t.OfferShown, names, names, optional(exprs), tuples(field_values)),
    st.builds(t.OfferAbsent, names, names, optional(st.builds(Name, st.just("offer dates")))),
    st.builds(t.SegmentsAre, tuples(names)),
    st.builds(t.Membership, tuples(names, 1), st.booleans()),
)
case_claims = st.one_of(
    st.builds(t.CaseClaim, st.sampled_from(["offers", "offer", "no offer"]), names),
    st.builds(t.CaseClaim, st.sampled_from(["segments", "segment", "no segment"])),
)
outcome_names = st.builds(Name, words.map(lambda word: word.replace("none", "nobody")))
outcomes = st.builds(t.Outcome, tuples(outcome_names)) | st.just(t.Outcome((), True))
test_parts = st.one_of(
    st.builds(t.TestTime, dates | times),
    st.builds(t.TestTop, counts),
    st.builds(t.Given, tuples(st.builds(t.Setting, columns, exprs), 1)),
    st.builds(t.GivenRows, names, tuples(st.builds(t.Record, tuples(field_values)), 1)),
    st.builds(t.GivenFile, names, tuples(literals), codes),
    st.builds(t.Expect, claims, optional(counts)),
    st.just(t.Cases((), (), ())),
    st.builds(
        t.Cases,
        tuples(columns, 1),
        tuples(case_claims, 1),
        tuples(st.builds(t.Case, tuples(optional(exprs), 1), tuples(outcomes, 1))),
    ),
)
parameters = tuples(st.builds(Parameter, names, types, optional(exprs)))
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
operands = tuples(exprs, 1).map(lambda found: found[:1])
cells = st.one_of(
    st.builds(Cell, st.sampled_from(["any", "null"])),
    st.just(Cell("null", (), True)),
    st.builds(Cell, st.sampled_from(COMPARISONS), operands),
    st.builds(Cell, st.just("like"), operands, st.booleans()),
    st.builds(Cell, st.just("to"), st.tuples(exprs, exprs)),
    st.builds(Cell, st.just("in"), tuples(exprs, 1), st.booleans()),
).map(lambda cell: Cell("null") if cell == Cell("=", (NULL,)) else cell)
# A cell that begins with `any` is the one that holds for all.
cells = cells.filter(
    lambda cell: not (cell.operands and print_expression(cell.operands[0]).startswith("any"))
)
table_rows = st.builds(TableRow, tuples(cells), exprs)
declarations = st.one_of(
    st.builds(Function, names, parameters, optional(names), optional(types), exprs),
    st.builds(Template, names, parameters, tuples(rules)),
    st.builds(
        Table,
        names,
        parameters,
        optional(names),
        optional(types),
        tuples(exprs),
        tuples(table_rows),
    ),
    st.builds(Constant, names, optional(types), exprs),
    st.builds(Enumeration, names, tuples(st.builds(Member, names, optional(texts)))),
    audiences,
    st.builds(t.Test, codes, names, tuples(test_parts)),
    offers,
    listed,
    queried,
    st.builds(OfferTable, st.just("suppressions"), names, names),
    st.builds(
        OfferTable,
        st.sampled_from(["overrides", "proposals", "defaults"]),
        names,
        names,
        tuples(fields),
        st.booleans(),
        tuples(names),
        tuples(names),
        optional(exprs),
        optional(exprs),
        tuples(st.builds(Value, names, exprs)),
    ),
    st.builds(
        Channel,
        names,
        names,
        tuples(zones),
        optional(arbitrations),
        optional(names),
        tuples(events),
        tuples(patterns),
        optional(caps),
        tuples(limits(tuples(names), st.booleans())),
    ),
    st.builds(Flowchart, names, names, tuples(steps)),
    st.builds(Strategy, names, names, set_for_all, tuples(zone_rules)),
)
modules = st.builds(Module, st.just("m"), tuples(declarations), tuples(st.builds(Import, texts)))


@settings(deadline=None)
@given(exprs)
def test_expressions(expr: Expr) -> None:
    source, sink = SourceFile("m", print_expression(expr)), Sink()
    parsed = parse_expression(source, sink)
    assert not sink.diagnostics, render_text(sink.diagnostics, {"m": source})
    assert parsed == expr


@settings(deadline=None)
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


@settings(deadline=None, max_examples=300)
@given(modules)
def test_modules(module: Module) -> None:
    source, sink = SourceFile("m", print_module(module)), Sink()
    parsed = parse_module(source, sink)
    assert not sink.diagnostics, render_text(sink.diagnostics, {"m": source})
    assert parsed == module
    assert print_module(parsed) == source.text
