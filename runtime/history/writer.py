"""The history of one process: recover what others left, then write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interact.runtime.errors import OutputError
from interact.runtime.history.events import Event, encode
from interact.runtime.history.log import Acknowledge, Log, make_folder, open_log
from interact.runtime.history.names import KeyNames, ToldNames
from interact.runtime.history.publish import Publisher
from interact.runtime.history.recover import recover, remove_if_empty


@dataclass(slots=True)
class History:
    """Where a host records contacts and responses; threads share it."""

    log: Log
    publisher: Publisher
    recovered: int
    names: ToldNames

    @property
    def writer(self) -> str:
        """A name that no other process has; events and decisions are numbered below it."""
        return self.log.writer

    def append(self, events: Sequence[Event], acknowledge: Acknowledge) -> None:
        """Record events together; ``acknowledge`` is told when they are durable, or why not."""
        self.names.tell(events)
        self.log.append([encode(e) for e in events], acknowledge)

    def record(self, events: Sequence[Event]) -> None:
        """Record events together, and return when they are durable.

        Raises:
            OutputError: They are not, and nothing of them is kept.
        """
        if events:
            self.names.tell(events)
            self.log.append_and_wait([encode(e) for e in events])

    def close(self) -> None:
        """Write and publish all that waits."""
        self.log.close()
        self.publisher.close()
        with suppress(OSError):  # else whoever opens the history next removes it
            remove_if_empty(self.log.folder)
        self.log.release()


def open_history(
    folder: str,
    key_names: KeyNames,
    on_error: Callable[[Exception], None] = lambda error: None,
    **options: Any,
) -> History:
    """Open a history for writing; what killed writers left is published first.

    Args:
        folder: Made when it is not there.
        key_names: The key columns of each audience level.
        on_error: Told when a segment was damaged, or could not be published; that is tried again.
        options: Of the log.

    Raises:
        OutputError: The folder cannot be written.
    """
    history = Path(folder)
    try:
        make_folder(history)
        recovered = recover(history, key_names, on_error)
    except OSError as error:
        raise OutputError(f"cannot write the history in {folder}: {error.strerror}") from error
    publisher = Publisher(history, key_names, on_error)
    log = open_log(history, publisher.add, **options)
    return History(log, publisher, recovered, ToldNames(log.folder, key_names))
