"""What tests reach: branches, selections, samples and rules, and both outcomes of conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from interact.compiler.core.decide import Decision, Outcome
from interact.compiler.core.nodes import Const, Expr
from interact.compiler.core.program import Cell, Channel, Filter, Program
from interact.compiler.source import Span

_STAGES = list(Outcome)
_ELIGIBILITY = _STAGES.index(Outcome.ELIGIBILITY)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to reach: that a condition holds, or that it does not.

    Attributes:
        name: Of the cell or rule.
        outcome: Whether the customer is in the cell, or the rule applies.
    """

    span: Span
    name: str
    outcome: bool


@dataclass(slots=True)
class Coverage:
    """How often each point of a program was reached on the way to something expected.

    A rule counts in every zone, a disabled one in none, and where a test expects nothing of a zone
    its rules are not reached.
    """

    counts: dict[Point, int]

    @staticmethod
    def of(program: Program) -> Coverage:
        """Return the points of a program, none of them reached."""
        found = (p for channel in program.channels for p in _points(channel))
        return Coverage(dict.fromkeys(found, 0))

    def note(
        self,
        original: Channel,
        channel: Channel,
        needed: Iterable[int],
        members: list[bool],
        decision: Decision,
    ) -> None:
        """Count what a decision reached.

        Args:
            original: The whole channel.
            channel: What is left of it, with the outcomes of samples that are given.
            needed: The cells that what is expected depends on.
            members: Whether the customer is in each cell.
        """
        for index in needed:
            cell = original.cells[index]
            if _is_tested(channel.cells[index], members):
                self._count(Point(cell.span, cell.name, members[index]))
        for candidate in (c for zone in decision.zones for c in zone):
            stage = _STAGES.index(candidate.outcome)
            if stage >= _ELIGIBILITY:
                rule = channel.rules[candidate.rule]
                self._count(Point(rule.span, rule.name, stage > _ELIGIBILITY))

    def _count(self, point: Point) -> None:
        if point in self.counts:
            self.counts[point] += 1

    @property
    def reached(self) -> int:
        return sum(count > 0 for count in self.counts.values())

    @property
    def percent(self) -> float:
        """Return the share of the points that was reached; 100 when there are none."""
        return 100 * self.reached / len(self.counts) if self.counts else 100.0

    @property
    def never(self) -> list[Point]:
        """Return the points that were not reached, by place."""
        left = (point for point, count in self.counts.items() if not count)
        return sorted(left, key=lambda p: (p.span.file, p.span.start, not p.outcome))


def _points(channel: Channel) -> Iterator[Point]:
    for cell in channel.cells:
        condition = cell.test.condition if isinstance(cell.test, Filter) else None
        yield from _outcomes(cell.span, cell.name, condition)
    for rule in (r for r in channel.rules if r.enabled):
        yield from _outcomes(rule.span, rule.name, rule.condition)


def _outcomes(span: Span, name: str, condition: Expr | None) -> Iterator[Point]:
    yield Point(span, name, True)
    if condition is not None and not isinstance(condition, Const):
        yield Point(span, name, False)


def _is_tested(cell: Cell, members: list[bool]) -> bool:
    """Return whether a decision came to the condition of a cell."""
    if cell.parents and not any(members[i] for i in cell.parents):
        return False
    return not (isinstance(cell.test, Filter) and any(members[i] for i in cell.test.unless))
