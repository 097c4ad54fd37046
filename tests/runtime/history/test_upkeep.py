"""History commands: show, verify, compact and retention, on folders that others read and write."""

from __future__ import annotations

import csv
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings, strategies as st
from tests.postgres import Database as Postgres

from interact.runtime.campaign.load import import_history
from interact.runtime.cli.main import cli
from interact.runtime.errors import InteractError, OutputError
from interact.runtime.history import compact as compaction
from interact.runtime.history.compact import alone, compact
from interact.runtime.history.events import Contact, Decided, Event, Response, encode
from interact.runtime.history.exchange import can_exchange
from interact.runtime.history.frames import MAGIC, frame
from interact.runtime.history.locks import changing, reading
from interact.runtime.history.publish import publish
from interact.runtime.history.verify import verify
from interact.runtime.history.writer import open_history

ROOT = Path(__file__).parents[3]
DAY = 86_400_000_000
START = 20_000 * DAY


def key_names(audience: str) -> tuple[str, ...]:
    return ("customer_id",)


def event(number: int, **more: Any) -> Event:
    common: dict[str, Any] = {
        "event": f"e{number:05}",
        "decision": "d",
        "at": START + number * 3_600_000_000,
        "channel": "Website" if number % 2 else "Branch",
        "audience": "Customer",
        "key": (number % 7,),
        "treatment": f"t{number}",
        "offer": "Gold",
        "code": "G",
        "session": f"s{number % 5}",
        **more,
    }
    if number % 3:
        return Contact(**common, score=number / 2, rank=1)
    return Response(**common, kind="accept" if number % 2 else "asked")


def write(history: Path, events: Iterable[Event], **options: Any) -> None:
    writer = open_history(str(history), key_names, **options)
    for one in events:
        writer.record([one])
    writer.close()


def files(history: Path) -> list[Path]:
    return sorted(history.rglob("part-*.parquet"))


def names(history: Path) -> list[str]:
    tables = [t for t in ("contacts", "responses") if (history / t).is_dir()]
    return sorted(
        row["event"]
        for t in tables
        for row in ds.dataset(history / t, partitioning="hive").to_table().to_pylist()
    )


def compacted(history: Path) -> Any:
    with alone(history):
        return compact(history, 10)


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, ["history", *map(str, args)])


def findings(history: Path) -> list[str]:
    return [f"{f['where']}: {f['what']}" for f in verify(history).findings]


# -- compaction --------------------------------------------------------------------------------


def test_small_files_become_one_for_each_day_and_channel(tmp_path: Path) -> None:
    for number in range(40):
        write(tmp_path, [event(number)])
    before = {p: pq.read_table(p).to_pylist() for p in files(tmp_path)}
    report = compacted(tmp_path)
    assert (report.merged, report.rows, report.problems) == (40, 40, [])
    assert len(files(tmp_path)) == report.made == 8
    after = [row for p in files(tmp_path) for row in pq.read_table(p).to_pylist()]
    wanted = [row for rows in before.values() for row in rows]
    assert sorted(after, key=lambda r: r["event"]) == sorted(wanted, key=lambda r: r["event"])
    assert findings(tmp_path) == []
    assert compacted(tmp_path).merged == 0
    write(tmp_path, [event(n) for n in range(40, 44)])
    assert compacted(tmp_path).merged == 6
    assert names(tmp_path) == [f"e{n:05}" for n in range(44)]


def test_an_import_knows_files_by_those_they_were_merged_from(tmp_path: Path) -> None:
    history, url = tmp_path / "h", f"duckdb:///{tmp_path / 'c.db'}"
    for number in (1, 7, 13):
        write(history, [event(number)])
    import_history(str(history), url)
    compacted(history)
    again = import_history(str(history), url)
    assert (again.parts_read, again.parts_already_there) == (0, 1)
    write(history, [event(19)])
    compacted(history)
    later = import_history(str(history), url)
    assert (later.inserted["contacts"], later.already_there) == (1, 3)


