"""Why a customer has or has not an offer or a segment, as places in the source."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.program import Cell, Channel, Filter, Program
from interact.compiler.diagnostics.diagnostic import Label
from interact.runtime.explanation import Verdict, explain
from interact.runtime.membership import failing_part, values_read

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
        labels = (
            self._cell(self.channel.cells[cell], cell)
            for segment in segments
            for cell in self.channel.segments[segment].cells
        )
        return tuple(labels)[:_MOST]

    def _cell(self, cell: Cell, index: int) -> Label:
        if self.members[index]:
            return Label(cell.span, f"{cell.name}: the customer is in it")
        if cell.parents and not any(self.members[i] for i in cell.parents):
            parents = " or ".join(self.channel.cells[i].name for i in cell.parents)
            return Label(cell.span, f"{cell.name}: not in {parents}")
        test = cell.test
        if isinstance(test, Filter):
            before = next((i for i in test.unless if self.members[i]), None)
            if before is not None:
                earlier = self.channel.cells[before].name
                return Label(cell.span, f"{cell.name}: already in {earlier}")
            if test.condition is not None:
                frame = Frame(self.customer, self.moment)
                part, truth = failing_part(test.condition, frame)
                read = values_read(part, frame)
                return Label(part.span, _with_values(f"{cell.name}: is {truth}", read))
        return Label(cell.span, f"{cell.name}: another cell of the sample")


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
