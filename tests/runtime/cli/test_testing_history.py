"""Tests give what the customer did before: history of offers, states of patterns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

Run = Callable[..., Result]

PROJECT = """
audience Customer { key id: int }
offer Gold { suppress for 30 days after reject  at most 2 contacts per visit }
offer Blue {}
channel Web for Customer {
  zone Home { point hero }
  event viewed
  pattern Shopper from "shopping" { count of viewed is at least 3 within 1 day }
}
flowchart F on Web { select Busy when Shopper  select Idle when not Shopper }
strategy S on Web { zone Home { Gold score 90  Blue score 10 } }
"""
GIVEN = """
test "given" on Web {
  at 2026-11-24
  cases {
    Gold.rejected, Gold.contacts_in_visit, Shopper -> offers at hero -> segments
    -,             -,                      -       -> Gold, Blue     -> Idle
    null,          1,                      true    -> Gold, Blue     -> Busy
    now - 29 days, 0,                      false   -> Blue           -> Idle
    2026-10-25,    0,                      true    -> Gold, Blue     -> Busy
    -,             2,                      null    -> Blue           -> none
  }
}
test "why" on Web {
  given Gold.rejected = now - 1 day
  expect no offer Gold at hero because suppression
}
"""
FILES = """
test "all" on Web {
  at 2026-11-24
  given customers from "../history.parquet"
  expect offer Gold at hero for 1 customer
  expect segment Busy for 2 customers
}
test "the one who rejected it" on Web {
  at 2026-11-24
  given customer 1 from "../history.parquet"
  expect offers at hero: Blue
}
test "a month later" on Web {
  at 2026-12-24
  given customer 1 from "../history.parquet"
  expect offers at hero: Gold, Blue
}
test "as if it had not been" on Web {
  at 2026-11-24
  given customer 1 from "../history.parquet"
  given Gold.rejected = null, Shopper = false
  expect offers at hero: Gold, Blue
  expect segments: Idle
}
"""


@pytest.fixture
def project(in_folder: Path) -> Path:
    (in_folder / "h").mkdir()
    (in_folder / "h" / "all.interact").write_text(PROJECT)
    history = {
        "id": [1, 2],
        "Gold.rejected": pa.array([datetime(2026, 11, 20), None], pa.timestamp("us")),
        "shopping": [1, 1],
    }
    pq.write_table(pa.table(history), in_folder / "history.parquet")
    return in_folder / "h" / "tests.interact"


@pytest.mark.parametrize("kernels", [[], ["--kernels"]])
@pytest.mark.parametrize(("text", "count"), [(GIVEN, 6), (FILES, 4)])
def test_history_is_given(
    run: Run, project: Path, text: str, count: int, kernels: list[str]
) -> None:
    project.write_text(text)
    found = run("test h", *kernels)
    assert (found.exit_code, found.stderr) == (0, ""), found.output
    assert found.stdout.startswith(f"{count} tests passed in ")


def test_what_keeps_an_offer_away_is_told(run: Run, project: Path) -> None:
    given = "given Gold.rejected = 2026-11-20T10:00"
    project.write_text(f'test "t" on Web {{ at 2026-11-24  {given}  expect offer Gold at hero }}')
    found = run("test h")
    assert found.exit_code == 1
    assert "h/all.interact:3:14\n" in found.stdout
    reason = "Gold: suppression, what the customer did before keeps it away"
    assert f"{reason}, where Gold.rejected = 2026-11-20T10:00:00Z" in found.stdout


def test_another_stage_is_told(run: Run, project: Path) -> None:
    given = "given Gold.contacts_in_visit = 2"
    expect = "expect no offer Gold at hero because suppression"
    project.write_text(f'test "t" on Web {{ {given}  {expect} }}')
    found = run("test h")
    assert "because of suppression, got visit cap" in found.stdout
