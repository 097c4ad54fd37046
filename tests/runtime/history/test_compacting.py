"""Many small files become one, while others read and write, and whoever is killed."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.runtime.history.keeping import (
    ROOT,
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
from interact.runtime.errors import OutputError
from interact.runtime.history import compact as compaction
from interact.runtime.history.compact import alone
from interact.runtime.history.events import encode
from interact.runtime.history.exchange import can_exchange
from interact.runtime.history.frames import MAGIC, frame
from interact.runtime.history.locks import changing, reading
from interact.runtime.history.publish import publish
from interact.runtime.history.writer import open_history


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
