"""What keeps offers away that events of a channel can suppress: until a time, in its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interact.compiler.core.events import Action
from interact.compiler.core.lower_channel import Happenings
from interact.compiler.core.nodes import Attr, Clock, Compare
from interact.compiler.core.program import Bar
from interact.compiler.core.state import SUPPRESSED_UNTIL, state_name
from interact.stdlib.types import TIMESTAMP


def event_bars(happenings: Happenings, offers: Mapping[int, str]) -> Iterator[Bar]:
    """Yield a bar for each offer that an event or pattern can suppress.

    Args:
        offers: Those that the channel proposes, by index.
    """
    actions = [action for action in _actions(happenings) if action.kind == "suppress"]
    for offer, name in offers.items():
        found = next((a for a in actions if not a.names or name in a.names), None)
        if found is not None:
            until = Attr(state_name(name, SUPPRESSED_UNTIL), TIMESTAMP, True, found.span)
            condition = Compare("lt", Clock("now", found.span), until, found.span)
            yield Bar("suppression", (offer,), condition, span=found.span)


def _actions(happenings: Happenings) -> Iterator[Action]:
    for event in happenings.events:
        yield from event.actions
    for pattern in happenings.patterns:
        yield from (*pattern.on_met, *pattern.missed)
