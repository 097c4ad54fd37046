"""How events lie in a log: a frame each, of length, checksum, sequence number and payload.

A file begins with ``MAGIC``. Sequence numbers count the rows that a writer acknowledged, from 1 on
without gaps. What does not match its checksum was never acknowledged when nothing whole follows
it, and was damaged later when something does. Logs of the first form have no numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

MAGIC = b"ixlog\x00\x02\n"
_FIRST_FORM = b"ixlog\x00\x01\n"
LARGEST = 1 << 24
_HEAD = struct.Struct("<IIQ")
_FIRST_HEAD = struct.Struct("<II")
_SEQUENCE = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame: ``sequence`` is None in logs of the first form, ``end`` the place after."""

    payload: bytes
    sequence: int | None
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a log.

    Attributes:
        damaged: Bytes that are no whole frames, before others that are.
        torn: Bytes at the end that are no whole frame.
    """

    frames: Sequence[Frame]
    damaged: int
    torn: int


def frame(payload: bytes, sequence: int = 1) -> bytes:
    """Return a payload with its head.

    >>> [f.payload for f in read_log(MAGIC + frame(b"a") + frame(b"bc", 2)).frames]
    [b'a', b'bc']
    """
    return _HEAD.pack(len(payload), _checksum(payload, sequence), sequence) + payload


def read_log(data: bytes) -> Reading:
    """Return the whole frames of a log, those behind damage included.

    >>> read_log(MAGIC + frame(b"a")[:-1])
    Reading(frames=[], damaged=0, torn=16)
    """
    if data[: len(MAGIC)] not in (MAGIC, _FIRST_FORM):
        return Reading([], 0, len(data))
    found: list[Frame] = []
    place, damaged = len(MAGIC), 0
    while place < len(data):
        start = place
        while (one := _frame_at(data, start)) is None and start < len(data):
            start += 1
        if one is None:
            return Reading(found, damaged, len(data) - place)
        damaged += start - place
        found.append(one)
        place = one.end
    return Reading(found, damaged, 0)


def _frame_at(data: bytes, place: int) -> Frame | None:
    """Return the frame that begins at a place; None when there is no whole one."""
    numbered = data.startswith(MAGIC)
    head = _HEAD if numbered else _FIRST_HEAD
    if len(data) - place < head.size:
        return None
    length, checksum, *rest = head.unpack_from(data, place)
    end = place + head.size + length
    if length > LARGEST or end > len(data) or not (numbered or length):
        return None
    payload, sequence = data[place + head.size : end], rest[0] if rest else None
    expected = crc32(payload) if sequence is None else _checksum(payload, sequence)
    return Frame(payload, sequence, end) if checksum == expected else None


def _checksum(payload: bytes, sequence: int) -> int:
    return crc32(payload, crc32(_SEQUENCE.pack(sequence)))
