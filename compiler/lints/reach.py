"""Which customers cells and segments can hold, as regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from interact.compiler.core.nodes import Expr, InSegment
from interact.compiler.core.program import Channel, Filter, Program, Rule
from interact.compiler.lints.regions import ALL, Region, join, meet, meet_all
from interact.compiler.lints.truth import Truths


class Reach:
    """Works out the regions of a channel's cells, each once."""

    def __init__(self, truths: Truths, program: Program) -> None:
        self._truths = truths
        self._program = program
        truths.find_segment = self._asked
        self._cells: dict[int, tuple[Channel, list[Region]]] = {}
        self._segments: dict[tuple[int, tuple[int, ...]], Region] = {}
        self._failing: dict[tuple[int, tuple[int, ...]], Region] = {}

    def cell(self, channel: Channel, index: int) -> Region:
        """Return who can be in a cell."""
        return self._all(channel)[index]

    def parents(self, channel: Channel, index: int) -> Region:
        """Return who can come to a cell's step."""
        return self._joined(self._all(channel), channel.cells[index].parents)

    def left_over(self, channel: Channel, index: int) -> Region:
        """Return who can come to a cell's test: those of its step whom no cell before it takes."""
        return self._left_over(channel, self._all(channel), index)

    def segments(self, channel: Channel, indices: tuple[int, ...]) -> Region:
        """Return who can be in any of some segments; without any, everybody."""
        if not indices:
            return ALL
        key = (id(channel), indices)
        if key not in self._segments:
            self._segments[key] = join(self._cells_of(channel, i) for i in indices)
        found = self._segments[key]
        asked = [InSegment(i, channel.segments[i].name) for i in indices]
        if not any(a in self._truths.segments for a in asked):
            return found
        # What a condition asks for covers the segments of that name of all channels.
        own = (self._cells_of(channel, i) for i in indices)
        terms = (self._truths.of(a).true for a in asked)
        return join(meet(cells, term) for cells, term in zip(own, terms, strict=True))

    def _cells_of(self, channel: Channel, segment: int) -> Region:
        cells, found = self._all(channel), channel.segments[segment]
        return ALL if found.also is not None else join(cells[c] for c in found.cells)

    def _asked(self, asked: InSegment) -> Region:
        """Return who can be in a segment that a condition asks for, of any channel that has it."""
        channels = [
            c
            for c in self._program.channels
            if asked.index < len(c.segments) and c.segments[asked.index].name == asked.name
        ]
        return join(self._cells_of(c, asked.index) for c in channels) if channels else ALL

    def rule(self, channel: Channel, rule: Rule) -> Region:
        """Return to whom a rule can apply."""
        inside = self.segments(channel, rule.segments)
        if rule.condition is None:
            return inside
        return meet(inside, self._truths.of(rule.condition).true)

    def _all(self, channel: Channel) -> list[Region]:
        found = self._cells.get(id(channel))
        if found is None:
            regions: list[Region] = []
            for index in range(len(channel.cells)):
                regions.append(self._cell(channel, regions, index))
            found = self._cells[id(channel)] = (channel, regions)
        return found[1]

    def _cell(self, channel: Channel, regions: Sequence[Region], index: int) -> Region:
        test = channel.cells[index].test
        left = self._left_over(channel, regions, index)
        if not isinstance(test, Filter) or test.condition is None:
            return left
        return meet(left, self._truths.of(test.condition).true)

    def _left_over(self, channel: Channel, regions: Sequence[Region], index: int) -> Region:
        cell = channel.cells[index]
        taken = cell.test.unless if isinstance(cell.test, Filter) else ()
        # Cells of one step: who came to it and is in none of them passed none of their tests.
        alike = tuple(i for i in taken if channel.cells[i].parents == cell.parents)
        return meet(self._joined(regions, cell.parents), self._failed(channel, alike))

    def _failed(self, channel: Channel, cells: tuple[int, ...]) -> Region:
        """Return who passes the test of none of some cells; a branch adds one to those before."""
        if not cells:
            return ALL
        key = (id(channel), cells)
        if key not in self._failing:
            before = self._failing.get((id(channel), cells[:-1]))
            if before is None:
                found = meet_all(self._fails(channel, i) for i in cells)
            else:
                found = meet(before, self._fails(channel, cells[-1]))
            self._failing[key] = found
        return self._failing[key]

    def _fails(self, channel: Channel, cell: int) -> Region:
        test = channel.cells[cell].test
        condition = test.condition if isinstance(test, Filter) else None
        return ALL if condition is None else self._truths.of(condition).not_true

    def _joined(self, regions: Sequence[Region], indices: tuple[int, ...]) -> Region:
        return join(regions[i] for i in indices) if indices else ALL


def guards_of_cells(channel: Channel, indices: Iterable[int]) -> Iterator[Expr]:
    """Yield the conditions that have a part in who is in some cells."""
    waiting, seen = list(indices), set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        cell = channel.cells[index]
        waiting += cell.parents
        if isinstance(cell.test, Filter):
            waiting += cell.test.unless
            if cell.test.condition is not None:
                yield cell.test.condition
