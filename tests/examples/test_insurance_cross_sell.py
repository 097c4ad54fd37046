"""The insurer's tables of offers: the files, and what they change for its households."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tests.examples.customers import customers_of
from tests.examples.projects import EXAMPLES, MOMENT, read_customers

from interact.compiler.core.decide import decide
from interact.compiler.core.interpret import Customer
from interact.runtime.host.offers.listed import ListedRows
from interact.runtime.project import open_project
from interact.runtime.scoring import Run, open_customers, score_customers
from interact.runtime.tables.opening import specs_of

HERE = EXAMPLES / "insurance_cross_sell"
COUNT = 600
TOP = 3


def test_the_tables_are_what_the_script_writes(tmp_path: Path) -> None:
    script = HERE / "make_customers.py"
    again = tmp_path / "customers.parquet"
    subprocess.run([sys.executable, script, "--out", again], check=True, capture_output=True)
    for name in ("broker.csv", "do_not_offer.parquet"):
        assert (tmp_path / name).read_bytes() == (HERE / name).read_bytes()


def test_a_batch_with_tables_is_what_the_interpreter_decides(tmp_path: Path) -> None:
    project = open_project(str(HERE))
    program, channel = project.program, project.channel("Portal")
    specs = specs_of(str(HERE), {})
    run = Run(
        project,
        channel,
        project.plan_of(channel),
        str(HERE / "customers.parquet"),
        str(tmp_path / "out"),
        datetime(2026, 11, 24, tzinfo=UTC),
        TOP,
        limit=COUNT,
        tables=specs,
    )
    score_customers(run, open_customers(run), lambda report: {})
    found: dict[int, list[tuple[str, str, float]]] = {}
    for row in pq.read_table(tmp_path / "out" / "offers").to_pylist():
        found.setdefault(row["household_id"], []).append((row["zone"], row["rule"], row["score"]))
    listed = ListedRows(specs, program, channel)
    table = read_customers(HERE / "customers.parquet", COUNT)
    by_tables = 0
    for customer in customers_of(table, program.audience_of(channel)):
        key = customer.values["household_id"]
        known = Customer({**customer.values, **listed.states((key,))}, customer.rows)
        decision = decide(program, channel, known, MOMENT, TOP)
        wanted: list[Any] = [
            (zone.name, channel.rules[c.rule].name, c.score)
            for zone, candidates in zip(channel.zones, decision.zones, strict=True)
            for c in candidates
            if c.position is not None
        ]
        assert isinstance(key, int)
        assert found.get(key, []) == wanted, key
        by_tables += sum(rule.startswith("Broker.") for _, rule, _ in wanted)
    assert by_tables > 10
