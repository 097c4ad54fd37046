"""``--table`` and ``[tables]``: rows in scores and explanations, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

TABLES = """
suppressions Stop for Customer
overrides Personal for Customer {
  columns { points: int  least: int? }
  adds Cart
  score points
  when least is null or age >= least
}
defaults House for Customer { columns { points: float }  adds Gold  score points + 1 }
"""
SCORE = "score p --customers c.parquet --out o --as-of 2026-11-24 --overwrite"
PERSONAL = "id,offer,points,least\n1,CC-GOLD,5,\n2,CC-BLUE,30,\n3,CART,80,99\n4,CART,70,\n4,X,1,\n"


@pytest.fixture(autouse=True)
def tables(in_folder: Path) -> None:
    (in_folder / "p" / "tables.interact").write_text(TABLES)
    (in_folder / "personal.csv").write_text(PERSONAL)
    pq.write_table(pa.table({"id": [1, 4], "offer": ["Blue", "Blue"]}), in_folder / "stop.parquet")
    (in_folder / "house.csv").write_text("offer,points\nGold,9\n")


def offers() -> list[tuple[Any, ...]]:
    rows = pq.read_table("o/offers").select(["id", "zone", "offer", "score", "rule"]).to_pylist()
    return [tuple(row.values()) for row in rows if row["id"] in (1, 2, 3, 4)]


GIVEN = "--table Stop=stop.parquet --table Personal=personal.csv --table House=house.csv"
FOUND = [
    (1, "Home", "CC-GOLD", 51.0, "S.Rich.Gold"),  # the rule's expression counts more
    (1, "Mail", "CC-GOLD", 10.0, "House.Gold"),
    (2, "Home", "CC-BLUE", 30.0, "S.everyone.Blue"),
    (2, "Home", "CC-GOLD", 10.0, "House.Gold"),
    (2, "Mail", "CC-BLUE", 30.0, "S.Romans.Blue"),
]


def test_rows_change_what_is_offered(run: Any) -> None:
    found = run(f"{SCORE} {GIVEN}")
    assert found.exit_code == 0, found.output
    assert [o for o in offers() if o[0] == 1] == FOUND[:2]
    assert (2, "Home", "CC-BLUE", 30.0, "S.everyone.Blue") in offers()
    assert (4, "Home", "CART", 70.0, "Personal.Cart") in offers()
    assert not [o for o in offers() if o[2] == "CART" and o[0] != 4]
    assert "Stop: 2 rows of stop.parquet, 2 used" in found.stdout
    assert "1 row left out, as the offer is not known: personal.csv row 5 ('X')" in found.stdout


def test_the_same_given_with_customers_is_the_same(run: Any) -> None:
    run(f"{SCORE} {GIVEN}")
    wanted = offers()
    customers = pq.read_table("c.parquet")
    ids = customers["id"].to_pylist()
    states = {
        "Stop.Blue": {1: True, 4: True},
        "Personal.Gold": {1: True},
        "Personal.Gold.points": {1: 5},
        "Personal.Blue": {2: True},
        "Personal.Blue.points": {2: 30},
        "Personal.Cart": {3: True, 4: True},
        "Personal.Cart.points": {3: 80, 4: 70},
        "Personal.Cart.least": {3: 99},
    }
    for name, values in states.items():
        customers = customers.append_column(name, pa.array([values.get(i) for i in ids]))
    everyone = {"House.Gold": True, "House.Gold.points": 9.0}
    for name, value in everyone.items():
        customers = customers.append_column(name, pa.array([value] * len(ids)))
    pq.write_table(customers, "c.parquet")
    assert run(SCORE).exit_code == 0
    assert offers() == wanted


def test_very_many_states_are_scored_in_parts(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(f"{SCORE} {GIVEN}")
    wanted, told = offers(), json.loads(Path("o/run.json").read_text())
    monkeypatch.setattr("interact.runtime.customer_scorer._MOST_STATES", 1)
    monkeypatch.setattr("interact.runtime.customer_scorer._BLOCK", 2)
    assert run(f"{SCORE} {GIVEN}").exit_code == 0
    assert offers() == wanted
    again = json.loads(Path("o/run.json").read_text())
    assert (again["offers"], again["segments"]) == (told["offers"], told["segments"])


def test_settings_beside_the_project_name_tables(run: Any, in_folder: Path) -> None:
    run(f"{SCORE} {GIVEN}")
    wanted = offers()
    (in_folder / "p" / "interact.toml").write_text(
        '[tables]\nStop = "../stop.parquet"\nPersonal = {file = "../personal.csv"}\n'
        'House = "../none.csv"\n'
    )
    found = run(f"{SCORE} --table House=house.csv --json")
    assert offers() == wanted
    told = {t["table"]: t for t in json.loads(found.stdout)["offer_tables"]}
    assert told["Personal"]["malformed"] == [
        {
            "reason": "the offer is not known",
            "rows": 1,
            "examples": [{"source": "personal.csv", "row": 5, "value": "X"}],
        }
    ]


def test_explanations_name_tables_and_their_values(run: Any) -> None:
    told = run(f"explain p --customers c.parquet --id 1 --as-of 2026-11-24 {GIVEN}").stdout
    assert "suppression: Stop names it for the customer" in told
    assert "rules propose it, such as S.Rich.Gold" in told
    assert "eligibility: Personal has no row for it" in told
    shown = run(f"explain p --customers c.parquet --id 2 --as-of 2026-11-24 {GIVEN} --json").stdout
    best = json.loads(shown)["zones"]["Home"][0]
    assert best["values"] == {"Personal.Blue.points": "30"}
    summary = run(f"explain p --customers c.parquet --all-customers --summary {GIVEN}").stdout
    assert "Personal.Cart" in summary
    assert "House: 1 row of house.csv, 1 used" in summary


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--table Personl=personal.csv", "no table Personl\n  help: the tables are Stop, Personal"),
        ("--table Personal=none.csv", "no such file or folder: none.csv"),
        ("--table Personal", "is not NAME=FILE"),
        ("--table Personal=house.csv", "has no columns `id`, `least`, which the rows of Personal"),
    ],
)
def test_what_is_missing_is_one_error(run: Any, options: str, told: str) -> None:
    found = run(f"{SCORE} {options}")
    assert found.exit_code != 0
    assert told in found.stderr
    assert "Traceback" not in found.output


def test_a_table_without_rows_is_told(run: Any) -> None:
    assert "Personal: no rows were given (--table Personal=FILE)" in run(SCORE).stdout
