"""Whether two versions of a project decide the same for everyone, by proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from interact.compiler.core.decide import decide_in
from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.program import Program
from interact.compiler.proof.alike import are_alike
from interact.compiler.proof.prove import Everyone, attributes_of, fields_of
from interact.compiler.proof.witness import Witness
from interact.runtime.testing.neighbourhood import Neighbourhood
from interact.runtime.testing.noting import Noting
from interact.stdlib.types import Type

Shown = Mapping[str, Sequence[str]]
"""Offers by zone, the best first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a channel.

    Attributes:
        same: None when neither a proof nor a customer was found.
    """

    channel: str
    same: bool | None
    told: str


def verdicts(before: Program, after: Program, top: int, now: Moment) -> Iterator[Verdict]:
    """Yield for each channel with zones whether everyone gets the same offers in the same places.

    Args:
        top: How many offers are asked for.
        now: A time to tell of, where any will do.
    """
    old, new = ({c.name: c for c in p.channels if c.zones} for p in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if name not in new or name not in old:
            yield Verdict(name, False, f"is there {'before' if name in old else 'after'} only")
            continue
        yield _verdict(
            Everyone(before, old[name], top, None), Everyone(after, new[name], top, None), now
        )


def _verdict(before: Everyone, after: Everyone, now: Moment) -> Verdict:
    name = before.channel.name
    other = _other_shape(before, after)
    if other is not None:
        return Verdict(name, False, other)
    answer = are_alike(before, after)
    if answer.holds:
        return Verdict(name, True, "everyone gets the same offers in the same places, at any time")
    told = _customer(before, after, answer.witnesses, now)
    if told is not None:
        return Verdict(name, False, told)
    message = "could not be proved to be the same, and nobody was found who gets something else"
    return Verdict(name, None, message)


def _other_shape(before: Everyone, after: Everyone) -> str | None:
    """Return what makes decisions no match: other zones, or types of what they read."""
    old, new = ({zone.name for zone in e.channel.zones} for e in (before, after))
    if old != new:
        return f"has other zones: {', '.join(sorted(old ^ new))}"
    was, now = (_types(side) for side in (before, after))
    for name in sorted(was.keys() & now.keys()):
        if was[name] != now[name]:
            return f"reads `{name}` as another type"
    old_key, new_key = (
        [part.name for part in e.program.audience_of(e.channel).key] for e in (before, after)
    )
    if old_key != new_key:
        return f"has another key: {', '.join(new_key)}, and not {', '.join(old_key)}"
    return None


def _types(side: Everyone) -> dict[str, tuple[Type, bool]]:
    """Return the types of attributes and of fields of rows, with whether they can be null."""
    fields = fields_of(side.program, side.channel)
    every = attributes_of(side.program, side.channel)
    every |= {f"{rows}.{name}": f for rows, of_it in fields.items() for name, f in of_it.items()}
    return {name: (a.type, a.nullable) for name, a in every.items()}


def _customer(
    before: Everyone, after: Everyone, witnesses: Iterable[Witness], now: Moment
) -> str | None:
    """Return who gets something else, and what; None when nobody was found."""

    def breaks(tried: Witness) -> bool:
        return _shown(before, tried)[0] != _shown(after, tried)[0]

    old, new = (attributes_of(side.program, side.channel) for side in (before, after))
    around = Neighbourhood(
        [before.channel, after.channel],
        {**old, **new},
        {**fields_of(before.program, before.channel), **fields_of(after.program, after.channel)},
        now,
        True,
        breaks,
    )
    found = around.near(witnesses)
    if found is None:
        return None
    (was, read), (is_now, also) = _shown(before, found), _shown(after, found)
    zone = next(z for z in was if was[z] != is_now[z])
    who = ", ".join(around.told(found, [*read, *also]))
    shown = f"{zone} shows {_listed(was[zone])} before, and {_listed(is_now[zone])} after"
    return f"a customer with {who}: {shown}"


def _shown(side: Everyone, witness: Witness) -> tuple[Shown, Sequence[str]]:
    """Return what a customer is shown, and the attributes that were read for it."""
    values = Noting(witness.values)
    frame = Frame(Customer(values, witness.rows), witness.moment)
    decision = decide_in(frame, side.program, side.channel, witness.hashes, side.top)
    return {
        zone.name: [_offer(side, c.rule) for c in candidates if c.position is not None]
        for zone, candidates in zip(side.channel.zones, decision.zones, strict=True)
    }, list(values.read)


def _offer(side: Everyone, rule: int) -> str:
    return side.program.offers[side.channel.rules[rule].offer].name


def _listed(offers: Sequence[str]) -> str:
    return ", ".join(offers) or "nothing"
