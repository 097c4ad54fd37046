"""Whole jobs: the same bytes from any number of threads, failures, and what a kill leaves."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interact.runtime.batch import feed
from interact.runtime.batch.job import JobReport, run_job
from interact.runtime.batch.keys import KeyCounter
from interact.runtime.batch.sink import Sink
from interact.runtime.batch.source import BATCH_ROWS, PART_ROWS, open_source
from interact.runtime.errors import DataError, OutputError


def job(path: str, out: Path, scorer: Any, **options: Any) -> JobReport:
    with Sink(str(out), overwrite=True, looked_up=["id"]) as sink:
        report = run_job(open_source(path), scorer, sink, **options)
        sink.commit({"customers": report.customers})
    return report


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*.parquet"))
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


@pytest.mark.parametrize("group", [100_000, 3 * PART_ROWS], ids=["groups", "one huge group"])
def test_any_number_of_threads_writes_the_same(
    group: int, tmp_path: Path, parquet: Any, scorer: Any
) -> None:
    count = 2 * PART_ROWS + BATCH_ROWS + 5
    path = parquet("in.parquet", count, group=group)
    found = []
    for threads in (1, 2, 5):
        report = job(path, tmp_path / "out", scorer, threads=threads)
        assert report.customers == report.report.customers == count
        assert report.rows == {"offers": 3 * count, "segments": count}
        found.append((digests(tmp_path / "out"), report.report.firsts, report.parts))
    assert found[0] == found[1] == found[2]
    assert list(found[0][1]) == sorted(found[0][1])
    segments = pq.read_table(tmp_path / "out/segments", columns=["id"])["id"]
    assert segments.to_numpy().tolist() == list(range(count))


def test_one_huge_group_becomes_several_parts(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    path = parquet("in.parquet", PART_ROWS + 1, group=2 * PART_ROWS)
    assert job(path, tmp_path / "out", scorer, threads=2).parts == 2
    assert [name for name in digests(tmp_path / "out") if name.startswith("offers")] == [
        "offers/part-00000.parquet",
        "offers/part-00000_0001.parquet",
    ]


def test_no_customers_make_empty_tables(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    report = job(parquet("in.parquet", 0), tmp_path / "out", scorer)
    assert (report.customers, report.rows) == (0, {"offers": 0, "segments": 0})
    assert pq.read_table(tmp_path / "out/offers/part-00000.parquet").num_rows == 0


def test_many_small_files(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    for i in range(20):
        parquet(f"in/{i:02}.parquet", 50, start=50 * i)
    report = job(str(tmp_path / "in"), tmp_path / "out", scorer, threads=3)
    assert (report.customers, report.parts) == (1000, 20)
    assert report.report.firsts == tuple(range(0, 1000, 50))


def test_progress_counts_up_to_all(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    told: list[int] = []
    path = parquet("in.parquet", 3 * BATCH_ROWS, group=BATCH_ROWS)
    job(path, tmp_path / "out", scorer, threads=2, progress=told.append)
    assert told == [BATCH_ROWS, 2 * BATCH_ROWS, 3 * BATCH_ROWS]


def test_keys_are_looked_at(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    parquet("in/a.parquet", 500)
    parquet("in/b.parquet", 500, start=400)
    report = job(str(tmp_path / "in"), tmp_path / "out", scorer, keys=KeyCounter("id"))
    assert report.keys is not None
    assert (report.keys.nulls, report.keys.duplicates, report.keys.exact) == (0, 100, True)
    keys = KeyCounter("id", refuse_duplicates=True)
    with pytest.raises(DataError, match="100 customers have a `id` that another one has"):
        job(str(tmp_path / "in"), tmp_path / "out", scorer, keys=keys)


def test_the_first_failure_stops_the_others(tmp_path: Path, parquet: Any, make_scorer: Any) -> None:
    seen: list[int] = []

    def fail_at_third(batch: Any) -> None:
        seen.append(batch["id"][0].as_py())
        if seen[-1] == 2 * BATCH_ROWS:
            raise ZeroDivisionError("third")
        time.sleep(0.05)

    path = parquet("in.parquet", 20 * BATCH_ROWS, group=BATCH_ROWS)
    with pytest.raises(ZeroDivisionError, match="third"):
        job(path, tmp_path / "out", make_scorer(0, fail_at_third), threads=2)
    assert len(seen) < 8
    assert not (tmp_path / "out").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.parquet"]


def test_a_broken_file_fails_the_job(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    path = Path(parquet("in.parquet", 50_000, group=10_000))
    data = bytearray(path.read_bytes())
    data[100:2000] = bytes(1900)
    path.write_bytes(data)
    source = open_source(str(path))
    with Sink(str(tmp_path / "out")) as sink, pytest.raises(DataError, match="cannot read"):
        run_job(source, scorer, sink, 2)


def test_a_full_disk_fails_the_job(tmp_path: Path, parquet: Any, scorer: Any) -> None:
    source = open_source(parquet("in.parquet", 50_000))
    sink = Sink(str(tmp_path / "out"), open_file=lambda path: pa.OSFile("/dev/full", "wb"))
    with pytest.raises(OutputError, match="No space left"), sink:
        run_job(source, scorer, sink, 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.parquet"]


def test_workers_share_a_stream_without_losing_batches() -> None:
    class Endless:
        tasks = ("only",)

        def read(self, task: Any) -> Any:
            return iter(range(50))

    shared = feed.Feed(Endless())  # type: ignore[arg-type]
    found: dict[int, list[int]] = {}

    def work() -> None:
        piece = None
        while (piece := shared.take(piece)) is not None:
            found[piece.number] = []
            for batch in piece:
                found[piece.number].append(batch)
                time.sleep(0.001)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [batch for _, batches in sorted(found.items()) for batch in batches] == list(range(50))
    assert {len(batches) for number, batches in found.items() if number < 12} == {4}


SLOW = """
import os, sys, time
sys.path.insert(0, {here!r})
from conftest import StubScorer
from interact.runtime.batch.job import run_job
from interact.runtime.batch.sink import Sink
from interact.runtime.batch.source import open_source