def test_a_file_whose_log_is_still_there_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "log" / "dead0"
    folder.mkdir(parents=True)
    segment, data = folder / "0000000001", MAGIC + frame(encode(event(1)), 1)
    segment.write_bytes(data)
    publish(tmp_path, segment, key_names)
    write(tmp_path, [event(7)])
    folder.mkdir(exist_ok=True)
    segment.write_bytes(data)  # the process died before it was gone
    assert compacted(tmp_path).merged == 0
    write(tmp_path, [])
    assert compacted(tmp_path).merged == 2
    assert names(tmp_path) == ["e00001", "e00007"]


def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path) -> None:
    for number in (1, 7, 13):
        write(tmp_path, [event(number)])
    broken, data = files(tmp_path)[0], bytearray(files(tmp_path)[0].read_bytes())
    data[30] ^= 64
    broken.write_bytes(data)
    result = run("compact", tmp_path)
    assert (result.exit_code, broken.exists()) == (1, True)
    assert f"left alone: contacts/date=2024-10-04/channel=Website/{broken.name}" in result.output
    (finding,) = findings(tmp_path)
    assert "row group 0, column" in finding
    assert "CRC" in finding


def test_two_do_not_compact_at_once_and_readers_are_waited_for(tmp_path: Path) -> None:
    for number in (1, 7):
        write(tmp_path, [event(number)])
    with alone(tmp_path):
        assert "another process compacts" in run("compact", tmp_path).output
    with reading(tmp_path):
        result = run("compact", tmp_path, "--wait", 0)
    assert (result.exit_code, len(files(tmp_path))) == (1, 2)
    assert "is being read" in result.output
    with changing(tmp_path, 0), pytest.raises(OutputError), changing(tmp_path, 0):
        pass


