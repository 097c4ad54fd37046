"""Who may call: users with hashed passwords, and tokens for those who have logged in.

A file of users has a line each: ``name scrypt$N$salt$hash``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interact.runtime.errors import UsageError

_WORK = 1 << 14
TOKEN_SECONDS = 3600.0
_MOST_TOKENS = 10_000


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
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the users in {path}: {error}") from error
    users = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, kept = line.partition(" ")
        parts = kept.split("$")
        if len(parts) != 4 or parts[0] != "scrypt" or not parts[1].isdecimal():
            raise UsageError(f"{path}, line {number}: a user is `name scrypt$…`")
        users[name] = kept.strip()
    return users


@dataclass(slots=True)
class Gate:
    """Lets in who has a password or a token. ``users`` None lets everyone in."""

    users: Mapping[str, str] | None
    clock: Callable[[], float] = time.monotonic
    _tokens: dict[bytes, tuple[float, str]] = field(default_factory=dict)

    def token_for(self, name: str, password: str) -> str | None:
        """Return a new token; None for a wrong name or password."""
        kept = (self.users or {}).get(name) or hashed("nobody")  # as long for unknown names
        if not matches(password, kept) or name not in (self.users or {}):
            return None
        self._forget()
        token = secrets.token_urlsafe(32)
        self._tokens[_digest(token)] = self.clock() + TOKEN_SECONDS, name
        return token

    def knows(self, token: str) -> bool:
        """Return whether a token was given, and not too long ago."""
        return self.user_of(token) is not None

    def user_of(self, token: str) -> str | None:
        """Return whose token it is; None when it was not given, or too long ago."""
        end, name = self._tokens.get(_digest(token), (0.0, ""))
        return name if end > self.clock() else None

    def _forget(self) -> None:
        now = self.clock()
        self._tokens = {t: kept for t, kept in self._tokens.items() if kept[0] > now}
        while len(self._tokens) >= _MOST_TOKENS:
            del self._tokens[next(iter(self._tokens))]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
