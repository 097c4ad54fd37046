"""Rules that can never decide anything, beside their offer's dates and beside other rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby

from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Channel, Live, Rule
from interact.compiler.diagnostics.diagnostic import Label
from interact.compiler.lints.catalogue import DATES_APART, DUPLICATE_RULE, OUTDONE_RULE
from interact.compiler.lints.lint import Lint, Linted
from interact.compiler.lints.regions import apart
from interact.compiler.source import Span
from interact.stdlib.ranking import MAX_RANK, sort_key

_MOST = 150
"""Rules of one offer in one zone that are compared with each other."""
_COMPARED = frozenset(
    {"name", "offer", "zone", "segments", "score", "condition", "live", "pinned", "enabled", "span"}
)
_OTHERS = tuple(f.name for f in fields(Rule) if f.name not in _COMPARED)
"""What else a rule has: rules that differ in it are not compared."""
_FIRST, _LAST = -(10**9), 10**9


def check_dates(project: Linted) -> None:
    """Report W0401: rules on none of whose days the offer is made.

    A rule that stands for several is reported when that is so for all of them.
    """
    for channel in project.program.channels:
        met = {r.span for r in channel.rules if not (r.enabled and _is_apart(project, r))}
        for rule in (r for r in channel.rules if r.span not in met):
            offer = project.program.offers[rule.offer]
            declared = project.offers.get(offer.name)
            if declared is not None:
                place = declared.name.span if declared.live is None else declared.live.span
                labels = [Label(place, "the offer is made on these days")]
                project.report(DATES_APART, rule.span, labels=labels, name=offer.name)


def _is_apart(project: Linted, rule: Rule) -> bool:
    """Return whether a rule and its offer have no day in common."""
    both = rule.live.within(project.program.offers[rule.offer].live)
    return both.start is not None and both.end is not None and both.start > both.end


def check_pairs(project: Linted) -> None:
    """Report W0402 and W0403: rules beside which another one of the offer always comes first.

    A rule that stands for several is reported when that is so for all of them.
    """
    for channel in project.program.channels:
        useless: dict[Span, tuple[Lint, Rule]] = {}
        count: dict[Span, int] = {}
        for rule in channel.rules:
            count[rule.span] = count.get(rule.span, 0) + 1
        for rule, better, lint in useless_rules(project, channel):
            count[rule.span] -= 1
            useless.setdefault(rule.span, (lint, better))
        for span, (lint, better) in useless.items():
            if count[span] == 0:
                labels = [Label(better.span, "this one")]
                project.report(lint, span, labels=labels, name=better.name)


def useless_rules(project: Linted, channel: Channel) -> Iterator[tuple[Rule, Rule, Lint]]:
    """Yield the rules that never decide anything, each with the one that does instead."""
    ranked = sorted(enumerate(channel.rules), key=lambda pair: (pair[1].zone, pair[1].offer))
    for _, group in groupby(ranked, key=lambda pair: (pair[1].zone, pair[1].offer)):
        rules = list(group)
        for rank, rule in rules if 1 < len(rules) <= _MOST else ():
            for other_rank, other in rules:
                lint = _lint(project, channel, (rank, rule), (other_rank, other))
                if lint is not None:
                    yield rule, other, lint
                    break


def _lint(
    project: Linted, channel: Channel, rule: tuple[int, Rule], other: tuple[int, Rule]
) -> Lint | None:
    """Return what is wrong with a rule beside another one of its offer and zone."""
    (rank, own), (other_rank, better) = rule, other
    if rank == other_rank or not _is_comparable(own, better):
        return None
    if other_rank < rank and _is_same(own, better):
        return DUPLICATE_RULE
    if channel.zones[own.zone].ties is not None:
        # By chance any rule can come before those of equal score.
        rank, other_rank = 0, MAX_RANK
    if not _comes_first(own, rank, better, other_rank):
        return None
    applies = _covers(project, channel, better, own)
    return OUTDONE_RULE if applies and project.reach.rule(channel, own) else None


def _is_comparable(own: Rule, better: Rule) -> bool:
    """Return whether what else rules have is equal; a rule of a selection can be left out of it."""
    is_plain = own.enabled and better.enabled and better.selection is None
    return is_plain and all(getattr(own, n) == getattr(better, n) for n in _OTHERS)


def _comes_first(own: Rule, rank: int, better: Rule, other_rank: int) -> bool:
    """Return whether the other rule has the larger key wherever both apply."""
    if own.pinned and not better.pinned:
        return False
    if isinstance(own.score, Const) and isinstance(better.score, Const):
        mine, others = own.score.value, better.score.value
        if not isinstance(mine, float) or not isinstance(others, float):
            return False
        key, other = sort_key(mine, rank, own.pinned), sort_key(others, other_rank, better.pinned)
        return 0 < key < other
    # One that is pinned comes first whatever its score is, if it has one.
    if better.pinned and not own.pinned and isinstance(better.score, Const):
        return isinstance(better.score.value, float)
    return own.score == better.score and (other_rank < rank or better.pinned > own.pinned)


def _is_same(own: Rule, better: Rule) -> bool:
    return (
        set(own.segments) == set(better.segments)
        and own.condition == better.condition
        and own.live == better.live
        and own.score == better.score
        and own.pinned == better.pinned
    )


def _covers(project: Linted, channel: Channel, better: Rule, own: Rule) -> bool:
    """Return whether one rule applies whenever the other does."""
    start, end = _days(better.live)
    live = project.program.offers[own.offer].live
    spans: Sequence[tuple[int, int]] = [_days(own.live), _days(live)]
    if start > max(s for s, _ in spans) or end < min(e for _, e in spans):
        return False
    if better.segments and not (own.segments and set(own.segments) <= set(better.segments)):
        return False
    if better.condition is None or better.condition == own.condition:
        return True
    implied, inside = project.truths.of(better.condition), project.reach.rule(channel, own)
    return apart(inside, implied.false) and apart(inside, implied.null)


def _days(live: Live) -> tuple[int, int]:
    start = _FIRST if live.start is None else live.start
    return start, _LAST if live.end is None else live.end
