"""Old days are removed, whole, and what they held is remembered by its numbers alone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from interact.runtime.errors import DataError, OutputError
from interact.runtime.history.compact import aside
from interact.runtime.history.locks import changing
from interact.runtime.history.log import sync_folder
from interact.runtime.history.parts import Part, open_part, parts_in
from interact.runtime.history.sequences import Sequences, by_writer

REMOVED = "removed.json"


@dataclass(slots=True)
class Removal:
    """Days and channels that were removed, with their rows; and those that no import has seen."""

    partitions: int = 0
    rows: int = 0
    kept: list[str] = field(default_factory=list)


def remove_before(
    history: Path, day: date, is_seen: Callable[[Part], bool] | None, wait: float
) -> Removal:
    """Remove what is older than a day. ``compact.alone`` holds.

    Args:
        history: The folder.
        day: The first day that stays.
        is_seen: Whether a file was imported; a day with others stays. None asks nobody.
        wait: Seconds to wait for readers.

    Raises:
        InteractError: A file cannot be read or removed, or somebody reads for too long.
    """
    done = Removal()
    going: list[list[Part]] = []
    old = [p for p in parts_in(history) if p.day < day.isoformat()]
    for folder, of_folder in groupby(old, key=lambda p: p.path.parent):
        parts = list(of_folder)
        if is_seen is None or all(is_seen(p) for p in parts):
            going.append(parts)
        else:
            done.kept.append(folder.relative_to(history).as_posix())
    for parts in going:
        done.rows += sum(pq.read_metadata(p.path).num_rows for p in parts)
    if going:
        remember(history, [p for parts in going for p in parts])
    with changing(history, wait):
        for parts in going:
            done.partitions += _remove(history, parts)
    return done


def first_day(today: date, keep: int) -> date:
    """Return the first day that stays when so many days before today are kept."""
    return today - timedelta(days=keep)


def _remove(history: Path, parts: list[Part]) -> int:
    """Remove a folder, unless a file came to it meanwhile."""
    folder = parts[0].path.parent
    if {p.name for p in folder.glob("part-*.parquet")} - {p.path.name for p in parts}:
        return 0
    gone = aside(history)
    try:
        folder.rename(gone)
        sync_folder(folder.parent)
        shutil.rmtree(gone)
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    except OSError as error:
        raise OutputError(f"cannot remove {folder}: {error.strerror}") from error
    return 1


def removed(history: Path) -> Sequences:
    """Return which rows were removed, by their numbers.

    Raises:
        DataError: What tells it is damaged.
    """
    found = Sequences()
    if (history / REMOVED).exists():
        try:
            found.add_ranges(json.loads((history / REMOVED).read_text("utf-8")))
        except (ValueError, TypeError, AttributeError) as error:
            raise DataError(
                f"{history / REMOVED} cannot be read: {error}",
                help="it tells which rows were removed by compact --keep; restore it, or remove it",
            ) from error
    return found


def remember(history: Path, parts: Iterable[Part]) -> None:
    """Keep the numbers of rows that are to be removed, so that nobody misses them."""
    known = removed(history)
    for part in parts:
        with open_part(part) as opened:
            if "sequence" in opened.schema_arrow.names:
                for batch in opened.iter_batches(columns=["writer", "sequence"]):
                    for writer, numbers in by_writer(batch):
                        known.add(writer, numbers)
    told: dict[str, Any] = {writer: known.ranges(writer) for writer in known.writers}
    hidden = history / f".{REMOVED}.{os.getpid()}"
    with open(hidden, "w", encoding="utf-8") as written:
        json.dump(told, written)
        written.flush()
        os.fsync(written.fileno())
    os.replace(hidden, history / REMOVED)
    sync_folder(history)
