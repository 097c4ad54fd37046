"""Coverage in the format of lcov, which editors and coverage services read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from interact.compiler.source import SourceFile
from interact.runtime.testing.coverage import Coverage, Point

_Line = tuple[int, list[tuple[Point, int]]]


def lcov_text(coverage: Coverage, sources: Mapping[str, SourceFile]) -> str:
    """Return a record for each file: lines of rules and cells, and outcomes as branches."""
    points = sorted(
        coverage.counts.items(),
        key=lambda item: (item[0].span.file, item[0].span.start, not item[0].outcome),
    )
    lines: list[str] = []
    for file, group in groupby(points, lambda item: item[0].span.file):
        if file in sources:
            lines += _record(file, _by_line(list(group), sources[file]))
    return "".join(f"{line}\n" for line in lines)


def _by_line(points: list[tuple[Point, int]], source: SourceFile) -> list[_Line]:
    by_line = groupby(points, lambda item: source.position(item[0].span.start)[0])
    return [(line, list(items)) for line, items in by_line]


def _record(file: str, lines: list[_Line]) -> Iterator[str]:
    counts = [count for _, items in lines for _, count in items]
    yield "TN:interact"
    yield f"SF:{file}"
    for line, items in lines:
        for number, (_, count) in enumerate(items):
            yield f"BRDA:{line},0,{number},{count}"
    yield f"BRF:{len(counts)}"
    yield f"BRH:{sum(count > 0 for count in counts)}"
    for line, items in lines:
        yield f"DA:{line},{sum(count for _, count in items)}"
    yield f"LF:{len(lines)}"
    yield f"LH:{sum(any(count for _, count in items) for _, items in lines)}"
    yield "end_of_record"
