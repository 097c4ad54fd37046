"""Why a customer has or has not an offer or a segment, as places in the source."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.program import Channel, Program
from interact.compiler.diagnostics.diagnostic import Label
from interact.runtime.explanation import Verdict, explain
from interact.runtime.membership import absence

_MOST = 6


@dataclass(frozen=True)
class Reasons:
    """Explains a decision about one customer; ``members`` are the cells that it is in."""

    program: Program
    channel: Channel
    customer: Customer
    moment: Moment
    top: int
    members: list[bool]

    def of_offers(self, zone: int, offers: Collection[int]) -> tuple[Label, ...]:
        """Return what became of the rules for some offers in a zone."""
        told = explain(self.program, self.channel, self.customer, self.moment, self.top)
        names = {self.program.offers[i].name for i in offers}
        verdicts = told.zones[self.channel.zones[zone].name]
        labels = (_verdict(v) for v in verdicts if v.offer in names)
        return tuple(labels)[:_MOST]

    def of_segments(self, segments: Iterable[int]) -> tuple[Label, ...]:
        """Return why the customer is in some segments or not."""
        cells = (i for segment in segments for i in self.channel.segments[segment].cells)
        return tuple(map(self._cell, cells))[:_MOST]

    def _cell(self, index: int) -> Label:
        cell = self.channel.cells[index]
        if self.members[index]:
            return Label(cell.span, f"{cell.name}: the customer is in it")
        found = absence(self.channel, index, self.members, Frame(self.customer, self.moment))
        reason = f"{cell.name}: {found.because}"
        if found.deciding is None:
            return Label(cell.span, reason)
        return Label(found.deciding.span, _with_values(reason, found.deciding.values))


def _verdict(verdict: Verdict) -> Label:
    if verdict.position is not None:
        score = "" if verdict.score is None else f", score {verdict.score:.6g}"
        return Label(verdict.span, f"{verdict.offer}: stands at {verdict.position}{score}")
    reason = f"{verdict.offer}: {verdict.outcome}, {verdict.because}"
    if verdict.deciding is None:
        return Label(verdict.span, reason)
    return Label(verdict.deciding, _with_values(reason, verdict.values))


def _with_values(reason: str, values: dict[str, str]) -> str:
    read = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"{reason}, where {read}" if read else reason
