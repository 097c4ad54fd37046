"""Sessions and states in a Redis or Valkey that several hosts share.

A call is two exchanges with the server: one finds the session with its customer's state, one saves
them if nobody else did meanwhile. What has to be in the history is a third: it is reserved first.
A host that dies lets its reservations and claims run out, and others go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1
from typing import Any
from uuid import uuid4

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from interact.runtime.errors import UsageError
from interact.runtime.host.reviving import Revive
from interact.runtime.host.session import Owner, Session, is_visitor, visitor
from interact.runtime.host.states import NOTHING, CustomerState
from interact.runtime.host.store import redis_scripts as scripts
from interact.runtime.host.store.memory import IDLE_SECONDS
from interact.runtime.host.store.protocol import Busy, Change, Held, Known, StoreError
from interact.runtime.host.store.redis_wake import Wake
from interact.runtime.host.store.reserved import Reserved
from interact.runtime.host.store.stored import (
    FORM,
    owner_text,
    saved_session,
    saved_state,
    session_bytes,
    state_bytes,
)
from interact.runtime.host.trouble import Outcome

PREFIX = f"{{interact}}:{FORM}:"
LEASE_SECONDS = 10.0
"""How long a host may take for what it claimed, or to write rows while others are kept off."""
RESERVED_SECONDS = 2.0
"""How long what a host reserved outlives it; a living host renews it meanwhile."""
_TRY_AGAIN = 0.005
_pack = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class _Stamp:
    version: str
    data: bytes
    is_used: bool


@dataclass(slots=True)
class RedisStore:
    """A store that several hosts share. ``open_redis`` makes it.

    Attributes:
        place: Where it is, without a password.
        prefix: Of all keys; it has the hash tag.
        revive: Makes sessions of what was saved.
        outcome: Told of each exchange how it went.
    """

    client: redis.Redis
    place: str
    prefix: str = PREFIX
    idle_seconds: float = IDLE_SECONDS
    lease_seconds: float = LEASE_SECONDS
    reserved_seconds: float = RESERVED_SECONDS
    is_shared: bool = True
    revive: Revive = lambda saved: None
    outcome: Outcome = lambda error: None
    _wake: Wake | None = None
    _reserved: Reserved | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self, revive: Revive) -> None:
        """Begin, with what makes sessions of what was saved."""
        self.revive = revive

    def check(self) -> None:
        """Do nothing but to ask whether the store works."""
        self._asked(lambda: self.client.ping())

    def __len__(self) -> int:
        return 0

    # -- calls ---------------------------------------------------------------------------------

    def find(self, name: str) -> Held | None:
        """Return the session of a name, which counts as a use of it."""
        found = self.run(scripts.FIND, name, self._idle)
        held = self._held(found, is_used=True) if found else None
        if found and held is None:  # no version has its channel: the name is free
            self._asked(lambda: self.client.delete(f"{self.prefix}n:{name}"))
        return held

    def fetch(self, id: str) -> Held | None:
        """Return a session by its id, which does not count as a use."""
        found = self.run(scripts.FETCH, id, self._idle)
        return self._held(found, found[4] == b"1", found[5] == b"1") if found else None

    def known(self, owner: Owner) -> Known:
        """Return a customer's state, an empty one when nothing is known."""
        version, data = self.run(scripts.KNOWN, owner_text(owner))
        return _known(version, data)

    def reserve(self, change: Change) -> bool:
        """Keep others off what a call took; False when one of it was saved meanwhile."""
        change.reserved = uuid4().hex
        if self._save(change, lease=self._lease):
            self._renewing().add(change.reserved, _taken(change))
            return True
        change.reserved = None
        return False

    def release(self, change: Change) -> None:
        """Let go of what was reserved; it runs out by itself when the server is gone."""
        if change.reserved is None:
            return
        self._renewing().drop(change.reserved)
        with suppress(StoreError):
            self.run(scripts.RELEASE, change.reserved, *_taken(change))
        change.reserved = None

    def save(self, change: Change) -> bool:
        """Keep what a call did; False when another one came before."""
        if _is_same(change):
            self.release(change)
            return True
        if not self._save(change):
            return False
        if change.reserved is not None:
            self._renewing().drop(change.reserved)
        change.reserved = None
        return True

    # -- what is due ---------------------------------------------------------------------------

    def next_due(self) -> int | None:
        """Return when a session has something to do, or a claim runs out; None when never."""
        times = [int(float(found)) for found in self.run(scripts.NEXT) if found]
        return min(times, default=None)

    def claim(self, now: int) -> str | None:
        """Return the id of a session that has something to do, or is idle; each to one host."""
        until = now + int(1e6 * self.lease_seconds)
        found: bytes = self.run(scripts.CLAIM, now, until, self._idle)
        return found.decode() or None

    def postpone(self, id: str, until: int) -> None:
        """Give a claimed session back, to be claimed again."""
        self.run(scripts.POSTPONE, id, until)

    def wait(self, seconds: float | None) -> None:
        """Wait so long, or until ``next_due`` may have become earlier."""
        self._waking().wait(seconds)

    def wake(self) -> None:
        """End the waiting of a thread of this process."""
        self._waking().wake()

    def close(self) -> None:
        """Let go of the connections."""
        if self._wake is not None:
            self._wake.close()
        if self._reserved is not None:
            self._reserved.stop()
        self.client.close()

    def _waking(self) -> Wake:
        with self._lock:
            if self._wake is None:
                self._wake = Wake(self.client, f"{self.prefix}wake", self.place)
            return self._wake

    def _renewing(self) -> Reserved:
        with self._lock:
            if self._reserved is None:
                self._reserved = Reserved(
                    self._renew, self.reserved_seconds / 4, self.lease_seconds
                )
            return self._reserved

    def _renew(self, token: str, taken: Sequence[str]) -> None:
        with suppress(StoreError):  # it runs out, unless the server is back before
            self.run(scripts.RENEW, token, self._lease, *taken)

    # -- the wire ------------------------------------------------------------------------------

    @property
    def _lease(self) -> int:
        return int(1000 * self.reserved_seconds)

    @property
    def _idle(self) -> int:
        return int(1000 * self.idle_seconds)

    def _held(
        self,
        found: Sequence[bytes],
        is_named: bool = True,
        is_idle: bool = False,
        *,
        is_used: bool = False,
    ) -> Held | None:
        version, data, state_version, state = found[:4]
        session = self.revive(saved_session(data))
        if session is None:
            return None
        known = _known(state_version, state)
        return Held(session, is_named, is_idle, _Stamp(version.decode(), data, is_used), known)

    def _save(self, change: Change, lease: int | None = None) -> bool:
        before, name = change.before, change.name
        data: list[bytes] = []
        wanted: dict[str, Any] = {
            "token": change.reserved or uuid4().hex,
            "lease": lease or False,
            "idle": self._idle,
            "name": name,
            "is_named": bool(name),
            "is_used": before is None or before.stamp.is_used,
            "before": False,
            "session": change.session is not None and _packed(change.session, data),
            "left": [_packed(session, data) for session in change.left],
            "states": [self._state(*state, data) for state in change.states],
        }
        if before is not None:
            former = before.session
            wanted["before"] = {
                "id": former.id,
                "version": before.stamp.version,
                "visitor": owner_text(visitor(former)),
            }
            wanted |= {"name": former.name, "is_named": before.is_named}
        told: bytes = self.run(scripts.SAVE, _pack(wanted), *data)
        if told == b"busy":
            raise _busy()
        return told == b"ok"

    def _state(
        self, owner: Owner, known: Known, state: CustomerState, data: list[bytes]
    ) -> dict[str, Any]:
        return {
            "owner": owner_text(owner),
            "version": known.stamp,
            "bytes": _place(data, state_bytes(state)),
            "expires": 2 * self._idle if is_visitor(owner) else False,
        }

    def run(self, script: str, *arguments: str | bytes | int) -> Any:
        """Run a script; return its answer without what it says of itself.

        Raises:
            StoreError: The server does not answer.
            Busy: What the script is about is reserved.
        """

        def ask() -> Any:
            try:
                return self.client.evalsha(_digest(script), 0, self.prefix, *arguments)
            except redis.exceptions.NoScriptError:
                return self.client.eval(script, 0, self.prefix, *arguments)

        found = self._asked(ask)
        if not isinstance(found, list) or found[:1] not in ([b"found"], [b"none"], [b"busy"]):
            return found
        if found[0] == b"busy":
            raise _busy()
        return found[1:]

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            found = ask()
        except (redis.RedisError, OSError) as error:
            failed = StoreError(f"the store at {self.place} does not answer: {error}")
            self.outcome(failed)
            raise failed from error
        self.outcome(None)
        return found


