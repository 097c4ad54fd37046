"""Output folders: what appears, what is refused, what a failure leaves."""

from __future__ import annotations

import ctypes
import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from interact.runtime.batch.sink import Part, Sink
from interact.runtime.batch.sink_format import OutputFormat
from interact.runtime.errors import OutputError, UsageError

TEXTS = pa.dictionary(pa.int32(), pa.string())


def table(*texts: str | None) -> pa.Table:
    coded = pa.array(texts, pa.string()).dictionary_encode()
    return pa.table({"id": list(range(len(texts))), "text": coded})


def write(sink: Sink, *tables: pa.Table, task: int = 0) -> None:
    with sink.part(task) as part:
        for one in tables:
            part.write("offers", one)


def names(folder: Path) -> list[str]:
    found = [p.relative_to(folder) for p in folder.rglob("*")]
    return sorted(p.as_posix() for p in found if not (folder / p).is_dir())


def run(place: Path, text: str = "a", **options: Any) -> None:
    with Sink(str(place), **options) as sink:
        write(sink, table(text))
        sink.commit({"run": text})


def test_nothing_is_there_before_commit_and_all_after(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "out"
    with Sink(str(place)) as sink:
        write(sink, table("a"), task=7)
        assert not place.exists()
        sink.commit({"customers": 1})
    assert names(place) == ["offers/part-00007.parquet", "run.json"]
    assert names(place.parent) == [f"out/{name}" for name in names(place)]
    assert json.loads((place / "run.json").read_text()) == {"customers": 1}
    umask = os.umask(0)
    os.umask(umask)
    assert place.stat().st_mode & 0o777 == 0o777 & ~umask


def test_without_commit_nothing_remains(tmp_path: Path) -> None:
    with Sink(str(tmp_path / "out")) as sink:
        write(sink, table("a"))
    assert names(tmp_path) == []
    with pytest.raises(RuntimeError), Sink(str(tmp_path / "out")) as sink:
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_taken_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "out"
    run(place)
    with pytest.raises(UsageError, match="already holds a run"):
        run(place)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        run(tmp_path / "file")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/precious").write_text("")
    for overwrite in (False, True):
        with pytest.raises(UsageError, match="holds other files"):
            run(tmp_path / "other", overwrite=overwrite)


@pytest.mark.parametrize("way", ["exchange", "renames", "inside"])
def test_a_former_run_is_replaced_at_the_end(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "renames":
        monkeypatch.setattr(ctypes, "CDLL", lambda *a, **k: object())
    if way == "inside":
        monkeypatch.setattr(os.path, "ismount", lambda path: True)
    place = tmp_path / "out"
    run(place, "old")
    with Sink(str(place), overwrite=True) as sink:
        write(sink, table("new"), task=3)
        assert json.loads((place / "run.json").read_text()) == {"run": "old"}
        sink.commit({"run": "new"})
    assert names(tmp_path) == ["out/offers/part-00003.parquet", "out/run.json"]
    assert json.loads((place / "run.json").read_text()) == {"run": "new"}


def test_an_empty_folder_is_filled_where_it_is(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    inode = place.stat().st_ino
    run(place)
    assert place.stat().st_ino == inode
    assert names(place) == ["offers/part-00000.parquet", "run.json"]


def write_and_fail(part: Part) -> None:
    part.write("offers", table("a"))
    raise TypeError


def test_a_failed_part_has_no_name(tmp_path: Path) -> None:
    with Sink(str(tmp_path / "out")) as sink:
        assert sink.staging is not None
        folder = Path(sink.staging.folder)
        with pytest.raises(TypeError), sink.part(0) as part:
            write_and_fail(part)
        assert not any(name.startswith("offers/part") for name in names(folder))


class Full:
    """A file on a disk that is full after ``room`` bytes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.closed = False

    def write(self, data: Any) -> int:
        self.room -= len(memoryview(data).cast("B"))
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def full(room: int) -> Any:
    return pa.PythonFile(Full(room), mode="w")


@pytest.mark.parametrize("format", OutputFormat)
@pytest.mark.parametrize("room", [0, 2000])
def test_a_full_disk_is_one_clear_error(format: OutputFormat, room: int, tmp_path: Path) -> None:
    rows = pa.table({"id": np.random.default_rng(0).random(10_000)})
    sink = Sink(str(tmp_path / "out"), format, open_file=lambda path: full(room))
    with (
        pytest.raises(OutputError, match=r"out/offers/part-00000\..*: No space left") as caught,
        sink,
    ):
        write(sink, rows)
    assert "\n" not in caught.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_device_is_one_clear_error(tmp_path: Path) -> None:
    sink = Sink(str(tmp_path / "out"), open_file=lambda path: pa.OSFile("/dev/full", "wb"))
    with pytest.raises(OutputError, match="No space left"), sink:
        write(sink, pa.table({"id": list(range(100_000))}))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write to"):
        run(tmp_path / "file" / "out")


READERS = {
    OutputFormat.PARQUET: pq.read_table,
    OutputFormat.ARROW: lambda path: pa.ipc.open_file(str(path)).read_all(),
    OutputFormat.CSV: pa.csv.read_csv,
}


@pytest.mark.parametrize("format", OutputFormat)
def test_every_format_keeps_the_rows(format: OutputFormat, tmp_path: Path) -> None:
    place = tmp_path / "out"
    with Sink(str(place), format, looked_up=["id"]) as sink:
        write(sink, table("a", "b"), table("b", "a", "c"), table(), table("d", "c"))
        sink.commit({})
    found = READERS[format](place / "offers" / f"part-00000.{format}")
    assert found["text"].to_pylist() == ["a", "b", "b", "a", "c", "d", "c"]
    assert found["id"].to_pylist() == [0, 1, 0, 1, 2, 0, 1]


def test_csv_has_no_day_that_a_text_cannot_say(tmp_path: Path) -> None:
    days = pa.array([2**31 - 1, 0, None, 2_932_896, 2_932_897], pa.int32()).cast(pa.date32())
    times = pa.array([2**63 - 1, -1, None, -(2**63), 0]).cast(pa.timestamp("us", "UTC"))
    with Sink(str(tmp_path / "out"), OutputFormat.CSV) as sink:
        write(sink, pa.table({"id": range(5), "day": days, "at": times}))
        sink.commit({})
    assert (tmp_path / "out/offers/part-00000.csv").read_text().splitlines()[1:] == [
        "0,,",
        "1,1970-01-01,1969-12-31 23:59:59.999999Z",
        "2,,",
        "3,9999-12-31,",
        "4,,1970-01-01 00:00:00.000000Z",
    ]


def test_nulls_in_grown_dictionaries_stay(tmp_path: Path) -> None:
    with Sink(str(tmp_path / "out"), OutputFormat.ARROW) as sink:
        write(sink, table("a", None), table(None, "b", "a"))
        sink.commit({})
    found = READERS[OutputFormat.ARROW](tmp_path / "out/offers/part-00000.arrow")
    assert found["text"].to_pylist() == ["a", None, None, "b", "a"]


def test_what_dead_runs_left_is_cleared_but_not_living_ones(tmp_path: Path) -> None:
    dead = tmp_path / ".out.run-dead"
    dead.mkdir()
    (dead / ".lock").write_text("")
    with Sink(str(tmp_path / "out")) as living:
        assert not dead.exists()
        run(tmp_path / "out")
        assert living.staging is not None
        assert os.path.exists(living.staging.folder)


def test_a_place_taken_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    with Sink(str(tmp_path / "out")) as sink:
        write(sink, table("late"))
        run(tmp_path / "out", "early")
        with pytest.raises(UsageError, match="already holds a run"):
            sink.commit({"run": "late"})
    assert json.loads((tmp_path / "out/run.json").read_text()) == {"run": "early"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
