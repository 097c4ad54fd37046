"""Zones and the steps of flowcharts at random."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.compiler.surface.trees.expressions import (
    days,
    durations,
    exprs,
    names,
    optional,
    texts,
    tuples,
    wholes,
    words,
)

from interact.compiler.surface.ast import (
    Arbitration,
    Branch,
    Decision,
    Derived,
    Name,
    Point,
    Redraw,
    Sample,
    Segment,
    Select,
    Share,
    Snapshot,
    SnapshotField,
    Zone,
)

shares = st.one_of(
    st.builds(Share, names, optional(st.sampled_from(["10", "0.5"]))),
    st.builds(Share, names, st.none(), st.builds(Name, words.map(lambda w: f"{w}_"))),
)

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
