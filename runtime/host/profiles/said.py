"""What profiles have beside attributes: states of patterns, and of history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from interact.compiler.core.program import Attribute, Audience, Channel, Program
from interact.compiler.core.state import CONTACTED, CONTACTS, LASTING, state_name, states_about
from interact.compiler.core.table_states import place_of


def with_said(audience: Audience, program: Program) -> Audience:
    """Return an audience level with all that profiles may say of what its channels read.

    Beside its own attributes these are patterns and, with a dot in their names, what holds of an
    offer beyond a visit: columns that a batch reads, too.
    """
    levels = [(c, program.audience_of(c)) for c in program.channels]
    of_it = [(c, level) for c, level in levels if level.name == audience.name]
    session = {a.name: a for _, level in of_it for a in level.session}
    session |= {a.name: a for a in lasting_of(program, audience.name)}
    return replace(audience, session=tuple(session.values()) or audience.session)


def lasting_of(program: Program, audience: str) -> list[Attribute]:
    """Return the states of history, by name, that channels of an audience level go by."""
    of_it = [c for c in program.channels if program.audience_of(c).name == audience]
    found = {a.name: a for channel in of_it for a in _lasting(channel, program)}
    return [found[name] for name in sorted(found)]


def _lasting(channel: Channel, program: Program) -> Iterator[Attribute]:
    tables = {table.name: table for table in program.tables}
    for state in channel.states:
        offer, _, what = state.name.rpartition(".")
        if what in LASTING and place_of(state.name, tables) is None:
            yield state
        if what == CONTACTS:  # a number holds up to the time of the last one
            last = state_name(offer, CONTACTED)
            yield states_about(offer)[last]
