"""Files, folders, globs and formats, whole and broken."""

from __future__ import annotations

import datetime as dt
import doctest
import gzip
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from interact.runtime.batch import source as source_module
from interact.runtime.batch.adapt import adapt
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import (
    BATCH_ROWS,
    PART_ROWS,
    Source,
    batch_rows,
    open_source,
    rebatch,
)
from interact.runtime.errors import DataError, InteractError, SchemaError, UsageError
from interact.stdlib.types import BOOL, DATE, DURATION, FLOAT, INT, TEXT, TIMESTAMP, decimal

ID = Needed("id", "id", INT)
COLOUR = Needed("colour", "colour", TEXT)


def rows(source: Source) -> list[dict[str, Any]]:
    return [row for task in source.tasks for b in source.read(task) for row in b.to_pylist()]


def ids(source: Source) -> list[int]:
    return [row["id"] for row in rows(source)]


def test_row_groups_are_gathered_into_tasks(parquet: Callable[..., str]) -> None:
    group = PART_ROWS // 3
    source = open_source(parquet("a.parquet", 4 * group, group=group))
    assert [(t.first_group, t.last_group, t.rows) for t in source.tasks] == [
        (0, 2, 3 * group),
        (3, 3, group),
    ]
    sizes = [b.num_rows for b in source.read(source.tasks[0])]
    assert sizes[:-1] == [BATCH_ROWS] * (len(sizes) - 1)
    assert sum(sizes) == 3 * group
    assert source.rows == 4 * group


def test_batches_of_very_many_columns_have_fewer_customers(tmp_path: Path) -> None:
    assert doctest.testmod(source_module).failed == 0
    columns = {f"c{i}": pa.array(range(40_000)) for i in range(10)}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=10_000)
    needed = [Needed(f"c{i % 10}", f"c{i % 10}", INT) for i in range(1000)]
    source = open_source(str(tmp_path / "a.parquet"), list(columns), needed=needed)
    sizes = [[b.num_rows for b in source.read(task)] for task in source.tasks]
    assert sizes == [[8192, 8192, 8192, 5424], [8192, 1808]]
    row = Needed("m", "m", fields=(ID, COLOUR) * 50)
    assert [batch_rows([row] * n) for n in (0, 1, 2)] == [BATCH_ROWS, BATCH_ROWS // 2, 32_768]


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.arrow"])
@pytest.mark.parametrize("when", ["before", "while"])
def test_a_file_that_is_written_while_it_is_read_is_an_error(
    name: str, when: str, tmp_path: Path, make_customers: Any
) -> None:
    path, table = tmp_path / name, make_customers(2000)

    def write(path: Path, table: pa.Table) -> None:
        if name == "a.arrow":
            with pa.ipc.new_file(str(path), table.schema) as writer:
                writer.write_table(table)
        else:
            (pq.write_table if name == "a.parquet" else pa.csv.write_csv)(table, path)

    write(path, table)
    source = open_source(str(path), needed=[ID, COLOUR])
    other = tmp_path / "other"
    write(other, table.slice(1))
    batches = source.read(source.tasks[0])
    if when == "while":
        assert next(batches).num_rows == 2000
    other.replace(path)
    with pytest.raises(DataError, match=f"{name} was written while it was read"):
        list(batches)


def test_only_needed_columns_are_read(parquet: Callable[..., str]) -> None:
    source = open_source(parquet("a.parquet", 5), needed=[ID, COLOUR])
    assert rows(source)[:2] == [{"id": 0, "colour": "red"}, {"id": 1, "colour": "green"}]
    assert [f.name for f in next(source.read(source.tasks[0])).schema] == ["id", "colour"]


def test_a_folder_is_searched_and_sorted(tmp_path: Path, parquet: Callable[..., str]) -> None:
    parquet("data/b/x.parquet", 2, start=20)
    parquet("data/a/y.parquet", 2, start=10)
    parquet("data/.hidden/z.parquet", 2)
    parquet("data/_temporary/z.parquet", 2)
    (tmp_path / "data/_SUCCESS").write_text("")
    (tmp_path / "data/notes.txt").write_text("not data")
    assert ids(open_source(str(tmp_path / "data"))) == [10, 11, 20, 21]
    assert ids(open_source(str(tmp_path / "data/**/*.parquet"))) == [10, 11, 20, 21]
    assert ids(open_source(str(tmp_path / "data"), limit=3)) == [10, 11, 20]
    assert open_source(str(tmp_path / "data"), limit=3).rows == 3
    assert ids(open_source(str(tmp_path / "data"), limit=0)) == []


def test_fields_of_rows_are_read_alone(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "m": [[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], []]})
    pq.write_table(table, tmp_path / "a.parquet")
    need = Needed("m", "m", fields=(Needed("b", "b", TEXT),))
    source = open_source(str(tmp_path / "a.parquet"), needed=[ID, need])
    assert rows(source) == [{"id": 1, "m": [{"b": "x"}, {"b": "y"}]}, {"id": 2, "m": []}]
    counted = open_source(str(tmp_path / "a.parquet"), needed=[ID, Needed("m", "m", many=True)])
    (read,) = counted.read(counted.tasks[0])
    assert read.column("m").type.value_type.names == ["a"]
    batch = adapt(read, [Needed("m", "m", many=True)])
    assert batch.rows["m"].offsets.tolist() == [0, 2, 2]


