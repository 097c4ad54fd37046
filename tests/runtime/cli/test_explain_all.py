"""``interact explain --all-customers`` says of everybody what it says of one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from interact.runtime.candidates import explainer
from interact.runtime.cli.main import cli

BANK = str(Path(__file__).parents[3] / "examples" / "retail_bank")
CUSTOMERS = f"{BANK}/customers.parquet"
COMMON = (BANK, "--customers", CUSTOMERS, "--as-of", "2026-11-24")

Explain = Callable[..., Result]
Row = dict[str, Any]


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Explain:
    monkeypatch.chdir(tmp_path)
    return lambda *more: CliRunner().invoke(cli, ["explain", *map(str, more)])


def rows_of(out: str) -> list[Row]:
    rows: list[Row] = pq.read_table(f"{out}/candidates").to_pylist()
    return rows


def test_everybody_is_told_what_one_is_told(explain: Explain) -> None:
    found = explain(*COMMON, "--all-customers", "--limit", 40, "--out", "o")
    assert found.exit_code == 0, found.output
    rows = rows_of("o")
    assert len(rows) == 40 * 33
    for customer in (1, 4, 23, 40):
        alone = json.loads(explain(*COMMON, "--id", customer, "--json").stdout)["zones"]
        told = {
            (zone, v["rule"], v["outcome"], v["rank"], v["score"])
            for zone, verdicts in alone.items()
            for v in verdicts
        }
        mine = [r for r in rows if r["customer_id"] == customer]
        assert {(r["zone"], r["rule"], r["stage"], r["rank"], r["score"]) for r in mine} == told


def test_the_schema_is_as_documented(explain: Explain) -> None:
    explain(*COMMON, "--all-customers", "--limit", 3, "--out", "o")
    schema = pq.read_schema("o/candidates/part-00000.parquet")
    text = pa.dictionary(pa.int8(), pa.string())
    assert [(f.name, f.type) for f in schema] == [
        ("customer_id", pa.int64()), ("zone", text), ("rule", text), ("offer", text),
        ("stage", text), ("rank", pa.int8()), ("score", pa.float64()), ("at", text),
    ]  # fmt: skip


def test_a_place_is_that_of_what_decided(explain: Explain) -> None:
    Path("p.interact").write_text(
        "audience C { key id: int  profile { age: int? } }\n"
        'offer A { code "A" }\n'
        'offer B { code "B" live from 2030-01-01 }\n'
        "channel Web for C { zone Home { point p } }\n"
        "strategy S on Web { zone Home { for everyone {\n"
        "  A as first\n"
        "    score 100 / (age - 20)\n"
        "    when age > 10\n"
        "  A as second score 1\n"
        "  B score 5\n"
        "} } }\n"
    )
    pq.write_table(pa.table({"id": [1, 2, 3], "age": [5, 20, 30]}), "c.parquet")
    explain("p.interact", "--customers", "c.parquet", "--as-of", "2026-11-24", "--all-customers",
            "--out", "o")  # fmt: skip
    told = {
        (r["id"], r["rule"]): (r["stage"], int(r["at"].removeprefix("p.interact:")))
        for r in rows_of("o")
    }
    assert told == {
        (1, "S.first"): ("eligibility", 8),
        (2, "S.first"): ("score", 7),
        (3, "S.first"): ("kept", 6),
        (1, "S.second"): ("kept", 9),
        (2, "S.second"): ("kept", 9),
        (3, "S.second"): ("duplicate", 9),
        **{(i, "S.everyone.B"): ("offer dates", 3) for i in (1, 2, 3)},
    }


def test_rows_come_by_zone_rule_and_stage_and_then_as_in_the_input(explain: Explain) -> None:
    explain(*COMMON, "--all-customers", "--out", "o")
    told = [(r["zone"], r["rule"], r["stage"]) for r in rows_of("o")]
    runs = list(dict.fromkeys(told))
    assert told == sorted(told, key={run: i for i, run in enumerate(runs)}.__getitem__)
    ids = [r["customer_id"] for r in rows_of("o") if r["rule"] == "Cards.winter"]
    steps = [b - a for a, b in pairwise(ids)]
    assert sum(step < 0 for step in steps) == len({r for r in runs if r[1] == "Cards.winter"}) - 1


def test_the_summary_counts_the_rows(explain: Explain) -> None:
    found = explain(*COMMON, "--all-customers", "--limit", 500, "--out", "o", "--json")
    counted = Counter((r["zone"], r["rule"], r["stage"]) for r in rows_of("o"))
    told = json.loads(found.stdout)
    for zone in told["candidates"]:
        for rule in zone["rules"]:
            for stage, count in {"kept": rule["kept"], **rule["dropped"]}.items():
                assert counted[zone["zone"], rule["rule"], stage] == count
    alone = json.loads(explain(*COMMON, "--summary", "--limit", 500, "--json").stdout)
    assert alone["candidates"] == told["candidates"]
    assert alone["tables"] == {}
    assert told == {**json.loads(Path("o/run.json").read_text())}


def test_customers_come_in_steps_when_there_are_many_rules(
    explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    explain(*COMMON, "--all-customers", "--out", "whole")
    monkeypatch.setattr(explainer, "CELLS", 1)
    explain(*COMMON, "--all-customers", "--out", "steps", "--threads", 1)

    def key(row: Row) -> tuple[Any, ...]:
        return row["customer_id"], row["zone"], row["rule"]

    assert sorted(rows_of("steps"), key=key) == sorted(rows_of("whole"), key=key)
    whole, steps = (json.loads(Path(o, "run.json").read_text()) for o in ("whole", "steps"))
    assert whole["candidates"] == steps["candidates"]


def test_zones_and_where_are_those_of_score(explain: Explain) -> None:
    found = explain(*COMMON, "--all-customers", "--zones", "Shop,LogOff", "--where",
                    "opted_in", "--out", "o")  # fmt: skip
    assert found.exit_code == 0, found.output
    assert {r["zone"] for r in rows_of("o")} == {"Shop", "LogOff"}
    CliRunner().invoke(cli, ["score", *COMMON, "--zones", "Shop,LogOff", "--where", "opted_in",
                             "--out", "s"])  # fmt: skip
    kept = {(r["customer_id"], r["zone"], r["rank"], r["rule"], r["score"])
            for r in rows_of("o") if r["stage"] == "kept"}  # fmt: skip
    offers = pq.read_table("s/offers").to_pylist()
    assert kept == {(r["customer_id"], r["zone"], r["rank"], r["rule"], r["score"]) for r in offers}


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ([], 2, "which customer? --id KEY, or --all-customers"),
        (["--all-customers"], 2, "--out DIR says where"),
        (["--summary", "--out", "o"], 2, "--summary writes nothing"),
        (["--id", "1", "--all-customers", "--out", "o"], 2, "--id is for one customer"),
        (["--id", "1", "--where", "opted_in"], 2, "--where is for --all-customers"),
        (["--summary", "--zones", "Hall"], 2, "no zone Hall on Website"),
        (["--summary", "--where", "balance"], 2, "a condition must be true or false"),
    ],
)
def test_wrong_usage_is_one_line(explain: Explain, more: list[str], code: int, said: str) -> None:
    found = explain(*COMMON, *more)
    assert found.exit_code == code
    assert said in found.output
    assert "Traceback" not in found.output
    assert not Path("o").exists()


def test_a_former_result_is_kept_unless_told(explain: Explain) -> None:
    explain(*COMMON, "--all-customers", "--limit", 3, "--out", "o")
    again = explain(*COMMON, "--all-customers", "--limit", 2, "--out", "o")
    assert again.exit_code == 2
    assert len(rows_of("o")) == 3 * 33
    explain(*COMMON, "--all-customers", "--limit", 2, "--out", "o", "--overwrite")
    assert len(rows_of("o")) == 2 * 33


def test_the_sql_of_the_docs_reads_the_candidates(explain: Explain, in_folder: Path) -> None:
    import duckdb

    explain(*COMMON, "--all-customers", "--out", "out/why")
    docs = Path(__file__).parents[3] / "docs" / "explaining.md"
    sql = docs.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    assert '"at"' in sql, "at is a keyword of DuckDB 2"
    assert duckdb.sql(sql).fetchall()
