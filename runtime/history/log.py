"""A writer's log: events are acknowledged when they are on the disk, many by one wait.

::

    <history>/log/<writer>/lock           held while the writer lives
    <history>/log/<writer>/names.json     how its key columns are named
    <history>/log/<writer>/0000000001     a segment; the last one is written to

One thread writes. It takes all events that wait, writes them, waits for the disk once, and
acknowledges them. What could not be written is cut off again before anything follows it, so that a
frame is there if and only if it was acknowledged, or the process died just then.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from interact.runtime.errors import OutputError
from interact.runtime.history.frames import LARGEST, MAGIC, frame
from interact.runtime.history.locks import Lock, take_lock

LOGS = "log"
SEGMENT_BYTES = 16 << 20
SEGMENT_SECONDS = 60.0
_CUT_SECONDS = 1.0
"""Between two attempts to cut off what could not be written."""

Acknowledge = Callable[[OutputError | None], None]
"""Called in the writer's thread: None when the events are durable."""
Sealed = Callable[[Path], None]
"""Called in the writer's thread with a segment that is complete."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    payloads: Sequence[bytes]
    acknowledge: Acknowledge


@dataclass(slots=True)
class Log:
    """The log of one writer. ``open_log`` makes it; close it.

    Attributes:
        sealed: Told of each complete segment.
        outcome: Told of each write how it went.
        write: Writes bytes to a file descriptor; ``sync`` waits for the disk. Seams for tests.
    """

    folder: Path
    sealed: Sealed
    segment_bytes: int = SEGMENT_BYTES
    segment_seconds: float = SEGMENT_SECONDS
    outcome: Acknowledge = lambda error: None
    write: Callable[[int, bytes], int] = os.write
    sync: Callable[[int], None] = os.fdatasync
    _lock: Lock | None = None
    _number: int = 0
    _next: int = 1
    _file: int = -1
    _size: int = 0
    _is_torn: bool = False
    _born: float = 0.0
    _queue: deque[_Waiting] = field(default_factory=deque)
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _closing: bool = False
    _thread: Any = None

    @property
    def writer(self) -> str:
        """The writer's name, unique among all that ever wrote."""
        return self.folder.name

    def append(self, payloads: Sequence[bytes], acknowledge: Acknowledge) -> None:
        """Hand over events that belong together; returns at once.

        Raises:
            OutputError: They cannot be kept.
        """
        if (longest := max(map(len, payloads), default=0)) > LARGEST:
            most = f"a row has at most {LARGEST:,}"
            raise OutputError(f"cannot write a row of {longest:,} bytes to the history: {most}")
        waiting = _Waiting(payloads, acknowledge)
        with self._wake:
            if self._closing:
                raise OutputError("the history is closed")
            self._queue.append(waiting)
            self._wake.notify()

    def append_and_wait(self, payloads: Sequence[bytes]) -> None:
        """Hand over events, and return when they are durable.

        Raises:
            OutputError: They are not, and nothing of them is kept.
        """
        outcome: queue.SimpleQueue[OutputError | None] = queue.SimpleQueue()
        self.append(payloads, outcome.put)
        if (error := outcome.get()) is not None:
            raise error

    def close(self) -> None:
        """Write what waits, and seal the last segment."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def release(self) -> None:
        """Let others have the folder, once what is in it is published."""
        if self._lock is not None:
            self._lock.release()

    # -- the writer's thread -------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            group = self._take()
            if group:
                self._commit(group)
            elif self._closing:
                break
            if self._size >= self.segment_bytes or self._is_old():
                self._seal()
        self._seal()

    def _is_old(self) -> bool:
        return self._file >= 0 and time.monotonic() - self._born >= self.segment_seconds

    def _take(self) -> list[_Waiting]:
        """Return all that waits; nothing when the segment has grown old, or when closing."""
        with self._wake:
            if not self._queue and not self._closing:
                age = time.monotonic() - self._born if self._file >= 0 else 0.0
                left = max(0.0, self.segment_seconds - age)
                self._wake.wait(max(left, _CUT_SECONDS) if self._is_torn else left)
            group = list(self._queue)
            self._queue.clear()
        return group

    def _commit(self, group: Sequence[_Waiting]) -> None:
        payloads = [payload for waiting in group for payload in waiting.payloads]
        error = self._written(b"".join(map(frame, payloads, itertools.count(self._next))))
        self.outcome(error)
        if error is None:
            self._next += len(payloads)
        for waiting in group:
            with suppress(Exception):  # who waited is gone; others still wait
                waiting.acknowledge(error)

    def _written(self, data: bytes) -> OutputError | None:
        try:
            self._cut()
            if self._file < 0:
                self._start()
            self._is_torn = True
            _write_all(self.write, self._file, data)
            self.sync(self._file)
        except OSError as error:
            with suppress(OSError):
                self._cut()  # else before the next write
            reason = error.strerror or str(error)
            return OutputError(f"cannot write the history in {self.folder}: {reason}")
        self._size, self._is_torn = self._size + len(data), False
        return None

    def _cut(self) -> None:
        """Cut off what was not acknowledged: its numbers are given again."""
        if self._is_torn:
            os.ftruncate(self._file, self._size)
            os.fsync(self._file)
            self._is_torn = False

    def _start(self) -> None:
        self._number += 1
        path = self.folder / f"{self._number:010}"
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            _write_all(self.write, file, MAGIC)
            sync_folder(self.folder)
        except OSError:
            os.close(file)
            path.unlink()
            raise
        self._file, self._size, self._born = file, len(MAGIC), time.monotonic()

    def _seal(self) -> None:
        if self._file < 0:
            return
        with suppress(OSError):
            self._cut()
        if self._is_torn and not self._closing:
            return
        with suppress(OSError):  # all that counts is on the disk
            os.close(self._file)
        self._file, self._size, self._is_torn = -1, 0, False
        self.sealed(self.folder / f"{self._number:010}")


def open_log(history: Path, sealed: Sealed, **options: Any) -> Log:
    """Start a writer of its own in a history.

    Raises:
        OutputError: The folder cannot be written.
    """
    folder = history / LOGS / uuid4().hex[:16]
    hidden = folder.with_name(f".{folder.name}")
    try:
        make_folder(hidden)
        lock = take_lock(hidden)
        hidden.rename(folder)  # seen by others only once it is locked
        sync_folder(folder.parent)
    except OSError as error:
        raise OutputError(f"cannot write the history in {history}: {error.strerror}") from error
    log = Log(folder, sealed, _lock=lock, **options)
    log._thread = threading.Thread(target=log._run, name=f"history-{folder.name}", daemon=True)
    log._thread.start()
    return log


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; their names are durable."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        with suppress(PermissionError):  # who may write there may be kept from looking
            sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_all(write: Callable[[int, bytes], int], file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[write(file, left) :]  # type: ignore[arg-type]
