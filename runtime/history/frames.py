"""How events lie in a log: one frame each, of length, checksum and payload.

A file begins with ``MAGIC``. What follows the first frame that is cut off or does not match its
checksum was never acknowledged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zlib import crc32

MAGIC = b"ixlog\x00\x01\n"
LARGEST = 1 << 24
_HEAD = struct.Struct("<II")


def frame(payload: bytes) -> bytes:
    """Return a payload with its head.

    >>> [found for found, _ in frames(MAGIC + frame(b"a") + frame(b"bc"))]
    [b'a', b'bc']
    """
    return _HEAD.pack(len(payload), crc32(payload)) + payload


def frames(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each whole payload and the place after it, up to the first that is not.

    >>> list(frames(MAGIC + frame(b"a")[:-1]))
    []
    """
    place = len(MAGIC)
    if not data.startswith(MAGIC):
        return
    while len(data) - place >= _HEAD.size:
        length, checksum = _HEAD.unpack_from(data, place)
        end = place + _HEAD.size + length
        payload = data[place + _HEAD.size : end]
        if length > LARGEST or end > len(data) or crc32(payload) != checksum:
            return
        yield payload, end
        place = end
