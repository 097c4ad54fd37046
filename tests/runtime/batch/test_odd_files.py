"""Files of customers whose columns come in forms that Arrow itself can do little with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from interact.compiler.columnar.batch import Batch
from interact.runtime.batch.adapt import adapt
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import Source, open_source
from interact.runtime.errors import DataError
from interact.stdlib.types import INT, TEXT

NEEDED = [
    Needed("id", "id", INT),
    Needed("city", "city", TEXT),
    Needed("visits", "visits", fields=(Needed("page", "page", TEXT),)),
]
VISITS = [[{"page": "a", "n": 1}, None], None, [], [{"page": None, "n": 2}, {"page": "b", "n": 3}]]


def write(path: Path, table: pa.Table) -> str:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=3)
    return str(path)


def only_batch(source: Source) -> pa.RecordBatch:
    (task,) = source.tasks
    (batch,) = source.read(task)
    return batch


def rows(visits: Any, text: pa.DataType) -> pa.Table:
    columns = [pa.array([1, 2, 3, 4]), pa.array(["x", None, "", "y"], text), visits]
    return pa.table(columns, ["id", "city", "visits"])


def texts(batch: Batch) -> tuple[list[Any], list[int], list[Any]]:
    visits = batch.rows["visits"]
    page, city = visits.columns["page"], batch.columns["city"]
    return city.data.tolist(), visits.offsets.tolist(), page.data.tolist()


@pytest.mark.parametrize("kind", [pa.list_, pa.large_list, pa.list_view, pa.large_list_view])
def test_texts_that_are_views_can_be_selected(kind: Any, tmp_path: Path) -> None:
    view = pa.struct([("page", pa.string_view()), ("n", pa.int64())])
    found = rows(pa.array(VISITS, kind(view)), pa.string_view())
    plain = rows(pa.array(VISITS), pa.string())
    batches = [
        only_batch(open_source(write(tmp_path / f"{i}.arrow", table), needed=NEEDED))
        for i, table in enumerate((found, plain))
    ]
    keep = pa.array([True, False, False, True])
    chosen = [lambda b: b, lambda b: b.filter(keep), lambda b: b.take(pa.array([3, 0, 1]))]
    for select in chosen:
        one, other = (texts(adapt(select(batch), NEEDED)) for batch in batches)
        assert one == other
    assert batches[0].filter(pc.invert(keep)).column("city").to_pylist() == [None, ""]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
@pytest.mark.parametrize("visits", [pa.nulls(4), pa.array([[], [None], None, [None]])])
def test_rows_without_any_value_have_no_fields(name: str, visits: Any, tmp_path: Path) -> None:
    source = open_source(write(tmp_path / name, rows(visits, pa.string())), needed=NEEDED)
    batch = adapt(only_batch(source), NEEDED)
    counts = [len(v or []) for v in visits.to_pylist()]
    assert batch.rows["visits"].offsets.tolist() == [0, *pc.cumulative_sum(counts).to_pylist()]


def test_what_is_not_read_may_be_of_any_type_in_an_empty_file(tmp_path: Path) -> None:
    union = pa.UnionArray.from_dense(pa.array([], pa.int8()), pa.array([], pa.int32()), [])
    table = rows(pa.array(VISITS), pa.string_view()).slice(0, 0).append_column("odd", union)
    source = open_source(write(tmp_path / "a.arrow", table), needed=NEEDED)
    batch = only_batch(source)
    assert (batch.num_rows, batch.schema.names) == (0, ["id", "city", "visits"])


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
@pytest.mark.parametrize("wrong", [b"\xff", b"\xed\xa0\x80"], ids=["byte", "surrogate"])
def test_bytes_that_are_no_text_are_an_error(name: str, wrong: bytes, tmp_path: Path) -> None:
    city = pa.array([b"x", wrong, None, b"y"], pa.binary()).view(pa.string())
    table = rows(pa.array(VISITS), pa.string()).set_column(1, "city", city)
    source = open_source(write(tmp_path / name, table), needed=NEEDED)
    with pytest.raises(DataError, match="column `city` holds a text that is not UTF-8"):
        adapt(only_batch(source), NEEDED)


@pytest.mark.parametrize("ending", ["arrow", "arrows", "parquet"])
def test_a_name_that_is_no_text_is_an_error(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    table = rows(pa.array(VISITS), pa.string())
    if ending == "arrows":
        with pa.ipc.new_stream(str(path), table.schema) as writer:
            writer.write_table(table)
    else:
        write(path, table)
    path.write_bytes(path.read_bytes().replace(b"city", b"c\xffty"))
    with pytest.raises(DataError, match="has a name that is not UTF-8"):
        open_source(str(path), needed=NEEDED)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("column", ["city", "coded", "visits"])
def test_parts_that_do_not_fit_together_are_an_error(
    stream: bool, column: str, tmp_path: Path
) -> None:
    """What Arrow reads of a file may point anywhere, and is not followed."""
    table = rows(pa.array(VISITS), pa.string()).combine_chunks()
    coded = pa.array(["u", "v", "u", "u"]).dictionary_encode()
    batch = table.append_column("coded", coded).to_batches()[0]
    place = batch.schema.names.index(column)
    parts = batch.column(place)
    offsets = parts.indices if column == "coded" else parts
    found = offsets.buffers()[1].to_pybytes()[:16]
    opened = pa.ipc.new_stream if stream else pa.ipc.new_file
    path = tmp_path / "a.arrow"
    with opened(str(path), batch.schema) as writer:
        writer.write_batch(batch)
    broken = found[:12] + b"\x00\x00\x00\x70"
    data = path.read_bytes()
    assert data.count(found) >= 1
    path.write_bytes(data.replace(found, broken))
    needed = [*NEEDED, Needed("coded", "coded", TEXT)]
    source = open_source(str(path), needed=needed)
    with pytest.raises(DataError, match=f"is damaged in column `.*{column}`"):
        adapt(only_batch(source), needed)


def categories(words: list[str]) -> pa.Array:
    codes = pa.array(range(len(words)), pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words))


@pytest.mark.parametrize("ending", ["parquet", "arrows"])
def test_batches_may_have_dictionaries_of_their_own(ending: str, tmp_path: Path) -> None:
    """More than 127 categories in all, in columns and in rows, with 100 in each batch."""
    path, size = tmp_path / f"a.{ending}", 100
    words = [[f"word {number}" for number in range(at, at + size)] for at in (0, size)]
    batches = []
    for texts in words:
        page = pa.StructArray.from_arrays([categories(texts)], ["page"])
        visits = pa.ListArray.from_arrays(pa.array(range(size + 1), pa.int32()), page)
        columns = {"id": range(size), "city": categories(texts), "visits": visits}
        batches.append(pa.record_batch(columns))
    if ending == "parquet":
        pq.write_table(pa.Table.from_batches(batches), path, row_group_size=size)
    else:
        with pa.ipc.new_stream(str(path), batches[0].schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    found = adapt(only_batch(open_source(str(path), needed=NEEDED)), NEEDED)
    for column in (found.columns["city"], found.rows["visits"].columns["page"]):
        assert column.dictionary is not None
        assert [column.dictionary[code] for code in column.data] == [*words[0], *words[1]]
