"""Modules at random."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.compiler.surface.trees.expressions import (
    codes,
    exprs,
    fields,
    names,
    optional,
    texts,
    tuples,
    types,
)
from tests.compiler.surface.trees.happenings import events, patterns
from tests.compiler.surface.trees.offers import audiences, caps, limits, listed, offers, queried
from tests.compiler.surface.trees.rules import (
    parameters,
    rules,
    set_for_all,
    table_rows,
    zone_rules,
)
from tests.compiler.surface.trees.steps import arbitrations, steps, zones
from tests.compiler.surface.trees.written_tests import test_parts

from interact.compiler.surface import ast_tests as t
from interact.compiler.surface.ast import (
    Channel,
    Constant,
    Enumeration,
    Flowchart,
    Function,
    Import,
    Member,
    Module,
    OfferTable,
    Strategy,
    Table,
    Template,
    Value,
)

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
