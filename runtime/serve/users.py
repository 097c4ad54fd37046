"""Who may call: users with hashed passwords, and tokens for those who have logged in.

A file of users has a line each: ``name scrypt$N$salt$hash``. A token is valid until it was not used
for an hour, and as long as its user is there with the same password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from interact.runtime.errors import UsageError

_WORK = 1 << 14
TOKEN_SECONDS = 3600.0
_RENEWED = 0.1
"""The part of its time after which a token that is used begins anew."""
_MOST_TOKENS = 10_000
_CHECKS = 2
"""Passwords that are checked at once: each takes a core, and 16 MB."""
MOST_WAITING = 100
_MOST_WORK = 1 << 15
_NOBODY = f"scrypt${_WORK}${base64.b64encode(bytes(16)).decode()}$"
"""A password that none is: names that are not known take as long as others."""


def hashed(password: str, salt: bytes | None = None, work: int = _WORK) -> str:
    """Return a password as a file of users keeps it."""
    salt = secrets.token_bytes(16) if salt is None else salt
    found = hashlib.scrypt(password.encode(), salt=salt, n=work, r=8, p=1, maxmem=64 << 20)
    return f"scrypt${work}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


def matches(password: str, kept: str) -> bool:
    """Return whether a password is the one that was hashed."""
    _, work, salt, _ = kept.split("$")
    return hmac.compare_digest(hashed(password, base64.b64decode(salt), int(work)), kept)


def read_users(path: str) -> dict[str, str]:
    """Return the users of a file, with their hashed passwords.

    Raises:
        UsageError: It cannot be read, or a line is no user.
    """
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"cannot read the users in {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read the users in {path}: it is not UTF-8") from error
    users = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, kept = line.partition(" ")
        if not _is_hash(kept.strip()):
            raise UsageError(f"{path}, line {number}: a user is `name scrypt$…`")
        users[name] = kept.strip()
    return users


def _is_hash(kept: str) -> bool:
    """Return whether ``matches`` can take it."""
    parts = kept.split("$")
    if len(parts) != 4 or parts[0] != "scrypt" or not parts[1].isdecimal():
        return False
    work = int(parts[1])
    try:
        base64.b64decode(parts[2], validate=True)
    except ValueError:
        return False
    return 1 < work <= _MOST_WORK and work.bit_count() == 1


@dataclass(slots=True)
class Gate:
    """Lets in who has a password or a token. ``users`` None lets everyone in.

    Clients that send their password with each request get the same token for half of its time: a
    password that was right is known by a hash with a key of this process, which takes no time.

    Attributes:
        threads: Check passwords beside the requests of others.
        waiting: How many passwords are to be checked.
    """

    users: Mapping[str, str] | None
    clock: Callable[[], float] = time.monotonic
    threads: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, _CHECKS))
    waiting: int = 0
    _tokens: dict[bytes, tuple[float, str, str]] = field(default_factory=dict)
    _right: dict[bytes, tuple[float, str]] = field(default_factory=dict)
    _key: bytes = field(default_factory=partial(secrets.token_bytes, 32))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, users: Mapping[str, str]) -> None:
        """Let in these from now on. Tokens of who is gone or has another password are forgotten."""
        with self._lock:
            self.users = users
            self._forget()

    def token_for(self, name: str, password: str) -> str | None:
        """Return a token; None for a wrong name or password. A new one takes long."""
        found = self.token_given(name, password)
        if found is not None:
            return found
        kept = (self.users or {}).get(name, _NOBODY)
        if not matches(password, kept):
            return None
        token, now = secrets.token_urlsafe(32), self.clock()
        with self._lock:
            self._forget()
            while len(self._tokens) >= _MOST_TOKENS:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[_digest(token)] = now + TOKEN_SECONDS, name, kept
            self._right[self._mark(name, password)] = now + TOKEN_SECONDS / 2, token
        return token

    def token_given(self, name: str, password: str) -> str | None:
        """Return the token that was given lately for this password; None for none."""
        end, token = self._right.get(self._mark(name, password), (0.0, ""))
        return token if end > self.clock() and self.user_of(token) == name else None

    def _mark(self, name: str, password: str) -> bytes:
        told = f"{len(name)} {name}{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self._key, digest_size=32).digest()

    def knows(self, token: str) -> bool:
        """Return whether a token is valid."""
        return self.user_of(token) is not None

    def user_of(self, token: str) -> str | None:
        """Return whose token it is, which makes it last; None for one that was not given, was not
        used for too long, or whose user is gone or has another password."""
        digest, now = _digest(token), self.clock()
        end, name, kept = self._tokens.get(digest, (0.0, "", ""))
        if end <= now or (self.users or {}).get(name) != kept:
            return None
        if end - now < TOKEN_SECONDS * (1 - _RENEWED):
            with self._lock:
                self._tokens.pop(digest, None)
                self._tokens[digest] = now + TOKEN_SECONDS, name, kept
        return name

    def _forget(self) -> None:
        now, users = self.clock(), self.users or {}
        self._tokens = {
            token: (end, name, kept)
            for token, (end, name, kept) in self._tokens.items()
            if end > now and users.get(name) == kept
        }
        self._right = {mark: one for mark, one in self._right.items() if one[0] > now}


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
