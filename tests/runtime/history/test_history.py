"""The history: durable when acknowledged, each event once, whatever breaks."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import msgspec
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from interact.runtime.history.events import Contact, Event, Response, decode, encode
from interact.runtime.history.frames import MAGIC, frame
from interact.runtime.history.publish import publish
from interact.runtime.history.writer import open_history

HERE = Path(__file__).parent
KEY = ("customer_id", "branch")


def key_names(audience: str) -> tuple[str, ...]:
    return KEY


def contact(event: str, at: int = 0, channel: str = "Website") -> Contact:
    return Contact(
        event=event,
        decision="d",
        at=at,
        channel=channel,
        audience="Customer",
        key=(7, "north"),
        treatment="t",
        offer="Gold",
        code="CC-GOLD",
        segments=("High", "Old"),
        extra={"cart": "12.50"},
        score=80.5,
        rank=1,
        candidates=4,
    )


def rows(folder: Path, table: str = "contacts") -> list[dict[str, object]]:
    found: list[dict[str, object]] = (
        ds.dataset(folder / table, partitioning="hive").to_table().sort_by("event").to_pylist()
    )
    return found


def test_a_row_says_what_was_recorded(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)
    shown = contact("a-1", at=1_790_000_000_000_000)
    history.record([shown])
    same = ("decision", "at", "channel", "audience", "key", "treatment", "offer", "code")
    told = {name: getattr(shown, name) for name in same}
    accepted = Response(**told, event="a-2", kind="accept", matched=False)
    history.record([accepted])
    history.close()
    (row,) = rows(tmp_path)
    assert (row["customer_id"], row["branch"], row["channel"]) == (7, "north", "Website")
    assert (row["score"], row["rank"], row["candidates"], row["propensity"]) == (80.5, 1, 4, None)
    assert (row["segments"], row["extra"]) == (["High", "Old"], [("cart", "12.50")])
    assert str(row["at"]).startswith("2026-09-21 ")
    (answer,) = rows(tmp_path, "responses")
    assert (answer["kind"], answer["matched"]) == ("accept", False)
    assert not any((tmp_path / "log").iterdir())


def test_visitors_have_no_key(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)
    history.record([contact("w-1"), msgspec.structs.replace(contact("w-2"), key=())])
    history.close()
    told = [(r["customer_id"], r["branch"]) for r in rows(tmp_path)]
    assert told == [(7, "north"), (None, None)]


def test_days_and_channels_are_folders(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)
    day = 86_400_000_000
    for number, channel in enumerate(("Website", "Branch", "Website")):
        history.record([contact(f"e{number}", at=number * day, channel=channel)])
    history.close()
    found = {p.parent.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.parquet")}
    assert found == {
        "contacts/date=1970-01-01/channel=Website",
        "contacts/date=1970-01-02/channel=Branch",
        "contacts/date=1970-01-03/channel=Website",
    }


def test_logs_of_the_first_form_are_read(tmp_path: Path) -> None:
    payload = encode(contact("old"))
    framed = struct.pack("<II", len(payload), crc32(payload)) + payload
    folder = tmp_path / "log" / "dead"
    folder.mkdir(parents=True)
    (folder / "0000000001").write_bytes(b"ixlog\x00\x01\n" + framed + bytes(40))
    history = open_history(str(tmp_path), key_names)
    history.close()
    (row,) = rows(tmp_path)
    assert (history.recovered, row["event"], row["sequence"]) == (1, "old", None)


@pytest.mark.parametrize("event", [contact("x"), Response(**{"event": "r", "decision": "", "at": -1,
    "channel": "c", "audience": "a", "key": (), "treatment": "", "offer": "", "code": "",
    "kind": "x"})])  # fmt: skip
def test_events_come_back_as_they_were(event: Event) -> None:
    assert decode(encode(event)) == event


def test_a_segment_that_was_published_before_a_crash_is_not_doubled(tmp_path: Path) -> None:
    folder = tmp_path / "log" / "dead"
    folder.mkdir(parents=True)
    segment = folder / "0000000001"
    data = MAGIC + b"".join(frame(encode(contact(f"e{n}")), n + 1) for n in range(5))
    for _ in range(3):  # the process died between the files and the removal of the segment
        segment.write_bytes(data)
        assert publish(tmp_path, segment, key_names) == 5
    segment.write_bytes(data)
    history = open_history(str(tmp_path), key_names)
    assert history.recovered == 5
    history.close()
    assert len(rows(tmp_path)) == 5


def test_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    first = open_history(str(tmp_path), key_names)
    first.record([contact("a")])
    second = open_history(str(tmp_path), key_names)
    assert second.recovered == 0
    second.record([contact("b")])
    first.record([contact("c")])
    second.close()
    first.close()
    assert [row["event"] for row in rows(tmp_path)] == ["a", "b", "c"]


def test_a_segment_is_published_when_it_is_full(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names, segment_bytes=2_000)
    for number in range(100):
        history.record([contact(f"e{number:03}")])
    history.close()
    assert len(list(tmp_path.rglob("*.parquet"))) > 3
    assert [row["event"] for row in rows(tmp_path)] == [f"e{n:03}" for n in range(100)]


def test_files_carry_checksums(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)
    history.record([contact(f"e{n}") for n in range(100)])
    history.close()
    (part,) = tmp_path.rglob("*.parquet")
    data = bytearray(part.read_bytes())
    data[len(data) // 4] ^= 64
    part.write_bytes(data)
    with pytest.raises(OSError, match="CRC"):
        pq.ParquetFile(part, page_checksum_verification=True).read()


def test_killed_writers_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "killed.py"), str(tmp_path / "h"), "80", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0 doubled 0 left 0" in done.stdout


def test_visitors_without_a_key_are_kept_like_others(tmp_path: Path) -> None:
    history = open_history(str(tmp_path), key_names)
    visitor = msgspec.structs.replace(contact("e1"), key=())
    history.record([visitor])
    history.record([contact("e2"), visitor])
    history.close()
    assert [(r["customer_id"], r["branch"]) for r in rows(tmp_path)] == [
        (None, None),
        (None, None),
        (7, "north"),
    ]


def test_a_segment_that_cannot_be_published_does_not_stop_others(tmp_path: Path) -> None:
    told: list[Exception] = []

    def keys(level: str) -> tuple[str, ...]:
        return KEY if level == "Customer" else (*KEY, "one", "more")

    history = open_history(str(tmp_path), keys, told.append, segment_bytes=1)
    history.record([msgspec.structs.replace(contact("e1"), audience="Other")])
    history.record([contact("e2")])
    history.close()
    assert told
    assert [row["event"] for row in rows(tmp_path)] == ["e2"]
    assert len(list(tmp_path.glob("log/*/0*"))) == 1
