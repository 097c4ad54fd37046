"""Where object code is kept between processes, and how it is told from damage."""

from __future__ import annotations

import hashlib
from typing import Protocol

MAGIC = b"interact kernel 1\n"


class KernelStore(Protocol):
    """A content-addressed store of sealed objects. It may forget; it is never trusted."""

    def load(self, key: str) -> bytes | None: ...
    def save(self, key: str, data: bytes) -> None: ...


class MemoryStore:
    """Objects kept in this process, for tests and for hosts without a disk."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def load(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def save(self, key: str, data: bytes) -> None:
        self.objects[key] = data


def seal(key: str, code: bytes) -> bytes:
    """``code`` under a header that names its key and its digest.

    >>> unseal("k", seal("k", b"code"))
    b'code'
    """
    return MAGIC + _digest(key, code) + code


def unseal(key: str, data: bytes) -> bytes | None:
    """The code of a sealed object, or None when it is not exactly what was sealed for ``key``."""
    start = len(MAGIC) + 32
    code = data[start:]
    intact = len(data) > start and data[:start] == MAGIC + _digest(key, code)
    return code if intact else None


def _digest(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + code).digest()
