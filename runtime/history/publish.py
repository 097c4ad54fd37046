"""From a log's segments to Parquet, each event once, whoever is killed when.

A segment becomes files whose names depend on the segment alone, each written aside and renamed;
then the segment goes. Whoever repeats that, after a crash in between, writes the same files again.
A segment that was damaged after it was written gives what can be read of it, and is kept in
``<history>/damaged``.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from interact.runtime.errors import DataError, OutputError
from interact.runtime.history.events import Event, decode
from interact.runtime.history.frames import Frame, read_log
from interact.runtime.history.locks import reading
from interact.runtime.history.log import make_folder, sync_folder
from interact.runtime.history.names import KeyNames, told_or
from interact.runtime.history.schema import TABLES, table_of

_NAMES = {kind: name for name, kind in TABLES.items()}
DAMAGED = "damaged"
ROW_GROUP = 1 << 17
PARQUET: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
RETRY_SECONDS = 60.0
Place = tuple[str, str, str, str]
Tell = Callable[[Exception], None]


def publish(
    history: Path,
    segment: Path,
    key_names: KeyNames,
    *,
    is_sealed: bool = False,
    tell: Tell = lambda error: None,
) -> int:
    """Write the events of a complete segment as Parquet and remove it; return how many.

    Args:
        history: The folder.
        segment: A file of a log.
        key_names: The key columns of each audience level, where the writer did not tell them.
        is_sealed: Whether its writer completed it, so that it ends with a whole row.
        tell: Told when it was damaged.

    Raises:
        OSError: A file could not be written; the segment is still there.
    """
    found = read_log(segment.read_bytes())
    events = [(event, one) for one in found.frames if (event := _event(one)) is not None]
    places: defaultdict[Place, list[tuple[Event, Frame]]] = defaultdict(list)
    for event, one in events:
        day = datetime.fromtimestamp(event.at / 1e6, UTC).date().isoformat()
        places[table_name(event), day, event.channel, event.audience].append((event, one))
    writer, names = segment.parent.name, told_or(segment.parent, key_names)
    with reading(history):
        for (table, day, channel, audience), rows in sorted(places.items()):
            folder = history / table / f"date={day}" / f"channel={channel}"
            name = f"part-{writer}-{segment.name}-{audience}.parquet"
            of_place, frames = zip(*rows, strict=True)
            sequences = [f.sequence for f in frames]
            write_part(folder, name, table_of(of_place, names(audience), writer, sequences))
    if found.damaged or (is_sealed and found.torn) or len(events) < len(found.frames):
        tell(DataError(f"a log of the history was damaged: see {_put_aside(history, segment)}"))
    else:
        segment.unlink()
    return len(events)


def _event(one: Frame) -> Event | None:
    """Return the event of a frame; None for one that another program wrote."""
    try:
        return decode(one.payload)
    except msgspec.MsgspecError:
        return None


def _put_aside(history: Path, segment: Path) -> Path:
    kept = history / DAMAGED / f"{segment.parent.name}-{segment.name}"
    make_folder(kept.parent)
    segment.rename(kept)
    sync_folder(kept.parent)
    return kept


def table_name(event: Event) -> str:
    """Return the table that an event belongs to."""
    return _NAMES[type(event)]


def write_part(folder: Path, name: str, table: Any) -> None:
    """Write a file of the history, whole or not at all."""
    make_folder(folder)
    hidden = folder / f".{name}.{os.getpid()}.tmp"
    try:
        pq.write_table(table, hidden, row_group_size=ROW_GROUP, **PARQUET)
        with open(hidden, "rb") as written:
            os.fsync(written.fileno())
        os.replace(hidden, folder / name)
    finally:
        hidden.unlink(missing_ok=True)
    for made in (folder, *folder.parents[:3]):  # another process may have made them just now
        sync_folder(made)


class Publisher:
    """Publishes sealed segments in a thread of its own.

    A segment that cannot be published stays and is tried again: with the next one, after a minute,
    at the end, and by the next process that recovers; ``on_error`` is told.
    """

    def __init__(self, history: Path, key_names: KeyNames, on_error: Tell) -> None:
        self._history, self._key_names, self._on_error = history, key_names, on_error
        self._queue: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._failed: list[Path] = []
        self._thread = threading.Thread(target=self._run, name="history-publisher", daemon=True)
        self._thread.start()

    def add(self, segment: Path) -> None:
        """Publish a segment soon."""
        self._queue.put(segment)

    def close(self) -> None:
        """Publish what waits, then end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            new = self._next()
            is_open = new != [None]
            again, self._failed = [*self._failed, *filter(None, new)], []
            errors = [error for one in again if (error := self._published(one)) is not None]
            if errors:
                self._on_error(errors[0])  # what keeps one mostly keeps the others, too

    def _next(self) -> list[Path | None]:
        """Return the next segment, None at the end; nothing when it is time to try again."""
        try:
            return [self._queue.get(timeout=RETRY_SECONDS if self._failed else None)]
        except queue.Empty:
            return []

    def _published(self, segment: Path) -> Exception | None:
        try:
            publish(self._history, segment, self._key_names, is_sealed=True, tell=self._on_error)
        except OSError as error:
            self._failed.append(segment)
            where = f"cannot publish the history in {self._history}"
            return OutputError(f"{where}: {error.strerror or error}")
        except Exception as error:  # whatever is wrong with one segment, others are published
            self._failed.append(segment)
            return error
        return None
