"""Segments that events put customers into, for the rest of their visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from interact.compiler.core.events import Action
from interact.compiler.core.lower_channel import Happenings
from interact.compiler.core.nodes import Attr, Expr
from interact.compiler.core.program import Segment
from interact.compiler.core.state import QUALIFIED, state_name
from interact.stdlib.types import BOOL


def with_qualified(segments: Sequence[Segment], found: Happenings) -> tuple[Segment, ...]:
    """Return segments that are also of those whom an event or a pattern qualifies for them."""
    named = {name for action in _actions(found) for name in action.names}
    return tuple(
        replace(s, also=Attr(state_name(s.name, QUALIFIED), BOOL, True, s.span))
        if s.name in named
        else s
        for s in segments
    )


def also_of(segments: Sequence[Segment]) -> Iterator[Expr]:
    """Yield the conditions that customers were put into segments."""
    yield from (s.also for s in segments if s.also is not None)


def _actions(found: Happenings) -> Iterator[Action]:
    for event in found.events:
        yield from (a for a in event.actions if a.kind == "qualify")
    for pattern in found.patterns:
        yield from (a for a in (*pattern.on_met, *pattern.missed) if a.kind == "qualify")