def open_redis(url: str, idle_seconds: float = IDLE_SECONDS) -> RedisStore:
    """Return the store at a URL, ``redis://host:port/db``; the server need not be there yet.

    Raises:
        UsageError: The URL is none.
    """
    try:
        client = redis.Redis.from_url(
            url,
            socket_timeout=2.0,
            socket_connect_timeout=1.0,
            retry=Retry(NoBackoff(), 1),
            health_check_interval=0,
        )
    except ValueError as error:
        raise UsageError(f"no store: {error}") from error
    told = client.connection_pool.connection_kwargs
    place = told.get("path") or f"{told.get('host', 'localhost')}:{told.get('port', 6379)}"
    return RedisStore(client, f"{place}/{told.get('db', 0)}", idle_seconds=idle_seconds)


def _packed(session: Session, data: list[bytes]) -> dict[str, Any]:
    return {
        "id": session.id,
        "bytes": _place(data, session_bytes(session)),
        "owner": owner_text(session.owner),
        "is_visitor": is_visitor(session.owner),
        "planned": "" if session.planned is None else str(session.planned),
        "hears": "1" if "session_end" in session.served.heard else "0",
    }


def _place(data: list[bytes], one: bytes) -> int:
    """Add an argument; return its number in the script: the prefix and the change come first."""
    data.append(one)
    return len(data) + 2


@cache
def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


def _known(version: bytes, data: bytes) -> Known:
    return Known(saved_state(data) if data else NOTHING, version.decode())


def _is_same(change: Change) -> bool:
    """Return whether a call changed nothing of a session that clients use."""
    before, session = change.before, change.session
    if before is None or session is None or change.left or change.states:
        return before is None and session is None and not change.left and not change.states
    stamp: _Stamp = before.stamp
    return stamp.is_used and session_bytes(session) == stamp.data


def _taken(change: Change) -> list[str]:
    before = change.before
    taken = [] if before is None else [f"s:{before.session.id}"]
    if before is None or before.is_named:
        name = change.name if before is None else before.session.name
        taken += [f"n:{name}"] if name else []
    return [*taken, *(f"c:{owner_text(owner)}" for owner, _, _ in change.states)]


def _busy() -> Busy:
    """Return that it is reserved by another host: nobody calls back, so it is asked again soon."""

    def subscribe(call: Callable[[], None]) -> None:
        time.sleep(_TRY_AGAIN)
        call()

    return Busy(subscribe)
