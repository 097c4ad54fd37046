"""Is all there, once, and as it was written? Logs and Parquet files are read through.

Rows go from a log to files while this runs. So files are listed, then logs are read, then files
are listed again and read: what was in neither of the first two is in the last, and gaps are looked
for only among the rows that there were by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from interact.runtime.errors import DataError
from interact.runtime.history.events import decode
from interact.runtime.history.frames import read_log
from interact.runtime.history.locks import LOCK, is_held, reading
from interact.runtime.history.log import LOGS
from interact.runtime.history.parts import Part, first_line, open_part, parts_in
from interact.runtime.history.publish import DAMAGED
from interact.runtime.history.retention import removed
from interact.runtime.history.schema import TABLES
from interact.runtime.history.sequences import MOST, Sequences, by_writer

_DAY = 86_400_000_000
_MOST_RANGES = 5


@dataclass(slots=True)
class Report:
    """What was found.

    Attributes:
        findings: What is wrong, and where.
        waiting: Rows of logs that are not in files yet, by writer; ``dead`` those of writers that
            are gone, whose rows the next writer publishes.
        unnumbered: Rows of an older version, which have no number to be missed by.
    """

    files: int = 0
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    segments: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    unnumbered: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)

    def find(self, where: str, what: str) -> None:
        """Add a finding."""
        self.findings.append({"where": where, "what": what})


def verify(history: Path, tell: Callable[[int], None] = lambda rows: None) -> Report:
    """Read a history through.

    Args:
        history: The folder; whoever writes there goes on.
        tell: Told of the rows that were read, as they are.
    """
    report, logged, found = Report(), Sequences(), Sequences()
    with reading(history):
        before = parts_in(history)
        _read_logs(history, logged, report)
        listed = {p.path for p in before}
        bounds = {writer: logged.largest(writer) for writer in logged.writers}
        for part in parts_in(history):
            own = Sequences()
            _read(part, own, found, report, tell)
            if part.path in listed:
                bounds |= {w: max(bounds.get(w, 0), own.largest(w)) for w in own.writers}
    _count_waiting(logged, found, report)
    found.include(logged)
    found.include(removed(history))
    for writer, last in sorted(bounds.items()):
        if gaps := found.missing(writer, last):
            report.find(f"writer {writer}", f"rows are missing: {told_ranges(gaps)}")
    return report


def told_ranges(ranges: list[tuple[int, int]]) -> str:
    """Return ranges as a line has them.

    >>> told_ranges([(3, 3), (7, 9)])
    '3, 7 to 9'
    """
    told = [str(a) if a == b else f"{a} to {b}" for a, b in ranges[:_MOST_RANGES]]
    rest = len(ranges) - len(told)
    return ", ".join(told) + (f", and {rest} more ranges" if rest else "")


# -- logs --------------------------------------------------------------------------------------


def _read_logs(history: Path, logged: Sequences, report: Report) -> None:
    for folder in sorted((history / LOGS).glob("[!.]*/")):
        is_alive = is_held(folder / LOCK)
        segments = sorted(folder.glob("[0-9]*"))
        if not is_alive and segments:
            report.dead.append(folder.name)
        for segment in segments:  # the last one of these may be written to now
            _read_segment(segment, segment == segments[-1], logged, report)
    for kept in sorted((history / DAMAGED).glob("[!.]*")):
        report.find(f"{DAMAGED}/{kept.name}", "a damaged log, of which what could be read was kept")


def _read_segment(segment: Path, is_last: bool, logged: Sequences, report: Report) -> None:
    where = f"{LOGS}/{segment.parent.name}/{segment.name}"
    try:
        found = read_log(segment.read_bytes())
    except FileNotFoundError:
        return  # published just now
    except OSError as error:
        report.find(where, error.strerror or str(error))
        return
    report.segments += 1
    if found.damaged or (found.torn and not is_last):
        report.find(where, f"{found.damaged + found.torn:,} bytes are damaged")
    for one in found.frames:
        try:
            decode(one.payload)
        except msgspec.MsgspecError as error:
            report.find(where, f"a row before byte {one.end:,} cannot be read: {error}")
        if one.sequence is None:
            report.unnumbered += 1
        elif logged.put(segment.parent.name, one.sequence):
            report.find(where, f"row {one.sequence} is there twice")


def _count_waiting(logged: Sequences, found: Sequences, report: Report) -> None:
    for writer in logged.writers:
        if count := logged.count_beyond(found, writer):
            report.waiting[writer] = count


# -- files -------------------------------------------------------------------------------------


def _read(
    part: Part, own: Sequences, found: Sequences, report: Report, tell: Callable[[int], None]
) -> None:
    report.files += 1
    try:
        opened = open_part(part)
    except DataError as error:
        where, _, what = error.message.partition(": ")
        report.find(where, what)
        return
    with opened:
        for group in range(opened.num_row_groups):
            try:
                batch = opened.read_row_group(group)
            except (OSError, pa.ArrowException):
                for what in _damage(opened, group):
                    report.find(part.name, what)
                continue
            report.rows[part.table] += batch.num_rows
            for what in _wrong(part, batch, own, found, report):
                report.find(part.name, what)
            tell(batch.num_rows)


def _damage(opened: Any, group: int) -> Iterator[str]:
    """Yield what of a row group cannot be read, column by column."""
    for name in opened.schema_arrow.names:
        try:
            opened.read_row_group(group, columns=[name])
        except (OSError, pa.ArrowException) as error:
            yield f"row group {group}, column {name}: {first_line(error)}"


def _wrong(
    part: Part, batch: Any, own: Sequences, found: Sequences, report: Report
) -> Iterator[str]:
    """Yield what is wrong with rows that can be read."""
    for name in ("event", "treatment", "at"):
        if name in batch.column_names and batch[name].null_count:
            yield f"{batch[name].null_count:,} rows have no {name}"
    days = pc.unique(pc.strftime(batch["at"], format="%Y-%m-%d")).to_pylist()
    if others := sorted(d for d in days if d is not None and d != part.day):
        yield f"there are rows of {', '.join(others[:_MOST_RANGES])}"
    if "sequence" not in batch.column_names:
        report.unnumbered += batch.num_rows
        return
    report.unnumbered += batch["sequence"].null_count
    for writer, numbers in by_writer(batch):
        if numbers.min() < 1 or numbers.max() > MOST:
            yield f"numbers of rows of writer {writer} make no sense"
            continue
        own.add(writer, numbers)
        if doubles := found.add(writer, numbers):
            yield f"{doubles:,} rows of writer {writer} are there twice"
