"""History that is given with customers: the same in files, for one customer and explained."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from interact import open_decider
from interact.runtime.cli.main import cli
from interact.runtime.errors import DataError

AT = datetime(2026, 1, 10)
STRATEGY = """
audience Customer { key id: int }
offer Gold {
  attributes { kind: text = "card" }
  suppress for 30 days after reject
  suppress after accept also offers with same kind
  suppress for 7 days after 3 contacts
}
offer Platinum { attributes { kind: text = "card" } }
offer Loan { at most 2 contacts per visit }
channel Web for Customer { zone Home { point hero } }
strategy S on Web { zone Home { Gold score 90  Platinum score 80  Loan score 10 } }
"""
HISTORIES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["Gold", "Platinum", "Loan"]),
    ({"Gold.rejected": datetime(2025, 12, 11, 0, 0, 1)}, ["Platinum", "Loan"]),
    ({"Gold.rejected": datetime(2025, 12, 11)}, ["Gold", "Platinum", "Loan"]),
    ({"Gold.accepted": datetime(1999, 1, 1)}, ["Loan"]),
    ({"Gold.contacts": 3, "Gold.contacted": datetime(2026, 1, 9)}, ["Platinum", "Loan"]),
    ({"Gold.contacts": 2, "Gold.contacted": datetime(2026, 1, 9)}, ["Gold", "Platinum", "Loan"]),
    ({"Gold.contacts": 3, "Gold.contacted": datetime(2026, 1, 3)}, ["Gold", "Platinum", "Loan"]),
    ({"Loan.contacts_in_visit": 2}, ["Gold", "Platinum"]),
]
TYPES = {
    "Gold.accepted": pa.timestamp("us"),
    "Gold.rejected": pa.timestamp("us"),
    "Gold.contacted": pa.timestamp("us"),
    "Gold.contacts": pa.int8(),
    "Loan.contacts_in_visit": pa.int64(),
}


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    path = tmp_path / "s.interact"
    path.write_text(STRATEGY)
    return path


def _customers(path: Path) -> str:
    columns: dict[str, Any] = {"id": list(range(len(HISTORIES)))}
    for name, kind in TYPES.items():
        columns[name] = pa.array([given.get(name) for given, _ in HISTORIES], kind)
    pq.write_table(pa.table(columns), path / "customers.parquet")
    return str(path / "customers.parquet")


def _run(*words: str) -> str:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    return result.output


def test_one_customer(strategy: Path) -> None:
    decider = open_decider(str(strategy))
    for given, expected in HISTORIES:
        found = decider.decide({"id": 1, **given}, AT).zones["Home"]
        assert [p.offer for p in found] == expected, given


def test_history_that_nothing_reads_is_an_error(strategy: Path) -> None:
    with pytest.raises(DataError, match=r"no attribute 'Loan.rejected'"):
        open_decider(str(strategy)).decide({"id": 1, "Loan.rejected": AT}, AT)


def test_columns_of_a_file(strategy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = ["--customers", _customers(tmp_path), "--as-of", AT.isoformat()]
    _run("score", str(strategy), *given, "--out", str(out))
    rows = pq.read_table(out / "offers").sort_by([("id", "ascending"), ("rank", "ascending")])
    found: list[list[str]] = [[] for _ in HISTORIES]
    for row in rows.to_pylist():
        found[row["id"]].append(row["offer"])
    assert found == [expected for _, expected in HISTORIES]
    assert json.loads((out / "run.json").read_text())["states"] == dict.fromkeys(TYPES, True)


def test_a_file_without_history(strategy: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2]}), tmp_path / "new.parquet")
    given = ["--customers", str(tmp_path / "new.parquet"), "--as-of", AT.isoformat()]
    _run("score", str(strategy), *given, "--out", str(tmp_path / "out"))
    assert pq.read_table(tmp_path / "out" / "offers").num_rows == 6


def test_the_line_that_keeps_an_offer_away_is_told(strategy: Path, tmp_path: Path) -> None:
    given = ["--customers", _customers(tmp_path), "--as-of", AT.isoformat()]
    told = _run("explain", str(strategy), *given, "--id", "3")
    assert "suppression: what the customer did before keeps it away" in told
    assert told.count("suppress after accept also offers with same kind") == 2
    capped = _run("explain", str(strategy), *given, "--id", "7")
    assert "at most 2 contacts per visit, where Loan.contacts_in_visit = 2" in capped


def test_all_customers_have_the_stage_and_its_line(strategy: Path, tmp_path: Path) -> None:
    given = ["--customers", _customers(tmp_path), "--as-of", AT.isoformat()]
    out = str(tmp_path / "why")
    _run("explain", str(strategy), *given, "--all-customers", "--out", out)
    rows = pq.read_table(Path(out) / "candidates").to_pylist()
    why = {(r["id"], r["offer"]): (str(r["stage"]), Path(r["at"]).name) for r in rows}
    assert why[1, "Gold"] == ("suppression", "s.interact:5")
    assert why[3, "Platinum"] == ("suppression", "s.interact:6")
    assert why[7, "Loan"] == ("visit cap", "s.interact:10")
