"""What verify finds, and what goes when days are old."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.postgres import Database as Postgres
from tests.runtime.history.keeping import (
    DAY,
    START,
    compacted,
    event,
    files,
    findings,
    key_names,
    names,
    run,
    write,
)

from interact.runtime.campaign.load import import_history
from interact.runtime.history.events import Decided
from interact.runtime.history.frames import MAGIC
from interact.runtime.history.sequences import Sequences
from interact.runtime.history.verify import verify
from interact.runtime.history.writer import open_history


def test_what_is_missing_or_there_twice_is_named_by_its_numbers(tmp_path: Path) -> None:
    write(tmp_path, [event(n) for n in range(1, 9)], segment_bytes=1)
    assert findings(tmp_path) == []
    third = next(p for p in files(tmp_path) if "0000000003" in p.name)
    data = third.read_bytes()
    third.unlink()
    (finding,) = findings(tmp_path)
    assert finding.endswith("rows are missing: 3")
    third.write_bytes(data)
    third.with_name("part-copy.parquet").write_bytes(data)
    (finding,) = findings(tmp_path)
    assert "1 rows of writer" in finding
    assert "twice" in finding
    result = run("verify", tmp_path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["findings"][0]["where"].startswith("responses/")


def test_logs_are_counted_until_they_are_files_and_damage_is_seen(tmp_path: Path) -> None:
    writer = open_history(str(tmp_path), key_names)
    writer.record([event(1), event(2)])
    report = verify(tmp_path)
    assert (sum(report.waiting.values()), report.dead, report.findings) == (2, [], [])
    (segment,) = tmp_path.glob("log/*/0*")
    data = bytearray(segment.read_bytes())
    data[len(MAGIC) + 40] ^= 1
    segment.write_bytes(data)
    assert any("bytes are damaged" in f for f in findings(tmp_path))
    assert any("rows are missing: 1" in f for f in findings(tmp_path))
    writer.close()
    assert any("a damaged log" in f for f in findings(tmp_path))


def test_rows_in_the_wrong_folder_are_found(tmp_path: Path) -> None:
    write(tmp_path, [event(1)])
    (part,) = files(tmp_path)
    moved = part.parents[1].with_name("date=2020-01-01")
    part.parents[1].rename(moved)
    (finding,) = findings(tmp_path)
    assert finding.endswith("there are rows of 2024-10-04")


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 40)), min_size=1))
def test_ranges_are_the_numbers_in_them(pairs: list[tuple[int, int]]) -> None:
    ranges = [(first, first + more) for first, more in pairs]
    told, numbers = Sequences(), {n for first, last in ranges for n in range(first, last + 1)}
    told.add_ranges({"w": ranges})
    assert {n for first, last in told.ranges("w") for n in range(first, last + 1)} == numbers
    assert told.largest("w") == max(numbers)


def test_ranges_of_many_rows_take_a_bit_each() -> None:
    tracemalloc.start()
    Sequences().add_ranges({"w": [(1, 400_000_000)]})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200_000_000


# -- retention ---------------------------------------------------------------------------------


def test_old_days_go_whole_and_are_not_missed(tmp_path: Path) -> None:
    today = int(datetime.now(UTC).timestamp() * 1e6) // DAY * DAY
    old = [event(n, at=today - n * DAY) for n in (1, 5, 8, 20)]
    write(tmp_path, old)
    result = run("compact", tmp_path, "--keep", "5 days")
    assert result.exit_code == 0
    assert "removed: 2 folders of a day and channel, 2 rows" in result.output
    assert "was not looked at" in result.output
    assert names(tmp_path) == ["e00001", "e00005"]
    assert findings(tmp_path) == []


@pytest.mark.parametrize("kind", ["duckdb", "postgresql"])
def test_what_no_import_has_seen_stays(tmp_path: Path, kind: str, postgres: Postgres) -> None:
    history = tmp_path / "h"
    url = postgres.url if kind == "postgresql" else f"duckdb:///{tmp_path / 'c.db'}"
    write(history, [event(n) for n in (1, 7)])
    import_history(str(history), url)
    write(history, [event(n) for n in (31, 37)])
    write(history, [event(n) for n in (25, 43)])
    compacted(history)
    result = run("compact", history, "--keep", 1, "--imported-to", url)
    assert "kept, as it was not imported: contacts/date=2024-10-05/channel=Website" in result.output
    assert names(history) == ["e00025", "e00031", "e00037", "e00043"]
    import_history(str(history), url)
    who: dict[str, Any] = {"channel": "Website", "audience": "Customer", "key": (1,)}
    write(history, [Decided(event="d1", at=START, **who, inputs="{}", outcome="[]")])
    run("compact", history, "--keep", 1, "--imported-to", url)
    assert names(history) == []
    assert files(history) == []  # what is not imported anywhere is not waited for
    missing = run("compact", history, "--keep", 1, "--imported-to", f"duckdb:///{tmp_path / 'no'}")
    assert (missing.exit_code, "no campaign database" in missing.output) == (2, True)


@pytest.mark.parametrize("wrong", ["soon", "-1", "90 weeks"])
def test_days_to_keep_are_days(tmp_path: Path, wrong: str) -> None:
    assert run("compact", tmp_path, f"--keep={wrong}").exit_code == 2
