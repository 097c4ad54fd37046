"""Snapshots of flowcharts as tables of a run, and what becomes of the rows of a former one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from interact.compiler.codegen.host import packed
from interact.compiler.columnar.batch import Column, Lane
from interact.runtime.cli.main import cli
from interact.runtime.snapshots import arrow_values
from interact.stdlib.types import DATE

STRATEGY = """
enum Tier {{ Basic = "b", Plus = "p" }}
audience Customer {{
  key id: int, kind: text
  profile {{ balance: decimal(2)?  name: text?  since: date?  seen: timestamp?  tier: Tier? }}
  accounts: many {{ amount: int }}
}}
offer Gold {{ at most 2 impressions }}
channel Web for Customer {{ zone Home {{ point hero }} }}
flowchart Value on Web {{
  let share = 100 / (balance - 50)
  select Rich when balance > 10
  snapshot rich of Rich {mode} {{
    balance  name  tier  seen
    share
    hello   = concat("Hi ", name)
    later   = since + 1 day
    idle    = now - seen
    is_plus = tier = Tier.Plus
    number  = count(accounts)
  }}
  snapshot everyone {{ since }}
}}
strategy S on Web {{ zone Home {{ for Rich {{ Gold score 5 }} }} }}
"""
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def customers(path: Path, *balances: int | None, first: int = 1) -> str:
    """Write customers with these balances."""
    count = len(balances)
    table = {
        "id": list(range(first, first + count)),
        "kind": ["k"] * count,
        "balance": pa.array([b and Decimal(b) for b in balances], pa.decimal128(9, 2)),
        "name": ["Ada", None, "Bo", "Cy"][:count],
        "since": pa.array([date(2020, 1, 1)] * count, pa.date32()),
        "seen": pa.array([SEEN] * count, pa.timestamp("us", "UTC")),
        "tier": ["p", "b", "x", None][:count],
        "accounts": pa.array([[{"amount": 1}], [], None, []][:count]),
    }
    pq.write_table(pa.table(table), path, row_group_size=2)
    return str(path)


def score(folder: Path, source: str, *words: str, mode: str = "", out: str = "out") -> Any:
    (folder / "s.interact").write_text(STRATEGY.format(mode=mode))
    asked = ["score", str(folder / "s.interact"), "--customers", source, "--as-of", "2026-01-02"]
    return CliRunner().invoke(cli, [*asked, "--out", str(folder / out), *words])


def rows(folder: Path, table: str = "rich", out: str = "out") -> list[dict[str, Any]]:
    found = pq.read_table(folder / out / table).to_pylist()
    return sorted(found, key=lambda row: int(row["id"]))


def test_the_table_of_a_snapshot(tmp_path: Path) -> None:
    source = customers(tmp_path / "c.parquet", 20, 50, None, 5)
    result = score(tmp_path, source)
    assert result.exit_code == 0, result.output
    expected = {
        **{"id": 1, "kind": "k", "balance": Decimal("20.00"), "name": "Ada", "tier": "p"},
        **{"seen": SEEN, "share": -100 / 30, "hello": "Hi Ada", "later": date(2020, 1, 2)},
        **{"idle": timedelta(days=1), "is_plus": True, "number": 1},
    }
    first, second = rows(tmp_path)
    assert first == expected
    assert (second["share"], second["hello"], second["is_plus"]) == (None, None, False)
    assert [row["id"] for row in rows(tmp_path, "everyone")] == [1, 2, 3, 4]
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert told["tables"]["rich"] == {"rows": 2, "files": 1}
    failed = {place["text"]: place["count"] for place in told["without_result"]}
    assert failed == {"100 / (balance - 50)": 1}


def test_what_decisions_and_snapshots_work_out_is_counted_once(tmp_path: Path) -> None:
    source = customers(tmp_path / "c.parquet", 20, 50, None, 50)
    twice = STRATEGY.replace(
        "snapshot everyone {{ since }}",
        "select Big when share > 3  snapshot everyone {{ since  tier  share }}",
    ).replace("for Rich {{", "for Rich, Big {{")
    (tmp_path / "s.interact").write_text(twice.format(mode=""))
    asked = ["score", str(tmp_path / "s.interact"), "--customers", source, "--json"]
    result = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / "out")])
    failed = {
        place["text"]: place["count"] for place in json.loads(result.stdout)["without_result"]
    }
    assert failed == {"100 / (balance - 50)": 2, "tier: Tier?": 1}


def test_whom_no_condition_selects_is_in_no_snapshot(tmp_path: Path) -> None:
    source = customers(tmp_path / "c.parquet", 20, 50, None, 5)
    assert score(tmp_path, source, "--where", "balance > 20").exit_code == 0
    assert [row["id"] for row in rows(tmp_path)] == [2]
    assert [row["id"] for row in rows(tmp_path, "everyone")] == [2]
    assert score(tmp_path, source, "--where", "balance > 999", out="none").exit_code == 0
    assert rows(tmp_path, out="none") == []


@pytest.mark.parametrize(
    ("mode", "ids", "kept"),
    [("", [2, 3], None), ("append", [1, 2, 2, 3], 2), ("update by key", [1, 2, 3], 1)],
)
def test_rows_of_a_former_run(tmp_path: Path, mode: str, ids: list[int], kept: int | None) -> None:
    score(tmp_path, customers(tmp_path / "a.parquet", 20, 30), mode=mode)
    again = customers(tmp_path / "b.parquet", 40, 60, first=2)
    result = score(tmp_path, again, "--overwrite", mode=mode)
    assert result.exit_code == 0, result.output
    assert [row["id"] for row in rows(tmp_path)] == ids
    assert {row["balance"] for row in rows(tmp_path) if row["id"] == 3} == {Decimal(60)}
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert told["tables"]["rich"].get("kept") == kept
    # A third run goes on with both.
    score(tmp_path, customers(tmp_path / "c.parquet", 70, first=9), "--overwrite", mode=mode)
    assert [row["id"] for row in rows(tmp_path)] == ([9] if kept is None else [*ids, 9])


@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
def test_only_equal_keys_are_the_same_customer(tmp_path: Path, format: str) -> None:
    strategy = """
    audience Customer { key a: text, b: text  profile { word: text? } }
    channel Web for Customer { zone Home { point hero } }
    flowchart F on Web { snapshot all update by key { word } }
    """
    former = [("k\x1f", "1", None), (None, "1", "\n"), ("", "1", ""), ("x", "2", "old")]
    new = [("k", "\x1f1", None), ("\0", "1", None), ("x", "2", "new")]
    (tmp_path / "s.interact").write_text(strategy)
    for people in (former, new):
        columns = [pa.array(column, pa.string()) for column in zip(*people, strict=True)]
        pq.write_table(pa.table(columns, ["a", "b", "word"]), tmp_path / "c.parquet")
        asked = ["score", str(tmp_path / "s.interact"), "--out", str(tmp_path / "out")]
        more = ["--overwrite", "--format", format, "--customers", str(tmp_path / "c.parquet")]
        result = CliRunner().invoke(cli, [*asked, *more])
        assert result.exit_code == 0, result.output
    found = [row for path in (tmp_path / "out" / "all").iterdir() for row in read_rows(path)]
    assert sorted(found, key=str) == sorted([*former[:3], *new], key=str)


def read_rows(path: Path) -> list[tuple[Any, ...]]:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
    elif path.suffix == ".arrow":
        table = pa.ipc.open_file(str(path)).read_all()
    else:
        null = pa.csv.ConvertOptions(
            column_types=dict.fromkeys(("a", "b", "word"), pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        parsed = pa.csv.ParseOptions(newlines_in_values=True)
        table = pa.csv.read_csv(path, parse_options=parsed, convert_options=null)
    return [tuple(row.values()) for row in table.to_pylist()]


def test_texts_that_are_views_are_kept(tmp_path: Path) -> None:
    plain = pq.read_table(customers(tmp_path / "c.parquet", 20, 50, None, 5))
    view = plain.set_column(3, "name", plain["name"].cast(pa.string_view()))
    with pa.ipc.new_file(str(tmp_path / "c.arrow"), view.schema) as writer:
        writer.write_table(view)
    for place, source in (("a", "c.parquet"), ("b", "c.arrow")):
        found = score(tmp_path, str(tmp_path / source), "--where", "id != 2", out=place)
        assert found.exit_code == 0, found.output
    assert rows(tmp_path, out="a") == rows(tmp_path, out="b")


def test_a_run_that_fails_leaves_the_former_tables(tmp_path: Path) -> None:
    source = customers(tmp_path / "a.parquet", 20, 30)
    score(tmp_path, source, mode="append")
    missing = pq.read_table(source).drop(["balance"])
    pq.write_table(missing, tmp_path / "b.parquet")
    assert score(tmp_path, str(tmp_path / "b.parquet"), "--overwrite", mode="append").exit_code
    assert [row["id"] for row in rows(tmp_path)] == [1, 2]


@pytest.mark.parametrize("format", ["csv", "arrow"])
@pytest.mark.parametrize("mode", ["append", "update by key"])
def test_other_formats(tmp_path: Path, format: str, mode: str) -> None:
    for name, first in (("a", 1), ("b", 2)):
        source = customers(tmp_path / f"{name}.parquet", 20, 30, first=first)
        result = score(tmp_path, source, "--overwrite", "--format", format, mode=mode)
        assert result.exit_code == 0, result.output
    read = pa.csv.read_csv if format == "csv" else pa.ipc.open_file
    ids = []
    for path in (tmp_path / "out" / "rich").iterdir():
        found = read(path)
        table = found if format == "csv" else found.read_all()
        ids += table.column("id").to_pylist()
    assert sorted(ids) == ([1, 2, 2, 3] if mode == "append" else [1, 2, 3])


def test_former_tables_that_do_not_fit(tmp_path: Path) -> None:
    source = customers(tmp_path / "a.parquet", 20, 30)
    score(tmp_path, source, mode="append")
    csv = score(tmp_path, source, "--overwrite", "--format", "csv", mode="append")
    assert csv.exit_code == 2
    assert "is not csv, so rows of a snapshot cannot be added to it" in csv.output
    other = STRATEGY.format(mode="append").replace("balance  name", "name")
    (tmp_path / "other.interact").write_text(other)
    asked = ["score", str(tmp_path / "other.interact"), "--customers", source, "--overwrite"]
    result = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "has other columns than the snapshot rich" in result.output
    assert len(rows(tmp_path)) == 2


def test_days_beyond_those_of_dates_are_null() -> None:
    data = np.array([0, 20_454, 2**40, -(2**31)], np.int64)
    column = Column(Lane.I64, data, packed(np.array([False, True, True, True])))
    days = arrow_values(column, np.arange(4), DATE)
    assert days.cast(pa.int32()).to_pylist() == [None, 20_454, None, -(2**31)]