@pytest.mark.parametrize("way", [["25", "3"], ["12", "5", "replace"]])
def test_killed_compaction_shows_nobody_a_row_twice_or_none(tmp_path: Path, way: list[str]) -> None:
    script = "tests/runtime/history/compacting.py"
    command = [sys.executable, str(ROOT / script), str(tmp_path / "h"), *way]
    env = {**os.environ, "PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:{ROOT}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr


class Killed(BaseException):
    """Takes the place of the end of a process."""


def dying(steps: Iterator[int], act: Callable[..., Any]) -> Callable[..., Any]:
    """Return what does the same, but dies at the step 0."""

    def acting(*args: Any, **more: Any) -> Any:
        if next(steps) == 0:
            raise Killed
        return act(*args, **more)

    return acting


@pytest.mark.parametrize("step", range(11))
def test_where_folders_cannot_be_exchanged_rows_are_there_once_at_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Files of two forms become two, so that there is a moment with one of them."""
    monkeypatch.setattr(compaction, "can_exchange", lambda folder: False)
    write(tmp_path, [event(n) for n in (1, 7, 13, 19)], segment_bytes=1)
    for number in (5, 11):
        writer = open_history(str(tmp_path), lambda level: ("id",))
        writer.record([event(number)])
        writer.close()
    wanted = names(tmp_path)
    steps = itertools.count(-step)
    with monkeypatch.context() as patch, suppress(Killed):
        for owner, name in ((os, "rename"), (os, "replace"), (Path, "unlink")):
            patch.setattr(owner, name, dying(steps, getattr(owner, name)))
        compacted(tmp_path)
    assert next(steps) == (1 if step < 10 else 0)  # it has ten steps
    shown = [json.loads(line) for line in run("show", tmp_path, "--json").stdout.splitlines()]
    assert sorted(row["event"] for row in shown) == wanted
    imported = import_history(str(tmp_path), f"duckdb:///{tmp_path / 'c.db'}")
    assert (imported.inserted["contacts"], imported.already_there) == (6, 0)
    assert findings(tmp_path) == []
    compacted(tmp_path)
    assert (names(tmp_path), len(files(tmp_path))) == (wanted, 2)
    assert not (tmp_path / ".compaction" / "pending.json").exists()


def test_an_exchange_is_tried_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert can_exchange(tmp_path)

    def refuse(*_: object) -> None:
        raise OutputError("as NFS does")

    monkeypatch.setattr("interact.runtime.history.exchange.exchange", refuse)
    assert not can_exchange(tmp_path)
    assert list(tmp_path.iterdir()) == []
    for number in (1, 7):
        write(tmp_path, [event(number)])
    assert run("compact", tmp_path).exit_code == 0
    assert len(files(tmp_path)) == 1


# -- verify ------------------------------------------------------------------------------------


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


# -- show --------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "since": st.integers(0, 60),
            "until": st.integers(0, 60),
            "channel": st.sampled_from(["website", "Branch", "none"]),
            "session": st.sampled_from(["s1", "s4", "x"]),
            "customer": st.sampled_from(["3", "customer_id=5", "99"]),
            "kind": st.sampled_from(["contact", "accept", "contact,asked", "reject"]),
            "last": st.integers(1, 60),
        },
    )
)
def test_rows_are_those_asked_for(
    shown: tuple[Path, list[Event]], asked: dict[str, int | str]
) -> None:
    history, written = shown
    moments = {k: START + int(asked[k]) * 3_600_000_000 for k in ("since", "until") if k in asked}
    told = {k: datetime.fromtimestamp(at / 1e6, UTC).isoformat() for k, at in moments.items()}
    options = [f"--{k}={v}" for k, v in {**asked, **told}.items()]
    result = run("show", history, "--json", *options)
    assert result.exit_code == 0, result.output
    wanted = [e for e in written if _is_wanted(e, asked, moments)]
    wanted = wanted[-int(asked.get("last", 1000)) :]
    found = sorted(json.loads(line)["event"] for line in result.output.splitlines())
    assert found == [e.event for e in wanted]


def _is_wanted(one: Event, asked: dict[str, Any], moments: dict[str, int]) -> bool:
    kind = one.kind if isinstance(one, Response) else "contact"
    return (
        moments.get("since", 0) <= one.at < moments.get("until", one.at + 1)
        and asked.get("channel", one.channel).lower() == one.channel.lower()
        and asked.get("session", one.session) == one.session
        and asked.get("customer", str(one.key[0])).removeprefix("customer_id=") == str(one.key[0])
        and kind in asked.get("kind", kind).split(",")
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A history with merged files, small ones, and rows in a log, one of them in a file too."""
    history = tmp_path_factory.mktemp("shown")
    written = [event(n) for n in range(60)]
    write(history, written[:20], segment_bytes=1)
    compacted(history)
    write(history, written[20:40], segment_bytes=1)
    segment = history / "log" / "dead0" / "0000000001"
    segment.parent.mkdir(parents=True)
    framed = [frame(encode(e), n) for n, e in enumerate(written[40:], 1)]
    segment.write_bytes(MAGIC + b"".join(framed[:3]))
    publish(history, segment, key_names)
    segment.write_bytes(MAGIC + b"".join(framed))
    return history, written


def test_rows_are_written_as_files(shown: tuple[Path, list[Event]], tmp_path: Path) -> None:
    history, written = shown
    for ending in ("parquet", "csv"):
        assert run("show", history, "--out", tmp_path / f"rows.{ending}").exit_code == 0
    table = pq.read_table(tmp_path / "rows.parquet")
    with open(tmp_path / "rows.csv", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert table.column_names == list(rows[0])
    assert len(table) == len(rows) == len(written)
    assert {row["kind"] for row in rows} == {"contact", "accept", "asked"}
    assert run("show", history, "--out", tmp_path / "rows.txt").exit_code == 2


def test_a_table_shows_the_latest(shown: tuple[Path, list[Event]]) -> None:
    lines = run("show", shown[0], "--last", 3).output.splitlines()
    assert lines[0].split()[:4] == ["at", "kind", "channel", "customer_id"]
    assert [line.split()[2] for line in lines[1:]] == ["accept", "contact", "contact"]


def test_no_history_is_wrong_usage(tmp_path: Path) -> None:
    for what in ("show", "verify", "compact"):
        result = run(what, tmp_path)
        assert (result.exit_code, "no history in" in result.output) == (2, True)
    write(tmp_path, [event(1)])
    assert "there are customer_id" in run("show", tmp_path, "--customer", "id=1").output


@pytest.mark.parametrize("in_log", [True, False])
def test_what_no_row_can_be_is_wrong_usage(tmp_path: Path, in_log: bool) -> None:
    writer = open_history(str(tmp_path), key_names)
    writer.record([event(1), event(6)])
    if not in_log:
        writer.close()

    def wrong(*options: str) -> str:
        result = run("show", tmp_path, *options)
        assert result.exit_code == 2, result.output
        return result.output

    assert "no row is of the kind foo" in wrong("--kind", "contact,foo")
    assert "asked" in wrong("--kind", "foo").partition("there are")[2]
    assert "customer_id is a whole number, and x7 is not" in wrong("--customer", "x7")
    assert "is a whole number" in wrong("--customer", f"customer_id={1 << 63}")
    for options in (["--kind", "asked"], ["--kind", "met"], ["--customer", "8"]):
        assert run("show", tmp_path, *options).exit_code == 0


def test_a_key_that_is_a_text_may_be_any(tmp_path: Path) -> None:
    write(tmp_path, [event(1, key=("x8",))])
    shown = run("show", tmp_path, "--customer", "x7")
    assert (shown.exit_code, "no such rows" in shown.output) == (0, True)


def test_a_key_of_several_parts_is_asked_for_part_by_part(tmp_path: Path) -> None:
    keys = ((1, 2), (2, 1), (1, 1))

    def found(*parts: str) -> list[tuple[int, int]]:
        options = [word for part in parts for word in ("--customer", part)]
        told = map(json.loads, run("show", tmp_path, "--json", *options).stdout.splitlines())
        return sorted((row["shop"], row["number"]) for row in told)

    def check(times: int) -> None:
        assert found("shop=1", "number=2") == [(1, 2)] * times
        assert found("shop=2") == [(2, 1)] * times
        assert found("1", "2") == sorted([(1, 2), (2, 1)] * times)
        assert found("number=3", "shop=1") == []

    for first in (0, 3):
        writer = open_history(str(tmp_path), lambda audience: ("shop", "number"))
        for number, key in enumerate(keys, first):
            writer.record([event(number, key=key)])
        check(2 if first else 1)  # all of them in a log, then half
        writer.close()
        check(2 if first else 1)


def test_rows_are_named_by_who_wrote_them(tmp_path: Path) -> None:
    """A killed writer's rows keep their key columns, whatever the next one serves."""
    writer = open_history(str(tmp_path), lambda level: ("number",))
    writer.record([event(1, key=(7,)), event(5, key=())])
    wrong = run("show", tmp_path, "--customer", "other=7")
    assert (wrong.exit_code, "no key column other" in wrong.output) == (2, True)
    told = [json.loads(line) for line in run("show", tmp_path, "--json").stdout.splitlines()]
    assert [row.get("number") for row in told] == [7, None]
    log = tmp_path / "log"
    shutil.copytree(log / writer.writer, log / "dead0")
    os.truncate(log / writer.writer / "0000000001", 0)

    def unknown(level: str) -> tuple[str, ...]:
        raise InteractError(f"{level} is not served")

    following = open_history(str(tmp_path), unknown)
    assert following.recovered == 2
    following.record([event(3, key=(8,))])  # without names, and yet kept
    (part,) = tmp_path.glob("contacts/*/*/*dead0*")
    assert pq.read_table(part)["number"].to_pylist() == [7, None]
    assert run("verify", tmp_path).exit_code == 0
    following.close()
    writer.close()
    assert not (log / "dead0").exists()
