"""The steps of a turn, whoever waits: a thread, or an event loop.

``steps`` yields what has to be waited for: rows that are to be durable in the history, or what is
reserved by another call. What was written to the history is kept next, or nothing of the turn is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias, TypeVar

from interact.runtime.errors import OutputError
from interact.runtime.host.store.protocol import Busy, Change, Held, NotKeptError, Store, StoreError
from interact.runtime.host.turn import Loaded, Turn

T = TypeVar("T")
Rows: TypeAlias = Sequence[Any]
Steps: TypeAlias = Generator[Rows | Busy, OutputError | None, T]
"""Sent an error after rows that could not be written, and None otherwise."""
TRIES = 1000


def steps(
    store: Store,
    find: Callable[[str], Held | None],
    key: str,
    name: str,
    work: Callable[[Turn], T],
    end_idle: Callable[[Turn], None] | None = None,
) -> Steps[T]:
    """Find a session, work on it, and keep what was done; all of that again when it was changed.

    Where the history, or what has to survive the process, cannot be written, the work is done again
    knowing that: commands that want to fail, and the others are kept.

    Args:
        find: Finds the session of a key.
        name: Its name.
        work: May be called several times; only what the last call did is kept.
        end_idle: Ends a session that nobody used for too long, before anything else.

    Raises:
        StoreError: The store does not work; nothing is kept.
        OutputError: Raised by ``work``.
    """
    refusal: OutputError | None = None
    unkept: OutputError | None = None
    loaded: dict[object, Loaded] = {}
    tries = 0
    while tries < TRIES:
        try:
            turn = Turn(store, name, find(key), loaded, refusal=refusal, unkept=unkept)
            taken = _taken(turn, work, end_idle)
        except Busy as busy:
            yield busy  # what is reserved is free again after a time, whatever happens
            continue
        except NotKeptError as error:
            if unkept is not None:
                raise
            taken, unkept = None, OutputError(error.message)
        tries += 1
        if taken is not None:
            change, done = taken
            if turn.rows:
                refusal = yield from _recorded(store, turn, change)
            if not turn.rows or refusal is None:
                return done
    raise StoreError(f"session {name} is changed by too many at once")


def _taken(
    turn: Turn, work: Callable[[Turn], T], end_idle: Callable[[Turn], None] | None
) -> tuple[Change, T] | None:
    """Take a turn, and keep it, or reserve what it took if it has rows for the history.

    Returns:
        None when somebody else was faster.
    """
    store, is_mine = turn.store, False
    try:
        if end_idle is not None and turn.before is not None and turn.before.is_idle:
            end_idle(turn)
        done = work(turn)
        change = turn.change()
        is_mine = store.reserve(change) if turn.rows else store.save(change)
        return (change, done) if is_mine else None
    finally:
        if not is_mine:
            turn.give_back()


def _recorded(store: Store, turn: Turn, change: Change) -> Steps[OutputError | None]:
    """Have rows written, and keep what is reserved; return why they cannot be written."""
    is_kept = False
    try:
        refusal = yield turn.rows
        if refusal is None:
            is_kept = store.save(change)
            if not is_kept:
                text = f"what was written to the history of {turn.name} could not be kept"
                raise StoreError(text)
        return refusal
    finally:
        store.release(change)
        if not is_kept:
            turn.give_back()


def run(taken: Steps[T], record: Callable[[Rows], None]) -> T:
    """Take the steps in this thread."""
    answer: OutputError | None = None
    try:
        while True:
            wanted = taken.send(answer)
            answer = None
            if isinstance(wanted, Busy):
                free = threading.Event()
                wanted.subscribe(free.set)
                free.wait()
                continue
            try:
                record(wanted)
            except OutputError as error:
                answer = error
    except StopIteration as stop:
        found: T = stop.value
        return found
    finally:
        taken.close()
