"""Selections among the offers of a list, as masks: who takes which of them.

A rule goes on where fewer than so many rules come before it. Where the order is the same for all
customers that takes a chain of counts; else every two rules are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interact.compiler.columnar.builder import Builder
from interact.compiler.columnar.nodes import OpKind
from interact.compiler.core.program import Live
from interact.stdlib.records import record


@record
class Member:
    """A rule of a selection: who is admitted, on which days, and its order (None: its turn).

    Where ``known`` does not hold, the order counts as equal to all others.
    """

    admitted: int
    live: Live
    order: int | None = None
    known: int | None = None


def select(members: Sequence[Member], count: int, descending: bool, build: Builder) -> list[int]:
    """Return the mask of those that each member goes on for.

    Args:
        members: By turn.
        count: How many go on at most.
        descending: Whether the higher order comes first.
        build: Takes the operations.
    """
    candidates = [_candidate(member, build) for member in members]
    if all(member.order is None for member in members):
        return list(_first(candidates, count, build))
    before = (_before(i, members, candidates, descending, build) for i in range(len(members)))
    return [
        build.minus(mine, _at_least(count, ahead, build))
        for mine, ahead in zip(candidates, before, strict=True)
    ]


def _candidate(member: Member, build: Builder) -> int:
    """Return the mask of those whom a member can be selected for on the day."""
    masks = [member.admitted]
    if member.live != Live():
        masks.append(build.add(OpKind.DAYS, (), member.live))
    if member.order is not None and member.known is None:
        masks.append(build.add(OpKind.PRESENT, (member.order,)))
    return build.all(masks)


def _first(candidates: Sequence[int], count: int, build: Builder) -> Iterable[int]:
    """Yield the masks of candidates of which fewer than ``count`` come before."""
    reached = [build.none] * count
    for mine in candidates:
        yield build.minus(mine, reached[-1])
        reached = _counted(reached, mine, build)


def _at_least(count: int, masks: Iterable[int], build: Builder) -> int:
    """Return the mask of rows that are in ``count`` masks or more."""
    reached = [build.none] * count
    for mask in masks:
        reached = _counted(reached, mask, build)
    return reached[-1]


def _counted(reached: Sequence[int], mask: int, build: Builder) -> list[int]:
    """Return the rows in 1, 2, … masks or more, with one more mask."""
    below = [build.live, *reached]
    return [
        build.any((more, build.all((less, mask))))
        for more, less in zip(reached, below, strict=False)
    ]


def _before(
    index: int,
    members: Sequence[Member],
    candidates: Sequence[int],
    descending: bool,
    build: Builder,
) -> Iterable[int]:
    """Yield where each other member comes before this one."""
    for other, member in enumerate(members):
        if other != index:
            wins = ("gt", "ge") if descending else ("lt", "le")
            orders = (member.order, members[index].order)
            operands = [order for order in orders if order is not None]
            better = build.add(OpKind.COMPARE, operands, wins[other < index])
            if member.known is not None:
                equal = build.inverse(member.known) if other < index else build.none
                better = build.any((build.all((member.known, better)), equal))
            yield build.all((candidates[other], better))