def slow(batch):
    os.write(1, b"batch\\n")
    time.sleep(0.15)

try:
    with Sink({out!r}, overwrite=True) as sink:
        run_job(open_source({path!r}), StubScorer(1, slow), sink, 2)
        sink.commit({{"run": "slow"}})
except KeyboardInterrupt:
    sys.exit(130)
"""


def start_slow_job(path: str, out: Path) -> subprocess.Popen[str]:
    """Start a job that takes seconds, and wait until it has scored some batches."""
    code = SLOW.format(here=str(Path(__file__).parent), out=str(out), path=path)
    started = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    for _ in range(8):
        assert started.stdout.readline() == "batch\n"
    return started


@pytest.mark.parametrize("former", [False, True], ids=["new", "over a former run"])
def test_a_killed_job_leaves_no_result_and_the_next_one_clears_up(
    former: bool, tmp_path: Path, parquet: Any, scorer: Any
) -> None:
    path = parquet("in.parquet", 40 * BATCH_ROWS, group=BATCH_ROWS)
    small = parquet("small.parquet", 100)
    out = tmp_path / "place" / "out"
    if former:
        job(small, out, scorer)
        before = digests(out)
    started = start_slow_job(path, out)
    started.send_signal(signal.SIGKILL)
    started.communicate()
    (left,) = [p for p in out.parent.iterdir() if p.name != "out"]
    assert left.name.startswith(".out.run-")
    for file in left.rglob("part-*"):
        pq.read_metadata(file)  # what has its name is whole
    assert digests(out) == before if former else not out.exists()
    job(small, out, scorer)
    assert [p.name for p in out.parent.iterdir()] == ["out"]
    assert json.loads((out / "run.json").read_text()) == {"customers": 100}


def test_ctrl_c_stops_soon_and_leaves_nothing(tmp_path: Path, parquet: Any) -> None:
    path = parquet("in.parquet", 40 * BATCH_ROWS, group=BATCH_ROWS)
    out = tmp_path / "place" / "out"
    started = start_slow_job(path, out)
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=120)
    assert started.returncode == 130
    assert list(out.parent.iterdir()) == []


MEMORY = """
import re, sys
sys.path.insert(0, {here!r})
from conftest import StubScorer
from interact.runtime.batch.job import run_job
from interact.runtime.batch.sink import Sink
from interact.runtime.batch.source import open_source

with Sink({out!r}) as sink:
    report = run_job(open_source({path!r}), StubScorer(2), sink, 2)
    sink.commit({{}})
# Not ru_maxrss: that begins with what the parent had when it forked.
peak = re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())
print(report.customers, int(peak[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("groups", ["many", "one"])
def test_memory_is_bounded_whatever_the_file(groups: str, tmp_path: Path) -> None:
    count = 5_000_000
    path, out = tmp_path / "in.parquet", tmp_path / "out"
    wide = {f"c{i}": pa.array(range(i, i + BATCH_ROWS), pa.int64()) for i in range(8)}
    block = pa.table({"id": pa.array(range(BATCH_ROWS), pa.int64()), **wide})
    whole = pa.concat_tables([block] * (count // BATCH_ROWS + 1)).slice(0, count)
    pq.write_table(
        whole, path, row_group_size=count if groups == "one" else BATCH_ROWS,
        use_dictionary=False, compression="none",
    )  # fmt: skip
    assert os.path.getsize(path) > 350_000_000
    code = MEMORY.format(here=str(Path(__file__).parent), out=str(out), path=str(path))
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert printed.returncode == 0, printed.stderr
    customers, megabytes = map(int, printed.stdout.split())
    assert customers == count
    assert megabytes < 600