@pytest.mark.parametrize("name", ["a.arrow", "a.feather", "a.arrows", "stream.arrow"])
def test_arrow_files_and_streams(name: str, tmp_path: Path, make_customers: Any) -> None:
    table = make_customers(5000)
    is_stream = name in ("a.arrows", "stream.arrow")
    opened = pa.ipc.new_stream if is_stream else pa.ipc.new_file
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with opened(str(tmp_path / name), table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=700)
    source = open_source(str(tmp_path / name), needed=[COLOUR, ID])
    assert source.rows == (None if is_stream else 5000)
    assert ids(source) == list(range(5000))
    assert ids(open_source(str(tmp_path / name), ["id"], limit=1500)) == list(range(1500))


CSV = """id;name;when;day;span;good;money;rate
1;"";2026-01-01 10:00;2026-02-03;1.5;yes;10.005;1e3
2;;2026-01-01T10:00:00+02:00;;;F;-3;NaN
3;NULL;2026-01-01;1969-12-31;-2;0;;
4;"a;
b";;;;;;
"""
CSV_NEEDED = [
    ID,
    Needed("name", "name", TEXT),
    Needed("when", "when", TIMESTAMP),
    Needed("day", "day", DATE),
    Needed("span", "span", DURATION),
    Needed("good", "good", BOOL),
    Needed("money", "money", decimal(2)),
    Needed("rate", "rate", FLOAT),
]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV.GZ"])
def test_csv_is_read_as_the_needed_types(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    text = ("\ufeff" + CSV).encode()
    path.write_bytes(text if name == "a.csv" else gzip.compress(text, mtime=0))
    found = rows(open_source(str(path), needed=CSV_NEEDED))
    assert [row["name"] for row in found] == ["", None, None, "a;\nb"]
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    hours = [None if row["when"] is None else row["when"] - at for row in found]
    assert hours == [dt.timedelta(hours=10), dt.timedelta(hours=8), dt.timedelta(0), None]
    assert [row["day"] for row in found][:3] == [dt.date(2026, 2, 3), None, dt.date(1969, 12, 31)]
    assert found[0]["span"] == dt.timedelta(seconds=1.5)
    assert [row["good"] for row in found] == [True, False, False, None]
    assert [row["money"] for row in found] == [Decimal("10.005"), -3, None, None]
    assert found[0]["rate"] == 1000.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,colour\n1,a\nx,b\n", "{file}, line 3, column `id`: 'x' is not an int"),
        ("id,colour\n1,a\n2\n", "{file}, line 3: 1 fields, and the header names 2 columns"),
        ("", "{file} is empty; its first line should name the columns"),
        ("id,colours\n", "{file} does not hold what the strategy reads"),
    ],
)
def test_csv_errors_say_where(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        rows(open_source(str(path), needed=[ID, COLOUR]))
    assert caught.value.message.startswith(message.format(file=path))


def test_csv_times_may_be_finer_than_theirs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,when,span\n1,2026-01-01T10:00:00.123456789Z,1.0000006\n2,,-0.0000005\n")
    found = rows(open_source(str(path), needed=[ID, CSV_NEEDED[2], CSV_NEEDED[4]]))
    assert found[0]["when"] == dt.datetime(2026, 1, 1, 10, 0, 0, 123456, dt.UTC)
    assert [row["span"] / dt.timedelta(microseconds=1) for row in found] == [1_000_001, -1]


def test_a_time_that_is_none_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,when\n1,2026-01-01\n2,soon\n")
    with pytest.raises(DataError, match=r"line 3, column `when`: 'soon' is not a timestamp"):
        rows(open_source(str(path), needed=[ID, CSV_NEEDED[2]]))


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_csv_header_alone_is_no_customers(end: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,colour" + end)
    source = open_source(str(path), needed=[ID, COLOUR])
    (batch,) = source.read(source.tasks[0])
    assert batch.num_rows == 0


def broken(path: Path, name: str, content: bytes) -> str:
    (path / name).write_bytes(content)
    return str(path / name)


def test_files_that_are_not_there_or_not_data(tmp_path: Path, parquet: Any) -> None:
    whole = Path(parquet("whole.parquet", 5000)).read_bytes()
    cases: list[tuple[str, type[InteractError], str]] = [
        (str(tmp_path / "no.parquet"), UsageError, "no such file or folder"),
        (str(tmp_path / "*.nothing"), UsageError, "there are no customer files in"),
        (broken(tmp_path, "a.bin", b"something"), UsageError, "cannot tell the format of"),
        (broken(tmp_path, "a.parquet", b"PAR1 no"), DataError, "is not a Parquet file"),
        (broken(tmp_path, "b.parquet", whole[:-50]), DataError, "its end is missing"),
        (broken(tmp_path, "a.arrow", b"ARROW1 no"), DataError, "cannot read"),
    ]
    for path, kind, message in cases:
        with pytest.raises(kind, match=message) as caught:
            open_source(path)
        assert "\n" not in caught.value.message
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="there are no customer files"):
        open_source(str(tmp_path / "empty"))


def test_damaged_pages_are_an_error(tmp_path: Path, make_customers: Any) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(make_customers(5000), path, write_page_checksum=True, compression="none")
    data = bytearray(path.read_bytes())
    data[1000:1010] = b"0123456789"
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"cannot read .*a\.parquet"):
        rows(open_source(str(path)))


