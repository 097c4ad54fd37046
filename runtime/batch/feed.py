"""Hands a run's customers to the workers: one task after another, a piece of one at a time.

A piece is ``BATCHES`` batches of a task and becomes one part of the output. Most tasks
are one piece. A file that can only be read from its start, or one huge row group, is one task
of many pieces, and all workers share its reader. Each worker decodes its own piece, batch by
batch, unless another one asks for the next piece meanwhile: that one then first decodes the
rest of the former piece into memory. So decoding goes on beside scoring and encoding with no
thread of its own, and no more than a piece per worker is ever held.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from interact.runtime.batch.source import BATCHES, Source, Task


@dataclass(slots=True)
class Piece:
    """Some consecutive batches of a task. Iterate over it once, in one thread."""

    task: Task
    number: int
    stream: Stream
    ready: deque[Any] = field(default_factory=deque)
    left: int = BATCHES

    def __iter__(self) -> Iterator[Any]:
        while (batch := self.stream.batch_of(self)) is not None:
            yield batch


@dataclass(slots=True)
class Stream:
    """The reader of one task, which workers share."""

    task: Task
    batches: Iterator[Any]
    current: Piece | None = None
    pieces: int = 0
    ended: bool = False
    lock: Any = field(default_factory=threading.Lock)

    def next_piece(self) -> Piece | None:
        """Start the next piece; None when the task is used up."""
        with self.lock:
            while self.current is not None and self._decode(self.current):
                pass
            piece = self.current = Piece(self.task, self.pieces, self)
            if not self._decode(piece):
                return None
            self.pieces += 1
            return piece

    def batch_of(self, piece: Piece) -> Any:
        """Return the next batch of a piece; None at its end."""
        try:
            return piece.ready.popleft()  # what another worker decoded needs no lock
        except IndexError:
            pass
        with self.lock:
            if not piece.ready:
                self._decode(piece)
            return piece.ready.popleft() if piece.ready else None

    def _decode(self, piece: Piece) -> bool:
        if self.ended or piece.left == 0:
            return False
        batch = next(self.batches, None)
        if batch is None:
            self.ended = True
            return False
        piece.ready.append(batch)
        piece.left -= 1
        return True


@dataclass(slots=True)
class Feed:
    """All pieces of a run, for all workers."""

    source: Source
    waiting: deque[Task] = field(init=False)
    open: list[Stream] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.waiting = deque(self.source.tasks)

    def take(self, last: Piece | None) -> Piece | None:
        """Return a worker's next piece: of the task of its ``last``, of a new one, of any."""
        stream = last.stream if last is not None else None
        while True:
            if stream is None or stream.ended:
                stream = self._another()
            if stream is None:
                return None
            if (piece := stream.next_piece()) is not None:
                return piece

    def _another(self) -> Stream | None:
        with self.lock:
            self.open = [stream for stream in self.open if not stream.ended]
            if self.waiting:
                task = self.waiting.popleft()
                self.open.append(Stream(task, self.source.read(task)))
                return self.open[-1]
            return self.open[0] if self.open else None
