"""Zip files that are the same bytes wherever they are made.

Entries are stored as they are, as compressors differ between machines, with one fixed time and
mode. Any tool opens such a file, but only such files are read here: reading goes from entry to
entry, and what follows the last one must be the directory that would be written for them. So
hidden, overlapping, compressed or doubled entries cannot be.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

MAX_ENTRIES = 20_000
MAX_BYTES = 1 << 30
MAX_NAME_BYTES = 1024

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _MADE_ON_UNIX, _UTF8_NAMES = 20, 3 << 8, 1 << 11
_MIDNIGHT, _FIRST_OF_1980 = 0, (1 << 5) | 1
_REGULAR_FILE_0644 = 0o100644 << 16
MAGIC = b"PK\x03\x04"


class BadArchive(Exception):
    """Not an archive that ``pack`` makes."""


def pack(entries: Mapping[str, bytes]) -> bytes:
    """Return the archive of ``entries``, in their order.

    Raises:
        BadArchive: Too many, too large, or a name that is no plain relative path.
    """
    _check_sizes(entries)
    parts: list[bytes] = []
    for name, data in entries.items():
        raw = _checked(name).encode()
        parts += [_LOCAL.pack(MAGIC, *_facts(data), len(raw), 0), raw, data]
    return b"".join([*parts, *_directory(entries)])


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the entries of an archive.

    Raises:
        BadArchive: It is damaged, or was not made by ``pack``.
    """
    entries: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == MAGIC:
        name, content, place = _entry(data, place)
        if name in entries or len(entries) == MAX_ENTRIES:
            raise BadArchive(f"the entry {name} comes twice" if name in entries else "too large")
        entries[name] = content
    if not entries or data[place:] != b"".join(_directory(entries)):
        raise BadArchive("it is damaged, incomplete or repacked by another tool")
    return entries


def _entry(data: bytes, place: int) -> tuple[str, bytes, int]:
    """Return name and content of the entry at ``place``, and the place after it."""
    try:
        fields = _LOCAL.unpack_from(data, place)
    except struct.error as error:
        raise BadArchive("it is cut off") from error
    size, length = fields[7], fields[9]
    start = place + _LOCAL.size + length
    content = data[start : start + size]
    if fields[1:9] != _facts(content) or fields[10] or len(content) != size:
        raise BadArchive("an entry is cut off, compressed or damaged")
    try:
        name = data[start - length : start].decode()
    except UnicodeDecodeError as error:
        raise BadArchive("a name is not UTF-8") from error
    return _checked(name), content, start + size


def _facts(data: bytes) -> tuple[int, ...]:
    """Return what local header and directory say of an entry alike."""
    size = len(data)
    return _VERSION, _UTF8_NAMES, 0, _MIDNIGHT, _FIRST_OF_1980, zlib.crc32(data), size, size


def _directory(entries: Mapping[str, bytes]) -> Iterator[bytes]:
    place = length = 0
    for name, data in entries.items():
        raw = name.encode()
        made_by = _MADE_ON_UNIX | _VERSION
        rest = (len(raw), 0, 0, 0, 0, _REGULAR_FILE_0644, place)
        yield _CENTRAL.pack(b"PK\x01\x02", made_by, *_facts(data), *rest) + raw
        place += _LOCAL.size + len(raw) + len(data)
        length += _CENTRAL.size + len(raw)
    count = len(entries)
    yield _END.pack(b"PK\x05\x06", 0, 0, count, count, length, place, 0)


def _check_sizes(entries: Mapping[str, bytes]) -> None:
    if len(entries) > MAX_ENTRIES or sum(map(len, entries.values())) > MAX_BYTES:
        raise BadArchive(f"more than {MAX_ENTRIES} files or {MAX_BYTES >> 20} MB")


def _checked(name: str) -> str:
    """Return a name that is a relative path below any folder, on any system."""
    parts = name.split("/")
    plain = name.isprintable() and not any(c in '\\:*?"<>|' for c in name)
    if not plain or not {"", ".", ".."}.isdisjoint(parts) or len(name.encode()) > MAX_NAME_BYTES:
        raise BadArchive(f"the name {name!r} cannot be used on every system")
    return name
