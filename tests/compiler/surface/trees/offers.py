"""Audiences, offers and their limits at random."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.compiler.surface.trees.expressions import (
    codes,
    days,
    durations,
    exprs,
    fields,
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
    Attribute,
    Audience,
    Impressions,
    Live,
    Many,
    Name,
    Offer,
    OfferList,
    Suppress,
    VisitCap,
)

SECTIONS = ("key", "profile", "session")
rows_names = st.builds(Name, words.map(lambda word: f"{word}s" if word in SECTIONS else word))
many = st.builds(Many, rows_names, tuples(fields), optional(texts), optional(texts))
audiences = st.builds(
    Audience, names, tuples(fields), tuples(fields), tuples(many), tuples(fields), optional(texts)
)

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

listed = st.builds(OfferList, names, tuples(names, 1))
queried = st.builds(OfferList, names, st.just(()), exprs)
