"""Many small files of a day and channel become one, and readers see the same rows throughout.

The new file is written into a folder out of sight, the files that stay are linked into it, and
the two folders exchange their names. That is the only moment that counts: whoever is killed
before it has done nothing, and after it only leaves such a folder, which the next run removes.
It is not among the tables: who lists these must not meet a folder that goes away. Where folders
cannot be exchanged, files take each other's place one by one (``pending.py``).

A reader that shares the lock of the history sees all rows, once. One that takes no lock can have
listed files that are gone when it opens them; some libraries pass over these without an error.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from interact.runtime.errors import DataError, InteractError, OutputError
from interact.runtime.history.exchange import can_exchange, exchange
from interact.runtime.history.locks import changing, take_lock
from interact.runtime.history.log import LOGS, sync_folder
from interact.runtime.history.parts import (
    Part,
    first_line,
    open_part,
    parts_in,
    sources_of,
    with_sources,
)
from interact.runtime.history.pending import WORK, finish, is_pending, replace
from interact.runtime.history.publish import PARQUET, ROW_GROUP

LARGE = 256 << 20
_ASIDE = "aside-"


@dataclass(slots=True)
class Report:
    """What a run did: files and rows that were merged, files that came of it, and what failed."""

    merged: int = 0
    made: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)


@contextmanager
def alone(history: Path, wait: float = 60.0) -> Iterator[None]:
    """Be the only one that merges or removes files; finish or clear away what a killed run left.

    Raises:
        OutputError: Another process is at it, or somebody reads for longer than ``wait`` seconds.
    """
    folder = history / WORK
    folder.mkdir(exist_ok=True)
    lock = take_lock(folder)
    if lock is None:
        raise OutputError(f"another process compacts the history in {history}")
    try:
        for left in folder.glob(f"{_ASIDE}*"):
            shutil.rmtree(left)
        if is_pending(history):
            with changing(history, wait):
                finish(history)
        yield
    finally:
        lock.release()


def aside(history: Path) -> Path:
    """Return a name out of sight, for a folder that comes or goes. ``alone`` holds."""
    return history / WORK / f"{_ASIDE}{uuid4().hex[:8]}"


def compact(history: Path, wait: float, tell: Callable[[int], None] = lambda done: None) -> Report:
    """Merge the files of each day and channel. ``alone`` holds.

    Files that a log may still write again, and those that are large already, are left alone; of
    each form, which differs by key and version, there is one.

    Args:
        history: The folder.
        wait: Seconds to wait for readers.
        tell: Told of the files that were looked at, as they are.

    Raises:
        OutputError: A file cannot be written, or somebody reads for too long.
    """
    report = Report()
    put = _exchanged if can_exchange(history / WORK) else _replaced
    for _, of_folder in groupby(parts_in(history), key=lambda p: p.path.parent):
        parts = list(of_folder)
        small = [p for p in parts if _is_small(history, p)]
        _compact_folder(history, small, wait, report, put)
        tell(len(parts))
    return report


def _is_small(history: Path, part: Part) -> bool:
    segment = part.segment(history)
    is_final = segment is None or not segment.exists()
    return is_final and part.path.stat().st_size < LARGE


Put = Callable[[Path, Path, Path, set[str]], None]
"""Lets the files of a new folder take the place of some of another. The lock is held alone."""


def _exchanged(history: Path, folder: Path, new: Path, gone: set[str]) -> None:
    for stays in folder.glob("part-*.parquet"):
        if stays.name not in gone:
            os.link(stays, new / stays.name)
    sync_folder(new)
    exchange(new, folder)
    sync_folder(folder.parent)
    sync_folder(new.parent)


def _replaced(history: Path, folder: Path, new: Path, gone: set[str]) -> None:
    replace(history, folder, new, sorted(gone))


def _compact_folder(
    history: Path, parts: list[Part], wait: float, report: Report, put: Put
) -> None:
    groups = [group for group in _by_form(parts, report) if len(group) > 1]
    if not groups:
        return
    folder = parts[0].path.parent
    new = aside(history)
    try:
        new.mkdir()
        made = [_merge(new, group) for group in groups]
        gone = {p.path.name for group in groups for p in group}
        _sync_logs(history, parts)
        with changing(history, wait):
            put(history, folder, new, gone)
    except DataError as error:
        report.problems.append(error.message)
        return
    except OSError as error:
        raise OutputError(f"cannot compact {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    report.merged += len(gone)
    report.made += len(made)
    report.rows += sum(made)


def _by_form(parts: Sequence[Part], report: Report) -> list[list[Part]]:
    """Return parts that have the same columns, in order of time."""
    forms: list[tuple[Any, list[tuple[Any, Part]]]] = []
    for part in parts:
        try:
            opened = open_part(part)
        except InteractError as error:
            report.problems.append(error.message)
            continue
        with opened:
            schema, start = opened.schema_arrow, _start(opened)
        held = next((h for form, h in forms if form.equals(schema)), None)
        if held is None:
            forms.append((schema, held := []))
        held.append((start, part))
    return [[p for _, p in sorted(held, key=lambda pair: pair[0])] for _, held in forms]


def _start(opened: Any) -> tuple[bool, Any]:
    """Return the earliest time in a file, as its footer tells."""
    about, place = opened.metadata, opened.schema_arrow.get_field_index("at")
    if not about.num_row_groups or (found := about.row_group(0).column(place).statistics) is None:
        return (True, 0)
    return (False, found.min)


def _merge(folder: Path, parts: Sequence[Part]) -> int:
    """Write the rows of files of one form as one file; return how many."""
    names = [n for part in parts for n in _sources(part)]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    path = folder / f"part-merged-{digest}.parquet"
    first = pq.read_schema(parts[0].path)
    rows = 0
    with pq.ParquetWriter(path, with_sources(first, names), **PARQUET) as writer:
        for table in _row_groups(parts):
            writer.write_table(table.replace_schema_metadata(), row_group_size=ROW_GROUP)
            rows += table.num_rows
    with open(path, "rb") as written:
        os.fsync(written.fileno())
    return rows


def _sources(part: Part) -> list[str]:
    return sources_of(part.path) or [part.path.name]


def _row_groups(parts: Sequence[Part]) -> Iterator[Any]:
    held: list[Any] = []
    for part in parts:
        with open_part(part) as opened:
            try:
                for batch in opened.iter_batches(ROW_GROUP):
                    held.append(batch)
                    if sum(b.num_rows for b in held) >= ROW_GROUP:
                        yield pa.Table.from_batches(held).unify_dictionaries()
                        held = []
            except (OSError, pa.ArrowException) as error:
                raise DataError(f"{part.name}: {first_line(error)}") from error
    if held:
        yield pa.Table.from_batches(held).unify_dictionaries()


def _sync_logs(history: Path, parts: Sequence[Part]) -> None:
    """Make durable that the segments are gone, which would be published again otherwise."""
    segments = [s for part in parts if (s := part.segment(history)) is not None]
    for folder in {s.parent for s in segments if s.parent.is_dir()}:
        sync_folder(folder)
    if segments and (history / LOGS).is_dir():
        sync_folder(history / LOGS)
