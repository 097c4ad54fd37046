"""Rules, zones of strategies, and decision tables at random."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.compiler.surface.trees.expressions import (
    NULL,
    exprs,
    lives,
    names,
    optional,
    texts,
    tuples,
    types,
    wholes,
    words,
)

from interact.compiler.surface.ast import (
    Cell,
    Instance,
    Name,
    Parameter,
    Rule,
    SegmentRules,
    Settings,
    TableRow,
    Take,
    Value,
    ZoneRules,
)
from interact.compiler.surface.print import print_expression

order_names = st.builds(Name, words.map(lambda word: word.replace("chance", "luck")))
takes = st.one_of(
    st.builds(Take, wholes, order_names, st.booleans()),
    st.builds(Take, wholes),
    st.builds(Take, wholes, chance=st.just(True), seed=optional(texts)),
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