def test_files_of_one_run_need_types_that_serve(tmp_path: Path, parquet: Any) -> None:
    parquet("data/a.parquet", 5)
    other = pa.table({"id": pa.array([1], pa.int32()), "colour": ["red"]})
    pq.write_table(other, tmp_path / "data/b.parquet")
    assert len(rows(open_source(str(tmp_path / "data"), needed=[ID]))) == 6
    pq.write_table(pa.table({"id": ["one"], "colour": ["red"]}), tmp_path / "data/c.parquet")
    with pytest.raises(SchemaError, match=r"c\.parquet does not hold .*\n.* is string"):
        open_source(str(tmp_path / "data"), needed=[ID])
    assert len(rows(open_source(str(tmp_path / "data"), needed=[COLOUR]))) == 7
    with pytest.raises(SchemaError, match=r"b\.parquet has no column `balance`"):
        open_source(str(tmp_path / "data"), ["balance"])


def test_files_of_one_run_need_one_format(tmp_path: Path, parquet: Any) -> None:
    parquet("data/a.parquet", 5)
    (tmp_path / "data/b.csv").write_text("id\n1\n")
    with pytest.raises(UsageError, match="several formats"):
        open_source(str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"id,colour\n1,a\n\n\n+3,b\n", "line 5, column `id`: '+3' is not an int"),
        (b"\n\r\nid,colour\n1,a\n+3,b\n", "line 5, column `id`: '+3' is not an int"),
        (b'id,colour\n1,"a\n\nb"\nx,b\n', "line 5, column `id`: 'x' is not an int"),
        (b"id,colour\n1,Andr\xe9\n", "line 2, column `colour`: the text is not UTF-8"),
    ],
)
def test_csv_errors_count_lines_as_editors_do(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(text)
    with pytest.raises(DataError) as raised:
        rows(open_source(str(tmp_path / "a.csv"), needed=[ID, COLOUR]))
    assert said in raised.value.message


def test_rebatch_keeps_rows_and_order() -> None:
    table = pa.table({"a": list(range(1000))})
    for size in (1, 7, 64, 333, 1000, 5000):
        batches = table.to_batches(max_chunksize=37)
        sizes = [b.num_rows for b in rebatch(batches, size)]
        assert sizes == [size] * (1000 // size) + [1000 % size] * (1000 % size > 0)
        joined = pa.Table.from_batches(rebatch(batches, size))
        assert joined["a"].to_pylist() == list(range(1000))


@pytest.mark.parametrize(
    ("column", "value", "help"),
    [
        ("id", "+3", "write it without a plus sign: 3"),
        ("id", "3.0", "write a whole number, or declare the attribute as decimal(2) or float"),
        ("id", "99999999999999999999", "whole numbers have 64 bits; declare the attribute as text"),
        ("id", '"1,000"', "write it without separators: 1000"),
        ("money", '"12,50"', "write decimals with a point"),
        ("money", '"1,000.50"', "write it without separators: 1000.50"),
        ("money", "€100", "write the number alone: 100"),
        ("money", "1e40", "declare the attribute as a float"),
        ("money", "9" * 45, "declare the attribute as a float"),
        ("money", "1" * 35, "round it, or declare the attribute as a float"),
        ("id", '""', "leave the quotes out where there is no value"),
        ("span", "99999999999999", "about 292,000 years fit"),
        ("money", "n/a", "leave the field empty where there is no value"),
        ("good", "ja", "write true or false, or 1 or 0"),
        ("good", " true", "remove the blanks around the value"),
        ("money", "100 EUR", "write the number alone: 100"),
        ("day", "2026-02-30", "there is no such day"),
        ("day", "01.02.2026", "write dates as 2026-01-31"),
        ("when", "noon", "write times as 2026-01-31T12:30:00, with a zone such as Z if not in UTC"),
    ],
)
def test_csv_errors_say_what_to_write(column: str, value: str, help: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{column},more\n{value},\n", encoding="utf-8")
    needed = [need for need in CSV_NEEDED if need.column == column]
    with pytest.raises(DataError) as raised:
        rows(open_source(str(tmp_path / "a.csv"), needed=needed))
    assert raised.value.help == help
    assert f"line 2, column `{column}`: " in raised.value.message


def test_lines_of_compressed_files_are_counted_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id,colour\n1,a\n\nx,b\n", mtime=0))
    with pytest.raises(DataError, match="line 4, column `id`: 'x' is not an int"):
        rows(open_source(str(tmp_path / "a.csv.gz"), needed=[ID, COLOUR]))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PAR1\x15\x04", "is a Parquet file"),
        ("id,colour\n1,a\n".encode("utf-16"), "is a text in UTF-16"),
        (gzip.compress(b"id,colour\n1,a\n", mtime=0), "is compressed by gzip"),
        (b"id,colour,id\n1,a,1\n", "column `id` is there 2 times"),
    ],
)
def test_what_is_no_csv_file_is_named(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(DataError, match=said):
        open_source(str(tmp_path / "a.csv"), needed=[ID, COLOUR])


def test_results_are_not_customers_for_a_glob_either(tmp_path: Path, parquet: Any) -> None:
    parquet("data/a.parquet", 5)
    parquet("data/out/offers/part-00000.parquet", 5)
    (tmp_path / "data/out/run.json").write_text("{}")
    whole = open_source(str(tmp_path / "data/**/*.parquet"))
    assert [task.file for task in whole.tasks] == [str(tmp_path / "data/a.parquet")]
    meant = open_source(str(tmp_path / "data/out/offers/*.parquet"))
    assert meant.rows == 5
    with pytest.raises(UsageError, match="is the result of a run, not customers"):
        open_source(str(tmp_path / "data/out"))


def test_rows_are_not_read_from_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,accounts\n1,x\n")
    accounts = Needed("accounts", "accounts", many=True)
    with pytest.raises(SchemaError, match="the rows of `accounts`, and CSV files cannot hold rows"):
        open_source(str(tmp_path / "a.csv"), needed=[ID, accounts])
