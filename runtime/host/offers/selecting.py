"""Which of the offers that were decided a call gets: those that it has requirements for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from interact.runtime.decider import Proposal
from interact.runtime.host.results import NameValue, named
from interact.runtime.host.wishes import Wishes


class Requirement(Struct, frozen=True, gc=False):
    """What offers of a list must be like.

    Attributes:
        number: How many may be like that; None for as many as are asked for.
        attributes: Values that each of them has.
        children: Requirements for some of them, the first served first.
    """

    number: int | None = None
    attributes: tuple[NameValue, ...] = ()
    children: tuple[Requirement, ...] = ()


ANY = Requirement()


def names_in(requirement: Requirement) -> set[str]:
    """Return the attributes that a requirement reads, in small letters."""
    own = {wanted.name.lower() for wanted in requirement.attributes}
    return own.union(*map(names_in, requirement.children))


def is_selective(requirement: Requirement, wishes: Wishes) -> bool:
    """Return whether more than the best have to be looked at."""
    return requirement is not ANY or bool(wishes.distinct)


def selected(
    proposals: Sequence[Proposal], number: int, requirement: Requirement, wishes: Wishes
) -> tuple[Proposal, ...]:
    """Return at most ``number`` proposals that meet a requirement, best first."""
    if wishes.distinct:
        distinct = _distinct(proposals, wishes.distinct)
        found = _meeting(distinct, number, requirement)
        if len(found) == number or not wishes.is_relaxed:
            return found
    return _meeting(proposals, number, requirement)


def _meeting(
    proposals: Sequence[Proposal], number: int, requirement: Requirement
) -> tuple[Proposal, ...]:
    """Return the best that meet a requirement: what its children take, then others."""
    most = number if requirement.number is None else min(number, requirement.number)
    fitting = [p for p in proposals if all(_has(p, wanted) for wanted in requirement.attributes)]
    taken: list[Proposal] = []
    for child in requirement.children:
        left = [p for p in fitting if p not in taken]
        taken += _meeting(left, most - len(taken), child)
    taken += [p for p in fitting if p not in taken][: most - len(taken)]
    return tuple(p for p in proposals if p in taken)


def _distinct(proposals: Sequence[Proposal], attribute: str) -> list[Proposal]:
    """Return the best for each value of an attribute; offers without it are all different."""
    seen: set[object] = set()
    found = []
    for proposal in proposals:
        value = _value(proposal, attribute)
        if value is None or value not in seen:
            seen.add(value)
            found.append(proposal)
    return found


def _has(proposal: Proposal, wanted: NameValue) -> bool:
    found = _value(proposal, wanted.name.lower())
    if found is None or wanted.value is None:
        return found is None and wanted.value is None
    if isinstance(found, int | float):
        try:
            return float(found) == float(str(wanted.value))
        except ValueError:
            return False
    return str(found).lower() == str(wanted.value).lower()


def _value(proposal: Proposal, attribute: str) -> object:
    """Return an attribute of an offer as clients see it."""
    for name, value in proposal.attributes.items():
        if name.lower() == attribute:
            return named(name, value).value
    return None
