"""Imports into a campaign database: each row once, nothing lost, wrong usage in a line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.postgres import Database

from interact.runtime.campaign.load import import_history
from interact.runtime.campaign.match import Matching
from interact.runtime.campaign.report import Report
from interact.runtime.campaign.watch import watch
from interact.runtime.cli.main import cli
from interact.runtime.errors import OutputError, UsageError
from interact.runtime.history.events import Contact, Event, Response
from interact.runtime.history.writer import open_history

HERE = Path(__file__).parent
DAY = 86_400_000_000
KEYS = {"Customer": ("customer_id",), "Client": ("Customer_ID",), "Household": ("house", "channel")}


def event(kind: type[Event], name: str, days_ago: float = 1, /, **more: Any) -> Event:
    told = {
        "event": name,
        "decision": "d1",
        "at": int(time.time() * 1e6 - days_ago * DAY),
        "channel": "Website",
        "audience": "Customer",
        "key": (7,),
        "treatment": "t1",
        "offer": "Gold",
        "code": "CC-GOLD",
        "extra": {"cart": "12.50"},
    }
    return kind(**told | more)


def record(folder: Path, *events: Event) -> None:
    history = open_history(str(folder), KEYS.__getitem__)
    history.record(events)
    history.close()


@dataclass
class Place:
    folder: Path
    url: str
    select: Callable[[str], list[Any]]

    @property
    def history(self) -> Path:
        return self.folder / "history"

    @property
    def file(self) -> Path:
        return self.folder / "c.db"

    def run(self, **options: Any) -> Report:
        return import_history(str(self.history), self.url, **options)


def in_duckdb(folder: Path) -> Place:
    def select(sql: str) -> list[Any]:
        with duckdb.connect(str(folder / "c.db")) as db:
            return db.execute(sql).fetchall()

    return Place(folder, f"duckdb:///{folder / 'c.db'}", select)


@pytest.fixture
def duck(tmp_path: Path) -> Place:
    return in_duckdb(tmp_path / "a=b [1]*")


@pytest.fixture(params=["duckdb", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "duckdb":
        return in_duckdb(tmp_path / "a=b [1]*")
    database: Database = request.getfixturevalue("postgres")
    return Place(tmp_path / "a=b [1]*", database.url, database.select)


def test_rows_come_once(place: Place) -> None:
    record(
        place.history,
        event(Contact, "e1", score=80.5, rank=1),
        event(Contact, "e2", treatment="t2"),
        event(Response, "e3", kind="accept"),
        event(Response, "e4", kind="later"),
    )
    first = place.run()
    assert (first.inserted, first.rows_read) == ({"contacts": 2, "responses": 2}, 4)
    again = place.run()
    assert (again.parts_read, again.parts_already_there) == (0, 2)
    assert place.select(
        "SELECT PackageID, customer_id, Channel, NumberOfOffers FROM UA_ContactHistory"
    ) == [("d1", 7, "Website", 2)]
    assert place.select("SELECT * FROM UA_UsrResponseType ORDER BY 1") == [
        ("accept", 1),
        ("later", 0),
        ("reject", 2),
    ]
    assert place.select(
        "SELECT Score, OfferName FROM UA_DtlContactHist JOIN UA_Treatment USING (TreatmentCode)"
        " ORDER BY Event"
    ) == [(80.5, "Gold"), (None, "Gold")]


def test_the_same_rows_under_another_name_are_already_there(place: Place) -> None:
    record(place.history, event(Contact, "e1"), event(Contact, "e2"))
    (part,) = place.history.glob("contacts/*/*/*.parquet")
    shutil.copy(part, part.with_name("part-copy-1-Customer.parquet"))
    report = place.run()
    assert (report.inserted["contacts"], report.already_there) == (2, 2)
    shutil.copy(part, part.with_name("part-copy-2-Customer.parquet"))
    assert place.run().already_there == 2
    assert place.select("SELECT count(*) FROM UA_DtlContactHist") == [(2,)]


def test_other_keys_and_types_get_columns(place: Place) -> None:
    record(place.history, event(Contact, "e1"))
    place.run()
    record(
        place.history,
        event(Contact, "e2", audience="Household", key=(3, "north")),
        event(Contact, "e3", key=("x9",)),
        event(Contact, "e4", audience="Client", key=(5,)),
    )
    place.run()
    assert place.select(
        "SELECT customer_id, house, Key_channel, Channel FROM UA_DtlContactHist ORDER BY Event"
    ) == [
        ("7", None, None, "Website"),
        (None, 3, "north", "Website"),
        ("x9", None, None, "Website"),
        ("5", None, None, "Website"),
    ]


def test_columns_of_a_later_history_are_no_keys(duck: Place) -> None:
    record(duck.history, event(Contact, "e1", 3))
    (part,) = duck.history.glob("contacts/*/*/*.parquet")
    table = pq.read_table(part, partitioning=None)
    pq.write_table(table.append_column("mood", [["good"]]), part)
    lost = {"kind": "accept", "matched": False, "treatment": "Gold"}
    record(duck.history, event(Response, "r1", 1, **lost))
    assert duck.run().matched == 1
    assert duck.select("SELECT Name FROM interact_KeyColumn") == [("customer_id",)]


def test_unmatched_responses_wait_for_their_contact(place: Place) -> None:
    lost = {"kind": "accept", "matched": False}
    record(
        place.history,
        event(Response, "r1", **lost),
        event(Response, "r2", treatment="unknown", **lost),
        event(Response, "r3", 40, treatment="unknown", **lost),
        event(Response, "r4", treatment="early", **lost),
    )
    first = place.run()
    assert (first.unmatched, first.matched, first.waiting, first.aged_out) == (4, 0, 3, 1)
    record(place.history, event(Contact, "c1", 3), event(Contact, "c2", 32.5, treatment="early"))
    assert (place.run().matched, place.run().matched) == (1, 0)
    assert place.select("SELECT Event, MatchedBy FROM UA_ResponseHistory") == [("r1", "treatment")]
    wider = place.run(how=Matching(days=35))
    assert (wider.matched, wider.waiting) == (1, 1)


def test_responses_find_contacts_of_their_customer_by_what_was_posted(place: Place) -> None:
    lost = {"kind": "accept", "matched": False, "offer": "", "code": ""}
    record(
        place.history,
        event(Contact, "c1", 5, treatment="t1", score=9.0, extra={"promo": "P1"}),
        event(Contact, "c2", 4, treatment="t2", score=8.0, extra={"promo": "P2"}),
        event(Contact, "c3", 3, treatment="t3", score=8.0, key=(8,), extra={"promo": "P1"}),
        event(Response, "by code", 1, treatment="CC-GOLD", **lost),
        event(Response, "by name", 1, treatment="Gold", **lost),
        event(Response, "before", 4.5, treatment="Gold", **lost),
        event(Response, "too early", 6, treatment="Gold", **lost),
        event(Response, "by promo", 1, treatment="P1", **lost),
        event(Response, "other", 1, treatment="P2", key=(8,), **lost),
        event(Response, "nobody's", 1, treatment="Gold", key=(9,), **lost),
    )
    place.run()
    told = "SELECT Event, TreatmentCode, TrackingCode, MatchedBy FROM UA_ResponseHistory ORDER BY 1"
    by_offer = [
        ("before", "t1", "Gold", "offer"),
        ("by code", "t2", "CC-GOLD", "offer"),
        ("by name", "t2", "Gold", "offer"),
    ]
    assert place.select(told) == by_offer
    assert place.run(how=Matching(by=("treatment", "promo"))).matched == 1
    assert place.select(told)[3] == ("by promo", "t1", "P1", "promo")
    waiting = "SELECT Event FROM interact_UnmatchedResponse ORDER BY 1"
    assert place.select(waiting) == [("nobody's",), ("other",), ("too early",)]
    with pytest.raises(UsageError, match="no column salary to match"):
        place.run(how=Matching(by=("salary",)))


def test_the_response_of_a_visitor_is_that_of_the_contacts_customer(place: Place) -> None:
    lost = {"kind": "accept", "matched": False, "offer": "", "code": "", "key": ()}
    record(
        place.history,
        event(Contact, "c1", 5, treatment="t1"),
        event(Contact, "c2", 5, treatment="t2", key=()),
        event(Response, "r1", 1, treatment="t1", **lost),
        event(Response, "r2", 1, treatment="t2", **lost),
        event(Response, "r3", 1, treatment="Gold", **lost),
    )
    place.run()
    told = "SELECT Event, customer_id, MatchedBy FROM UA_ResponseHistory ORDER BY 1"
    assert place.select(told) == [("r1", 7, "treatment"), ("r2", None, "treatment")]
    assert place.select("SELECT Event FROM interact_UnmatchedResponse") == [("r3",)]


@pytest.mark.parametrize(("winner", "taken"), [("latest", "t3"), ("first", "t1"), ("score", "t2")])
def test_of_several_contacts_one_is_taken(duck: Place, winner: str, taken: str) -> None:
    record(
        duck.history,
        event(Contact, "c1", 5, treatment="t1", score=8.0),
        event(Contact, "c2", 4, treatment="t2", score=9.0),
        event(Contact, "c3", 3, treatment="t3"),
        event(Response, "r", 1, treatment="Gold", kind="accept", matched=False),
    )
    duck.run(how=Matching(winner=winner))
    assert duck.select("SELECT TreatmentCode FROM UA_ResponseHistory") == [(taken,)]


def test_watching_imports_until_it_is_stopped(duck: Place) -> None:
    record(duck.history, event(Contact, "e1"))
    command = ["campaign", "import", "--history", str(duck.history), "--to", duck.url]
    arguments = [sys.executable, "-m", "interact", *command, "--watch", "0.01", "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["inserted"]["contacts"] == 1
        record(duck.history, event(Contact, "e2"))
        told = (json.loads(line) for line in watching.stdout)
        assert next(r for r in told if r["inserted"]["contacts"])["rows_read"] == 1
        watching.terminate()
        assert watching.wait() == 0


def test_watching_goes_on_after_an_error(duck: Place) -> None:
    outcomes = iter([OutputError("busy"), Report(), UsageError("no history")])
    told: list[object] = []

    def run() -> Report:
        found = next(outcomes)
        if isinstance(found, Exception):
            raise found
        return found

    with pytest.raises(UsageError, match="no history"):
        watch(run, told.append, lambda: False)
    assert [type(one) for one in told] == [OutputError, Report]


def test_wrong_rows_and_files_are_told_and_kept(place: Place) -> None:
    record(place.history, event(Contact, "e1"), event(Contact, "e2"))
    (part,) = place.history.glob("contacts/*/*/*.parquet")
    table = pq.read_table(part, partitioning=None)
    at = table.schema.get_field_index("treatment")
    bad = table.set_column(at, "treatment", [["t1", None]])
    pq.write_table(bad, part)
    part.with_name("part-x-1-Customer.parquet").write_bytes(b"PAR1 no PAR1")
    result = CliRunner().invoke(
        cli,
        ["campaign", "import", "--history", str(place.history), "--to", place.url],
    )
    assert result.exit_code == 1
    assert "rejected: 1 (no treatment)\npart rejected: contacts/date=" in result.output
    assert place.select("SELECT Reason FROM interact_RejectedRow") == [("no treatment",)]


def test_a_dry_run_writes_nothing(place: Place) -> None:
    record(place.history, event(Contact, "e1"))
    assert place.run(dry_run=True).rows_read == 1
    assert not place.file.exists()
    tables = (
        "SELECT * FROM information_schema.tables WHERE lower(table_name) LIKE 'ua!_%' ESCAPE '!'"
    )
    assert place.select(tables) == []
    place.run()
    assert place.run(dry_run=True).parts_already_there == 1


@pytest.mark.parametrize(
    ("history", "url", "told"),
    [
        ("none", "duckdb:///c.db", "no history in none"),
        ("none", "c.db", "no history in none"),
        (".", "c.db", "not a database: c.db"),
        (".", "duckdb://c.db", "not a database: duckdb://c.db"),
    ],
)
def test_wrong_usage_is_a_line(
    history: str, url: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["campaign", "import", "--history", history, "--to", url])
    assert result.exit_code == 2
    assert result.output.startswith(f"error: {told}\n  help: ")


def test_other_files_and_tables_of_that_name_are_a_line(duck: Place) -> None:
    record(duck.history, event(Contact, "e1"))
    duck.file.write_bytes(b"no database" * 2000)
    with pytest.raises(OutputError, match="cannot open"):
        duck.run()
    duck.file.unlink()
    duck.select("CREATE TABLE UA_ContactHistory (a INTEGER)")
    with pytest.raises(OutputError, match=r"cannot import into .*UA_ContactHistory"):
        duck.run()


def test_a_database_in_use_is_told_or_waited_for(duck: Place) -> None:
    record(duck.history, *(event(Contact, f"e{i}", treatment=f"t{i}") for i in range(500)))
    holder = "import duckdb, sys; d = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    arguments = [sys.executable, "-c", holder, str(duck.file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        command = ["campaign", "import", "--history", str(duck.history), "--wait", "0"]
        result = CliRunner().invoke(cli, [*command, "--to", duck.url])
        assert result.output.startswith("error: another process has ")
        assert result.exit_code == 1
        other.communicate("\n")
    importing = [sys.executable, "-m", "interact", *command[:-2], "--to", duck.url]
    both = [subprocess.Popen(importing, stdout=pipe, text=True) for _ in range(2)]
    told = "".join(one.communicate()[0] for one in both)
    assert [one.returncode for one in both] == [0, 0]
    assert told.count("inserted: 500 contacts") == told.count("inserted: 0 contacts") == 1


def test_killed_imports_equal_one_that_was_not(
    request: pytest.FixtureRequest, place: Place, tmp_path: Path
) -> None:
    for number in range(12):
        record(
            place.history,
            *(event(Contact, f"c{number}-{i}", treatment=f"t{number}-{i}") for i in range(20)),
            event(Contact, f"again{number}", treatment=f"t{number // 2}-1"),
            event(
                Response, f"r{number}", 0, kind="accept", matched=False, treatment=f"t{number}-3"
            ),
            event(Response, f"u{number}", kind="reject", treatment=f"t{number}-4"),
        )
    calm = f"duckdb:///{tmp_path / 'calm.db'}"
    if place.url.startswith("postgresql"):
        calm = request.getfixturevalue("postgres_server").new_database().url
    done = subprocess.run(
        [sys.executable, HERE / "killed.py", str(place.history), place.url, calm, "50", "7"],
        env=os.environ,
        capture_output=True,
        text=True,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
