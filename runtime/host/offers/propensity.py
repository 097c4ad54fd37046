"""The probability with which samples let a rule take part: what contacts are weighed by.

It is known from the flowcharts alone where all ways into the rule's segments go through one and the
same sample, or samples within each other. Where a customer is in one of the segments without any,
chance took no part. Of ties by chance, selections by chance and samples side by side nothing is
told.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from math import prod

from interact.compiler.core.program import Channel, Filter, Rule
from interact.stdlib.chance import BITS

Chain = tuple[int, ...]
"""Cells of samples that one is in, an inner one after an outer one."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A way into a segment: ``chain`` is None where it is not known."""

    segment: str
    chain: Chain | None


class Chances:
    """The probabilities of a channel's rules, by the names that the history has."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._chains = _chains(channel)
        named: dict[str, list[Rule]] = {}
        for rule in channel.rules:
            named.setdefault(rule.name, []).append(rule)
        self._ways = {n: self._ways_of(rules) for n, rules in named.items()}

    def of(self, rule: str, segments: Container[str]) -> float | None:
        """Return the probability of a rule for a customer who is in such segments; None without."""
        ways = self._ways.get(rule, [])
        here = [w.chain for w in ways if w.segment in segments]
        if not here or () in here:
            return None
        chains = {w.chain for w in ways if w.chain != ()}
        known = {c for c in chains if c is not None}
        if len(known) < len(chains):
            return None
        outer = {chain[:-1] for chain in known}
        draws = {self._draw(chain[-1]) for chain in known}
        if len(known) > 1 and (len(outer) > 1 or len(draws) > 1 or None in draws):
            return None
        return sum(prod(map(self._share, chain)) for chain in known)

    def _ways_of(self, rules: list[Rule]) -> list[_Way]:
        channel, first = self._channel, rules[0]
        if any(channel.zones[r.zone].ties is not None for r in rules):
            return []
        if any(r.segments != first.segments for r in rules):
            return []
        if any(r.selection is not None for r in rules):
            seeds = (channel.selections[r.selection].seed for r in rules if r.selection is not None)
            if any(seed is not None for seed in seeds):
                return []
        ways = []
        for segment in (channel.segments[i] for i in first.segments):
            ways += [_Way(segment.name, self._chains[cell]) for cell in segment.cells]
            if segment.also is not None:
                ways.append(_Way(segment.name, None))
        return ways

    def _share(self, cell: int) -> float:
        test = self._channel.cells[cell].test
        return 1.0 if isinstance(test, Filter) else (test.high - test.low) / (1 << BITS)

    def _draw(self, cell: int) -> object:
        """Return what tells the sample of a cell: draw and parents."""
        found = self._channel.cells[cell]
        return None if isinstance(found.test, Filter) else (found.test.draw, found.parents)


def _chains(channel: Channel) -> list[Chain | None]:
    """Return for each cell the cells of samples on the way to it; None where ways differ."""
    chains: list[Chain | None] = []
    for index, cell in enumerate(channel.cells):
        above: set[Chain | None] = {chains[parent] for parent in cell.parents} or {()}
        outer = next(iter(above)) if len(above) == 1 else None
        if outer is None:
            chains.append(None)
        elif isinstance(cell.test, Filter):
            is_plain = all(chains[other] == outer for other in cell.test.unless)
            chains.append(outer if is_plain else None)
        else:
            tests = (channel.cells[i].test for i in outer)
            seeds = {None if isinstance(t, Filter) else t.draw.seed for t in tests}
            chains.append(None if cell.test.draw.seed in seeds else (*outer, index))
    return chains
