"""Events, their actions, and patterns at random."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.compiler.surface.trees.expressions import (
    durations,
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
    Action,
    Counting,
    Event,
    LiteralExpr,
    Name,
    Occurrence,
    Outcome,
    Parameter,
    Pattern,
    Reset,
    Suspension,
    Value,
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
