"""Logs: what was acknowledged is there, or its loss is told, whatever breaks."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.runtime.history.test_history import contact, key_names, rows

from interact.runtime.errors import DataError, OutputError
from interact.runtime.history import publish, recover
from interact.runtime.history.events import encode
from interact.runtime.history.frames import LARGEST, MAGIC, frame, read_log
from interact.runtime.history.recorded import delayed_rows
from interact.runtime.history.select import logged_events
from interact.runtime.history.verify import verify
from interact.runtime.history.writer import open_history

PAYLOADS = st.lists(st.binary(min_size=1, max_size=40), min_size=1)


@given(PAYLOADS, st.data())
def test_a_torn_tail_loses_only_itself(payloads: list[bytes], data: st.DataObject) -> None:
    framed = list(map(frame, payloads, count(1)))
    whole = MAGIC + b"".join(framed)
    cut = data.draw(st.integers(0, len(whole)))
    ends = [len(MAGIC) + sum(map(len, framed[: n + 1])) for n in range(len(framed))]
    kept = [p for p, end in zip(payloads, ends, strict=True) if end <= cut]
    found = read_log(whole[:cut] + (bytes(40) if cut in (len(MAGIC), *ends) else b""))
    assert [f.payload for f in found.frames] == kept
    assert [f.sequence for f in found.frames] == list(range(1, len(kept) + 1))
    assert not found.damaged


@given(PAYLOADS, st.data())
def test_a_flipped_bit_costs_the_row_it_is_in(payloads: list[bytes], data: st.DataObject) -> None:
    framed = list(map(frame, payloads, count(1)))
    whole = bytearray(MAGIC + b"".join(framed))
    whole[(place := data.draw(st.integers(0, len(whole) - 1)))] ^= 1 << data.draw(st.integers(0, 7))
    starts = [len(MAGIC) + sum(map(len, framed[:n])) for n in range(len(framed))]
    hit = sum(start <= place for start in starts)  # 0 before the first row
    found = read_log(bytes(whole))
    rest = [n for n in range(1, len(framed) + 1) if n != hit]
    assert [(f.sequence, f.payload) for f in found.frames] == [(n, payloads[n - 1]) for n in rest]
    assert (found.damaged, found.torn) == (len(framed[hit - 1]) if hit else len(MAGIC), 0)


def dead_log(history: Path, data: bytes, number: int = 1) -> Path:
    folder = history / "log" / "dead"
    folder.mkdir(parents=True, exist_ok=True)
    (segment := folder / f"{number:010}").write_bytes(data)
    return segment


def framed(*numbers: int) -> list[bytes]:
    return [frame(encode(contact(f"e{n}")), n) for n in numbers]


@pytest.mark.parametrize("hit", [1, 2, 3, 4])
def test_rows_beside_damage_are_published_and_the_log_is_kept(tmp_path: Path, hit: int) -> None:
    data = bytearray(MAGIC + b"".join(framed(1, 2, 3, 4)))
    data[len(MAGIC) + sum(map(len, framed(1, 2, 3, 4)[: hit - 1])) + 30] ^= 1
    dead_log(tmp_path, data)
    told: list[Exception] = []
    open_history(str(tmp_path), key_names, told.append).close()
    assert [row["event"] for row in rows(tmp_path)] == [f"e{n}" for n in range(1, 5) if n != hit]
    assert (tmp_path / "damaged" / "dead-0000000001").read_bytes() == data
    assert [str(error).partition(":")[0] for error in told] == ["a log of the history was damaged"]


def test_a_log_whose_first_bytes_are_damaged_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    dead_log(tmp_path, b"?" + MAGIC[1:] + b"".join(framed(1, 2)))
    open_history(str(tmp_path), key_names).close()
    assert [row["event"] for row in rows(tmp_path)] == ["e1", "e2"]
    assert (tmp_path / "damaged" / "dead-0000000001").exists()


def test_only_the_last_log_of_a_dead_writer_ends_with_half_a_row(tmp_path: Path) -> None:
    first, last = framed(1, 2), framed(3, 4)
    dead_log(tmp_path, MAGIC + first[0] + first[1][:-1])
    dead_log(tmp_path, MAGIC + last[0] + last[1][:-1], 2)
    open_history(str(tmp_path), key_names).close()
    assert [row["event"] for row in rows(tmp_path)] == ["e1", "e3"]
    assert [path.name for path in (tmp_path / "damaged").iterdir()] == ["dead-0000000001"]
    assert [found["what"] for found in verify(tmp_path).findings] == [
        "a damaged log, of which what could be read was kept",
        "rows are missing: 2",
    ]


def test_a_row_that_another_program_wrote_costs_no_other(tmp_path: Path) -> None:
    dead_log(tmp_path, MAGIC + framed(1)[0] + frame(b"\xc1", 2) + framed(3)[0])
    open_history(str(tmp_path), key_names).close()
    assert [row["event"] for row in rows(tmp_path)] == ["e1", "e3"]
    assert (tmp_path / "damaged" / "dead-0000000001").exists()


def test_what_is_damaged_is_told_without_a_traceback(tmp_path: Path) -> None:
    dead_log(tmp_path, MAGIC + framed(1)[0] + frame(b"\xc1", 2))
    with pytest.raises(DataError, match="log/dead/0000000001: a row cannot be read"):
        list(logged_events(tmp_path))
    (tmp_path / "removed.json").write_text('{"dead": [[1,')
    with pytest.raises(DataError, match=r"removed\.json cannot be read"):
        verify(tmp_path)
    part = tmp_path / "contacts/date=1970-01-01/channel=Website/part-dead-0000000001.parquet"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"PAR1")
    assert delayed_rows(str(tmp_path), 0, 1) == set()


class Disk:
    """A disk that fails when it is told to.

    Attributes:
        room: Bytes that can still be written; None for no bound.
        is_broken: Whether waiting for it fails.
    """

    def __init__(self) -> None:
        self.room: int | None = None
        self.is_broken = False

    def write(self, file: int, data: bytes) -> int:
        if self.room is None:
            return os.write(file, data)
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= (count := min(self.room, len(data)))
        return os.write(file, data[:count])

    def sync(self, file: int) -> None:
        if self.is_broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(file)


def test_a_full_disk_is_told_and_what_was_acknowledged_stays(tmp_path: Path) -> None:
    disk, kept = Disk(), 0
    disk.room = 3_000
    history = open_history(str(tmp_path), key_names, write=disk.write)
    while disk.room >= 400:
        history.record([contact(f"e{kept:04}")])
        kept += 1
    with pytest.raises(OutputError, match="No space left on device"):
        history.record([contact("e" * 500)])
    disk.room = None
    history.record([contact("later")])
    history.close()
    assert [row["event"] for row in rows(tmp_path)] == [*(f"e{n:04}" for n in range(kept)), "later"]


@pytest.mark.parametrize("room", [0, 3, len(MAGIC)])
def test_a_log_that_begins_on_a_full_disk_is_whole_afterwards(tmp_path: Path, room: int) -> None:
    disk = Disk()
    disk.room = room
    history = open_history(str(tmp_path), key_names, write=disk.write)
    for _ in range(2):
        with pytest.raises(OutputError, match="No space left on device"):
            history.record([contact("refused")])
    disk.room = None
    history.record([contact("later")])
    history.close()
    assert [row["event"] for row in rows(tmp_path)] == ["later"]
    assert not (tmp_path / "damaged").exists()


def test_nothing_follows_a_row_that_could_not_be_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, cut = Disk(), os.ftruncate
    history = open_history(str(tmp_path), key_names, sync=disk.sync, segment_seconds=0.0)
    history.record([contact("first")])

    def fails(file: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("os.ftruncate", fails)
    disk.is_broken = True
    for _ in range(2):
        with pytest.raises(OutputError, match="Input/output error"):
            history.record([contact("refused")])
    disk.is_broken = False
    with pytest.raises(OutputError, match="Input/output error"):
        history.record([contact("refused")])
    monkeypatch.setattr("os.ftruncate", cut)
    history.record([contact("last")])
    history.close()
    assert [(row["event"], row["sequence"]) for row in rows(tmp_path)] == [
        ("first", 1),
        ("last", 2),
    ]
    assert not verify(tmp_path).findings


def test_a_row_that_could_not_be_read_again_is_not_acknowledged(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)
    with pytest.raises(OutputError, match=r"row of 16,777,\d+ bytes .* at most 16,777,216"):
        history.record([contact("x" * LARGEST)])
    history.record([contact("e1")])
    history.close()
    assert [row["event"] for row in rows(tmp_path)] == ["e1"]


def test_a_caller_that_is_gone_keeps_nobody_from_being_acknowledged(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)

    def gone(error: OutputError | None) -> None:
        raise RuntimeError("the event loop is closed")

    history.append([contact("e1")], gone)
    history.record([contact("e2")])
    history.close()
    assert [row["event"] for row in rows(tmp_path)] == ["e1", "e2"]


def test_what_could_not_be_published_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, done, told = publish.write_part, threading.Event(), list[Exception]()

    def write_part(*arguments: object) -> None:
        if not told:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(*arguments)  # type: ignore[arg-type]
        done.set()

    monkeypatch.setattr(publish, "write_part", write_part)
    monkeypatch.setattr(publish, "RETRY_SECONDS", 0.01)
    history = open_history(str(tmp_path), key_names, told.append, segment_seconds=0.0)
    history.record([contact("e1")])
    assert done.wait(60)
    history.close()
    assert [str(error).rpartition(": ")[2] for error in told] == ["No space left on device"]
    assert [row["event"] for row in rows(tmp_path)] == ["e1"]


def test_a_log_that_goes_on_while_it_is_read_is_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = dead_log(tmp_path, MAGIC + framed(1)[0] + framed(2)[0][:-1])
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        data = read(path)
        if path == segment:  # just then it is complete, and the next one begins
            dead_log(tmp_path, MAGIC + framed(1)[0] + framed(2)[0])
            dead_log(tmp_path, MAGIC + framed(3)[0], 2)
        return data

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert verify(tmp_path).findings == []


def at_once(*works: Callable[[], object]) -> None:
    """Do works in threads that begin together; raise what one of them raised."""
    start, failed = threading.Barrier(len(works)), list[BaseException]()

    def do(work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=do, args=[work]) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for error in failed:
        raise error


def test_hosts_that_start_at_once_recover_side_by_side(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / "log" / f"dead{number:02}"
        folder.mkdir(parents=True)
        (folder / "0000000001").write_bytes(MAGIC + framed(1)[0])
    counts: list[int] = []
    work = lambda: counts.append(recover.recover(tmp_path, key_names))  # noqa: E731
    at_once(*[work] * 4)
    assert sum(counts) == 40
    assert not any((tmp_path / "log").iterdir())
    assert len(rows(tmp_path)) == 40


def test_a_writer_keeps_its_log_until_it_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, others = publish.write_part, list[int]()

    def write_part(*arguments: object) -> None:
        others.append(recover.recover(tmp_path, key_names))  # another host starts just now
        written(*arguments)  # type: ignore[arg-type]

    history = open_history(str(tmp_path), key_names)
    history.record([contact("e1")])
    monkeypatch.setattr(publish, "write_part", write_part)
    history.close()
    assert others == [0]
    assert [row["event"] for row in rows(tmp_path)] == ["e1"]
