"""Tests of the language at random."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.compiler.surface.trees.expressions import (
    codes,
    counts,
    dates,
    exprs,
    literals,
    names,
    optional,
    tuples,
    words,
)
from tests.compiler.surface.trees.happenings import times

from interact.compiler.surface import ast_tests as t
from interact.compiler.surface.ast import (
    Name,
)

columns = st.builds(t.Column, optional(names), names)
field_values = st.builds(t.FieldValue, names, exprs)
claims = st.one_of(
    st.builds(t.OffersAre, names, tuples(names)),
    st.builds(t.SomeOffer, names),
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
    st.builds(t.GivenAny, optional(exprs)),
    st.builds(t.Expect, claims, optional(counts)),
    st.just(t.Cases((), (), ())),
    st.builds(
        t.Cases,
        tuples(columns, 1),
        tuples(case_claims, 1),
        tuples(st.builds(t.Case, tuples(optional(exprs), 1), tuples(outcomes, 1))),
    ),
)
