"""Batch runs give no more than limits of impressions allow, in the order of the customers."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from interact.compiler.core.decide import decide
from interact.compiler.core.impressions import Used, counted
from interact.compiler.core.interpret import Customer, Moment
from interact.compiler.core.program import Channel, Program
from interact.runtime.cli.main import cli
from interact.runtime.host.store.ledger import open_ledger
from interact.runtime.limits_used import left_of
from interact.runtime.project import open_project
from interact.stdlib.types import MICROSECONDS_PER_DAY

STRATEGY = """
audience Customer { key id: int  profile { worth: int  vip: bool } }
offer Gold { at most 40 impressions until 2026-12-31 }
offer Silver { at most 10_000 impressions from 2026-01-01 to 2026-01-10 evenly per day }
offer Bronze {}
offer Loan {}
channel Web for Customer {
  zone Home { point hero }
  zone Side { point left }
  at most 55 impressions of Gold, Bronze as Metals
  at most 25 impressions per day of Loan
  at most 3 impressions of Silver from 2027-01-01
}
strategy S on Web {
  zone Home {
    Gold score 90 when worth > 3
    Silver score 10 * worth alone
    Bronze score 20 when vip
    Loan
  }
  zone Side { Bronze score 30  Gold score 10 when vip  Loan score 1 }
}
"""
ROWS = 300


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("limits")
    (folder / "s.interact").write_text(STRATEGY)
    chance = random.Random(7)
    for name, size in (("small", 7), ("whole", ROWS)):
        chance.seed(7)
        columns = {
            "id": list(range(ROWS)),
            "worth": [chance.choice((None, *range(12))) for _ in range(ROWS)],
            "vip": [chance.choice((None, True, False)) for _ in range(ROWS)],
        }
        schema = pa.schema([("id", pa.int64()), ("worth", pa.int32()), ("vip", pa.bool_())])
        table = pa.table(columns, schema=schema)
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=size)
    return str(folder)


def run(*words: str) -> str:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    return result.output


def one_after_the_other(
    program: Program, channel: Channel, customers: list[Customer], now: int, top: int
) -> tuple[list[tuple[int, str, str, int]], dict[str, Used]]:
    """Return the offers that customers get who come one by one, and what was given."""
    used = {limit.key: Used() for limit in channel.limits}
    closed: set[str] = set()
    rows = []
    for customer in customers:
        while True:
            left = left_of(channel.limits, used, now)
            states = {s: 0 if s in closed else n for s, n in left.items()}
            seen = Customer({**customer.values, **states}, customer.rows)
            zones = decide(program, channel, seen, Moment(now), top).zones
            kept = [(z, c) for z, found in enumerate(zones) for c in found if c.position]
            offers = [channel.rules[c.rule].offer for _, c in kept]
            wanted = {x.state: sum(o in x.offers for o in offers) for x in channel.limits}
            beyond = {s for s in left if wanted[s] > left[s]} - closed
            if not beyond:
                break
            closed |= beyond
        for limit in channel.limits:
            if limit.state in left and wanted[limit.state]:
                before = used[limit.key]
                used[limit.key] = counted(limit, before, now, wanted[limit.state])
        for zone, found in kept:
            offer = program.offers[channel.rules[found.rule].offer].name
            place = channel.zones[zone].name
            rows.append((int(str(customer.values["id"])), place, offer, found.position or 0))
    return rows, used


@pytest.mark.parametrize("file", ["small", "whole"])
@pytest.mark.parametrize("top", [1, 3])
def test_a_run_gives_what_customers_get_one_after_the_other(
    project: str, tmp_path: Path, file: str, top: int
) -> None:
    customers, out = f"{project}/{file}.parquet", tmp_path / "out"
    day = ["--as-of", "2026-01-02", "--top", str(top), "--threads", "4"]
    run("score", project, "--customers", customers, "--out", str(out), *day)
    opened = open_project(project)
    (channel,) = opened.program.channels
    given: list[dict[str, Any]] = pq.read_table(customers).to_pylist()
    now = 20_455 * MICROSECONDS_PER_DAY
    rows, used = one_after_the_other(
        opened.program, channel, [Customer(g) for g in given], now, top
    )
    found = pq.read_table(out / "offers").to_pylist()
    assert sorted((r["id"], r["zone"], r["offer"], r["rank"]) for r in found) == sorted(rows)
    told = json.loads((out / "run.json").read_text())
    assert told["read"] == ROWS
    assert {k: t["used"] for k, t in told["impressions"].items()} == {
        key: counts.total for key, counts in used.items()
    }
    assert told["impressions"]["Gold"]["given"] <= 40
    assert told["impressions"]["Web.Loan_per_day"]["closed_after"] is not None
    assert not told["impressions"]["Web.Silver"]["holds"]
    assert told["states"] == {}


def test_the_next_run_goes_on_with_what_was_given(project: str, tmp_path: Path) -> None:
    asked = ["score", project, "--customers", f"{project}/small.parquet", "--as-of", "2026-01-02"]
    first, second, third = (str(tmp_path / name) for name in ("first", "second", "third"))
    shown = run(*asked, "--out", first)
    assert "limit of impressions" in shown
    assert "to nobody after" in shown
    run(*asked, "--out", second, "--limits-used", f"{first}/run.json")
    counts = json.loads(Path(second, "run.json").read_text())["impressions"]
    assert counts["Gold"]["used"] <= 40
    loan = counts["Web.Loan_per_day"]
    assert (loan["given"], loan["used"], loan["left"]) == (0, 24, 1)  # the next one wanted two
    # The next day has its own number.
    tomorrow = [*asked[:-1], "2026-01-03", "--out", third]
    run(*tomorrow, "--limits-used", f"{second}/run.json")
    told = json.loads(Path(third, "run.json").read_text())["impressions"]["Web.Loan_per_day"]
    assert told["given"] >= 24
    assert (told["used"], told["within"]) == (24 + told["given"], told["given"])
    assert told["interval"] == loan["interval"] + 1


def test_the_counts_of_a_host(project: str, tmp_path: Path) -> None:
    place = tmp_path / "50% #1?"
    place.mkdir()
    ledger = open_ledger(str(place / "impressions.db"))
    ledger.update("Gold", lambda used: Used(40))
    ledger.close()
    used = ["--limits-used", str(place / "impressions.db")]
    asked = ["--customers", f"{project}/small.parquet", "--as-of", "2026-01-02"]
    run("score", project, *asked, "--out", str(tmp_path / "out"), *used)
    rows = pq.read_table(tmp_path / "out" / "offers").to_pylist()
    assert "Gold" not in {row["offer"] for row in rows}
    worthy = pq.read_table(f"{project}/small.parquet").to_pylist()
    key = next(str(c["id"]) for c in worthy if (c["worth"] or 0) > 3)
    told = run("explain", project, *asked, "--id", key, *used)
    assert "impression limit: no impressions are left of it" in told
    assert "Gold.impressions_left = 0" in told
    counted = run("explain", project, *asked, "--summary", *used, "--json")
    (gold,) = (
        rule
        for zone in json.loads(counted)["candidates"]
        for rule in zone["rules"]
        if (zone["zone"], rule["offer"]) == ("Home", "Gold")
    )
    assert gold["dropped"]["impression limit"] == ROWS


def test_no_customers_that_are_asked_for(project: str, tmp_path: Path) -> None:
    asked = ["--customers", f"{project}/small.parquet", "--where", "worth > 99"]
    run("score", project, *asked, "--out", str(tmp_path / "out"))
    assert json.loads((tmp_path / "out" / "run.json").read_text())["scored"] == 0


@pytest.mark.parametrize("content", ["", "{}", '{"impressions": {"Gold": 3}}', "[1]"])
def test_counts_that_are_none(project: str, tmp_path: Path, content: str) -> None:
    (tmp_path / "used.json").write_text(content)
    asked = ["--customers", f"{project}/small.parquet", "--out", str(tmp_path / "out")]
    used = ["--limits-used", str(tmp_path / "used.json")]
    result = CliRunner().invoke(cli, ["score", project, *asked, *used])
    assert result.exit_code == 1
    assert "has no counts of impressions" in result.output
    assert result.output.count("\n") == 2
