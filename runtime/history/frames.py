"""How events lie in a log: a frame each, of length, checksum, sequence number and payload.

A file begins with ``MAGIC``. Sequence numbers count the rows that a writer acknowledged, from 1 on
without gaps. The beginning of a frame at the end was being written when the process died, and was
never acknowledged; so were zeros, which file systems leave there. All else that is no whole frame
was damaged later. Logs of the first form have no numbers.
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
        damaged: Bytes of what was whole once.
        torn: Bytes at the end that never were a whole frame.
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
    if MAGIC.startswith(data):
        return Reading([], 0, len(data) % len(MAGIC))
    head = _FIRST_HEAD if data.startswith(_FIRST_FORM) else _HEAD
    found: list[Frame] = []
    place, damaged = (len(MAGIC) if data.startswith((MAGIC, _FIRST_FORM)) else 0), 0
    while place < len(data):
        start = place
        while (one := _frame_at(data, start, head)) is None and start < len(data):
            start += 1
        if one is None:
            rest = len(data) - place
            is_torn = _is_begun(data, place, head)
            return Reading(found, damaged + (0 if is_torn else rest), rest if is_torn else 0)
        damaged += start - place
        found.append(one)
        place = one.end
    return Reading(found, damaged, 0)


def _frame_at(data: bytes, place: int, head: struct.Struct) -> Frame | None:
    """Return the frame that begins at a place; None when there is no whole one."""
    if len(data) - place < head.size:
        return None
    length, checksum, *rest = head.unpack_from(data, place)
    end = place + head.size + length
    if length > LARGEST or end > len(data) or not (length or rest):
        return None
    payload, sequence = data[place + head.size : end], rest[0] if rest else None
    return Frame(payload, sequence, end) if checksum == _checksum(payload, sequence) else None


def _is_begun(data: bytes, place: int, head: struct.Struct) -> bool:
    """Return whether what is left was never a whole frame, as far as can be told."""
    left = len(data) - place - head.size
    if left < 0 or data.count(0, place) == len(data) - place:
        return True
    length, checksum, *rest = head.unpack_from(data, place)
    if not left < length <= LARGEST:
        return False
    # A whole frame of which the length alone was damaged looks like one that was begun.
    return bool(checksum != _checksum(data[place + head.size :], rest[0] if rest else None))


def _checksum(payload: bytes, sequence: int | None) -> int:
    return crc32(payload, 0 if sequence is None else crc32(_SEQUENCE.pack(sequence)))
