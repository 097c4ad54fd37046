"""Rows that are wrong are counted, named and left out; what is missing is one error."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.runtime.tables.generated import program_of

from interact.runtime.cli.tables import left_out_of
from interact.runtime.errors import DataError, SchemaError, UsageError
from interact.runtime.tables.convert import converted
from interact.runtime.tables.load import load_table
from interact.runtime.tables.loaded import Loaded
from interact.runtime.tables.rows import TableSpec
from interact.runtime.tables.settings import read_table_settings
from interact.stdlib.types import DURATION

HEADER = "id,offer,zone,n,f,d,b,t,day,must\n"


def loaded(spec: TableSpec, *, by_zone: bool = True) -> Loaded:
    program = program_of("whole", by_zone)
    channel = program.channels[0]
    states = [state.name for state in channel.states]
    return load_table(spec, program.tables[0], program, channel, states)


def spec_of(folder: Path, text: str) -> TableSpec:
    (folder / "t.csv").write_text(HEADER + text)
    return TableSpec("T", str(folder / "t.csv"))


def reasons(found: Loaded) -> dict[str, list[tuple[int, str]]]:
    return {
        reason.told: [(e.row, e.value) for e in examples]
        for reason, _, examples in found.report.all_reasons()
    }


def test_each_reason_is_counted_and_named(tmp_path: Path) -> None:
    found = loaded(
        spec_of(
            tmp_path,
            "1,Card,,1,2.5,3.25,true,hi,2021-01-01,5\n"
            "one,Card,,,,,,,,5\n"
            ",Card,,,,,,,,5\n"
            "2,,,,,,,,,5\n"
            "2,Crad,,,,,,,,5\n"
            "2,Card,Hoem,,,,,,,5\n"
            "2,Card,,1.5,,,,,,5\n"
            "2,Card,,99999999999999999999,,,,,,5\n"
            "2,Card,,,x,,,,,5\n"
            "2,Card,,,,1e30,,,,5\n"
            "2,Card,,,,,maybe,,,5\n"
            "2,Card,,,,,,,31.12.2021,5\n"
            "2,Card,,,,,,,,\n"
            "2,Card,too,many,fields,in,this,row,and,so,on\n"
            "1,CC-GOLD,,7,,,,,,5\n"
            "1,Card,Home,7,,,,,,5\n",
        )
    )
    assert (found.report.used, found.report.rows) == (2, 15)
    assert reasons(found) == {
        "the line has more or fewer fields than the header": [(14, "")],
        "`id` is not of type int": [(2, "one")],
        "`id` is null": [(3, "")],
        "no offer is named": [(4, "")],
        "the offer is not known": [(5, "Crad")],
        "the zone is not known": [(6, "Hoem")],
        "`n` is not of type int": [(7, "1.5"), (8, "99999999999999999999")],
        "`f` is not of type float": [(9, "x")],
        "`d` is not of type decimal(2)": [(10, "1e30")],
        "`b` is not of type bool": [(11, "maybe")],
        "`day` is not of type date": [(12, "31.12.2021")],
        "`must` is null, although its type has no `?`": [(13, "")],
        "the customer and the offer had a row before": [(15, "")],
    }


def test_whole_numbers_with_places_are_whole(tmp_path: Path) -> None:
    found = loaded(spec_of(tmp_path, "1.0,Card,,7.00,,,,,,5.\n2,Card,,7.01,,,,,,5\n"))
    assert found.columns["n"].values.tolist() == [7]
    assert reasons(found) == {"`n` is not of type int": [(2, "7.01")]}


def test_many_of_one_reason_are_counted_and_a_few_named(tmp_path: Path) -> None:
    found = loaded(spec_of(tmp_path, "1,Card,,,,,,,,5\n" * 40 + "2,Nothing,,,,,,,,5\n" * 2_000))
    told = {reason.what: (n, len(some)) for reason, n, some in found.report.all_reasons()}
    assert told == {"offer": (2_000, 1), "repeated": (39, 3)}


def test_bytes_that_are_no_text_spoil_their_row_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(
        HEADER.encode() + b"1,Card,,,,,,\xff\xfe,,5\n2,Card,,,,,,fine,,5\n"
    )
    found = loaded(TableSpec("T", str(tmp_path / "t.csv")))
    assert found.report.used == 1
    assert [r.column for r, _, _ in found.report.all_reasons()] == ["t"]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_header_alone_has_no_rows(end: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(HEADER.strip() + end)
    assert loaded(TableSpec("T", str(tmp_path / "t.csv"))).report.rows == 0


def test_texts_that_are_no_durations_are_found() -> None:
    texts = pa.array(["1.5", None, "99999999999999", "x", "-0.0000006", "9" * 60])
    values, bad = converted(texts, DURATION)
    assert values.cast(pa.int64()).to_pylist() == [1_500_000, None, None, None, -1, None]
    assert bad.tolist() == [False, False, True, True, False, True]


def test_values_that_python_has_no_form_of_are_named(tmp_path: Path) -> None:
    size = 3
    columns = {name: pa.nulls(size) for name in ("zone", "n", "f", "d", "b")}
    columns |= {"id": pa.array(range(size)), "must": pa.array([5] * size)}
    columns |= {"offer": pa.array([b"Card", b"\xff", b"Card"], pa.binary()).view(pa.string())}
    columns |= {"t": pa.array([b"a", b"b", b"\xff"], pa.binary()).view(pa.string())}
    columns |= {"day": pa.array([2**62, None, None], pa.duration("s"))}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    found = loaded(TableSpec("T", str(tmp_path / "t.parquet")))
    assert found.report.used == 0
    assert reasons(found) == {
        "no offer is named": [(2, "")],
        "`t` is not of type text": [(3, "\ufffd")],
        "`day` is not of type date": [(1, str(2**62))],
    }


def test_columns_that_are_missing_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,code\n1,Card\n")
    with pytest.raises(
        SchemaError, match=r"no columns `n`, .*`zone`, `offer`, which the rows of T"
    ):
        loaded(TableSpec("T", str(tmp_path / "t.csv")))


def test_an_offer_can_be_named_by_the_parts_of_its_code(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "id,offer_code_1,offer_code_2,n,f,d,b,t,day,must\n1,CC,GOLD,,,,,,,5\n2,Loan,,,,,,,,6\n"
    )
    assert loaded(TableSpec("T", str(tmp_path / "t.csv")), by_zone=False).report.used == 2


def test_what_is_no_database_or_no_query_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "t.db").touch()
    for url, told in (("oracle:///x", "oracle"), (f"sqlite:///{tmp_path}/none.db", "none.db")):
        with pytest.raises(UsageError, match=told):
            loaded(TableSpec("T", url, "select 1"))
    with pytest.raises(DataError, match="the query of T failed: no such table: rows"):
        loaded(TableSpec("T", f"sqlite:///{tmp_path}/t.db", "select * from rows"))


def test_a_database_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "50% #1?.db"
    with closing(sqlite3.connect(path)) as database, database:
        columns = HEADER.strip()
        database.execute(f"create table t ({columns})")
        database.execute(f"insert into t ({columns}) values (1,'Card',null,2,3,4,1,'x',null,5)")
    found = loaded(TableSpec("T", f"sqlite:///{path}", "select * from t"))
    assert found.columns["n"].values.tolist() == [2]


def test_a_section_that_is_not_known_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "interact.toml").write_text('[table]\nPersonal = "p.csv"\n')
    with pytest.raises(UsageError, match="no setting table"):
        read_table_settings(str(tmp_path))


def test_many_of_one_value_hide_no_other(tmp_path: Path) -> None:
    rows = "1,Nothing,,,,,,,,5\n" * 500 + "2,Crad,,,,,,,,5\n" + "3,Nothing,,,,,,,,5\n"
    (told,) = loaded(spec_of(tmp_path, rows)).report.as_json()["malformed"]
    assert (told["rows"], "values" in told) == (502, False)
    assert [(e["value"], e["row"], e.get("rows")) for e in told["examples"]] == [
        ("Nothing", 1, 501),
        ("Crad", 501, None),
    ]
    (line,) = left_out_of({"malformed": [told]})
    assert line.endswith("row 501 ('Crad')")
    assert "row 1 ('Nothing', 501 times), " in line
