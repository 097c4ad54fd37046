"""Whether two versions of a channel show every customer the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3

from interact.compiler.proof.decision import Decided
from interact.compiler.proof.prove import (
    EFFORT,
    Answer,
    Everyone,
    Stage,
    attributes_of,
    decided_of,
    sought,
)
from interact.compiler.proof.terms import Formula


def are_alike(before: Everyone, after: Everyone, effort: int = EFFORT) -> Answer:
    """Return whether everyone is shown the same offers in the same places of each zone.

    Of ``after`` only the program and the channel count. Attributes and fields of rows of one name
    have one type, and zones and keys the same names in both.
    """

    def made(rows: int | None) -> tuple[Decided, Sequence[Stage]]:
        old, new = both(before, after, rows)
        return old, [lambda: z3.Or(list(differences(old, new)))]

    return sought(made, None, effort)


def both(before: Everyone, after: Everyone, rows: int | None) -> tuple[Decided, Decided]:
    """Return what both decide about one customer."""
    old = decided_of(before, [], rows, after)
    expressions = old.expressions.of_another(attributes_of(after.program, after.channel))
    new = Decided(after.program, after.channel, expressions, before.top, old.common)
    return old, new


def differences(old: Decided, new: Decided) -> Iterator[Formula]:
    """Yield for each zone, offer and place whether it differs."""
    zones = {zone.name: number for number, zone in enumerate(new.channel.zones)}
    for number, zone in enumerate(old.channel.zones):
        other = zones[zone.name]
        for name in sorted(_offers(old, number) | _offers(new, other)):
            for place in range(old.top):
                yield z3.Xor(_placed(old, number, name, place), _placed(new, other, name, place))


def _offers(decided: Decided, zone: int) -> set[str]:
    rules, offers = decided.channel.rules, decided.program.offers
    return {offers[rules[i].offer].name for i in decided.of_zone(zone)}


def _placed(decided: Decided, zone: int, name: str, place: int) -> Formula:
    offers = decided.program.offers
    number = next((i for i, offer in enumerate(offers) if offer.name == name), None)
    return z3.BoolVal(False) if number is None else decided.placed(zone, number, place)
