"""Imports in trouble: one message, nothing lost, and the next one does the rest."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.postgres import Database, Server
from tests.runtime.campaign.test_campaign import Place, event, in_duckdb, place, record

from interact.runtime.campaign import lists
from interact.runtime.campaign.postgres import PostgresDatabase
from interact.runtime.campaign.urls import without_password
from interact.runtime.cli.main import cli
from interact.runtime.errors import OutputError, UsageError
from interact.runtime.history.events import Contact, Response

__all__ = ["place"]
ROWS = "SELECT count(*) FROM UA_DtlContactHist"


def contacts(number: int, prefix: str = "e") -> list[Any]:
    return [event(Contact, f"{prefix}{i}", treatment=f"{prefix}t{i}") for i in range(number)]


def parts(at: Place) -> list[Path]:
    return sorted(at.history.glob("contacts/*/*/*.parquet"))


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_a_damaged_file_is_told_and_costs_no_other(place: Place, damage: str) -> None:
    record(place.history, *contacts(300))
    (whole,) = parts(place)
    record(place.history, *contacts(200, "f"))
    data = whole.read_bytes()
    middle = len(data) // 3
    flipped = data[:middle] + bytes([data[middle] ^ 16]) + data[middle + 1 :]
    whole.write_bytes({"flipped": flipped, "cut": data[:-500], "empty": b""}[damage])
    report = place.run()
    assert [bad.name for bad in report.parts_rejected] == [
        whole.relative_to(place.history).as_posix()
    ]
    assert report.parts_rejected[0].reason
    assert (report.inserted["contacts"], place.select(ROWS)) == (200, [(200,)])
    assert len(place.run().parts_rejected) == 1
    whole.write_bytes(data)
    again = place.run()
    assert (again.parts_rejected, again.inserted["contacts"]) == ([], 300)
    assert place.select(ROWS) == [(500,)]


def test_a_full_disk_is_a_line_and_loses_nothing(tmp_path: Path) -> None:
    at = in_duckdb(tmp_path / "a")
    for number in range(6):
        record(at.history, *contacts(2000, f"p{number}-"))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "interact", "campaign", "import"]
    done = subprocess.run(
        [*command, "--history", str(at.history), "--to", at.url],
        preexec_fn=little_room,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("error: cannot ")
    assert "Traceback" not in done.stderr
    assert at.run().parts_rejected == []
    assert at.select(ROWS) == [(12_000,)]


def test_a_lost_connection_is_a_line_and_loses_nothing(
    postgres: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    record(at.history, *contacts(300))
    add_new = PostgresDatabase.add_new

    def cut(self: PostgresDatabase, table: str, *rest: Any, **more: Any) -> int:
        if table == "UA_DtlContactHist":
            postgres.select(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return add_new(self, table, *rest, **more)

    monkeypatch.setattr(PostgresDatabase, "add_new", cut)
    with pytest.raises(OutputError, match=r"^cannot import into postgresql:///test\d+: ") as told:
        at.run()
    assert "\n" not in told.value.message
    assert at.select("SELECT count(*) FROM UA_Treatment") == [(0,)]
    monkeypatch.undo()
    assert at.run().inserted["contacts"] == 300


def test_a_server_that_goes_away_while_it_is_read_costs_no_file(
    postgres: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    record(at.history, *contacts(2))
    at.run()
    code, rows = "repeat('x', 400) || n", "FROM generate_series(1, 60000) AS n"
    at.select(f"INSERT INTO UA_Treatment (TreatmentCode, OfferName) SELECT {code}, 'O' {rows}")
    at.select(
        "INSERT INTO UA_DtlContactHist (Event, TreatmentCode, AudienceLevel, ContactDateTime,"
        f" customer_id) SELECT 'm' || n, {code}, 'Customer', now() - INTERVAL '1 hour', n {rows}"
    )
    shaped = lists._shaped

    def cut(batch: Any, schema: Any) -> Any:
        at.select(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return shaped(batch, schema)

    monkeypatch.setattr(lists, "_shaped", cut)
    (tmp_path / "out.csv").write_text("what was there")
    command = ["campaign", "follow-up", "--from", at.url, "--kind", "unanswered"]
    done = CliRunner().invoke(cli, [*command, "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 1
    told = r"error: cannot read postgresql:///test\d+: .*(connection|unexpectedly).*\n"
    assert re.fullmatch(told, done.output), done.output
    assert (tmp_path / "out.csv").read_text() == "what was there"
    assert not list(tmp_path.glob(".out*"))


def test_a_server_that_is_not_there_is_a_line(tmp_path: Path) -> None:
    record(tmp_path / "history", *contacts(1))
    url = "postgresql://me:secret@127.0.0.1:1/none"
    with pytest.raises(OutputError) as told:
        Place(tmp_path, url, lambda sql: []).run()
    assert told.value.message.startswith("cannot open postgresql://me@127.0.0.1:1/none: ")
    assert "secret" not in told.value.message
    assert without_password(url) in told.value.message


@pytest.mark.parametrize(
    "password",
    [*("se/cret", "se@cret", "se%cret", "se[cret", "se:cret", "se?cret", "se#cret", "secret%00")],
)
@pytest.mark.parametrize(
    "url", ["postgresql://me:{}@127.0.0.1:1/db", "postgres://127.0.0.1:1/db?password={}"]
)
@pytest.mark.parametrize("command", [("report",), ("campaign", "import", "--to")])
def test_no_message_has_a_part_of_a_password(
    tmp_path: Path, url: str, password: str, command: tuple[str, ...]
) -> None:
    record(tmp_path, *contacts(1))
    words = [*command, url.format(password), *(("--history", str(tmp_path)) * (len(command) > 1))]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code in (1, 2)
    assert done.output.startswith("error: ")
    assert not {"se", "cret", password} & set(re.split(r"[^a-z]", done.output)), done.output


@pytest.mark.parametrize(
    ("url", "driver", "told"),
    [
        ("duckdb:///c.db", "duckdb", "interact-dsl[campaign]"),
        ("postgresql://host/db", "adbc_driver_postgresql", "interact-dsl[postgres]"),
    ],
)
def test_a_missing_driver_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, driver: str, told: str
) -> None:
    record(tmp_path / "history", *contacts(1))
    for name in (driver, f"{driver}.dbapi"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError) as error:
        Place(tmp_path, url, lambda sql: []).run()
    assert told in error.value.help


def test_a_zero_character_is_a_wrong_row(postgres: Database, tmp_path: Path) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    lost: dict[str, Any] = {"kind": "accept", "matched": False}
    record(
        at.history,
        *contacts(3),
        event(Contact, "e9", extra={"cart": "1\0"}),
        event(Response, "r1", 0, treatment="et1", **lost),
        event(Response, "r2", 0, treatment="a\0b", **lost),
    )
    report = at.run()
    assert report.rejected == {"a zero character": 2}
    assert (report.inserted["contacts"], report.matched) == (3, 1)
    assert at.run().parts_read == 0
    assert len(at.select("SELECT * FROM interact_RejectedRow")) == 2


def test_values_that_do_not_fit_a_column_that_is_there_are_wrong_rows(place: Place) -> None:
    record(place.history, event(Contact, "e1", extra={"cart": "12.50"}))
    place.run()
    place.select("ALTER TABLE UA_DtlContactHist ADD COLUMN points INTEGER")
    place.select("ALTER TABLE UA_ResponseHistory ADD COLUMN points INTEGER")
    record(
        place.history,
        event(Contact, "e2", extra={"points": "7"}),
        event(Contact, "e3", extra={"points": "many"}),
    )
    assert place.run().rejected == {"points does not fit": 1}
    assert place.select("SELECT cart, points FROM UA_DtlContactHist ORDER BY Event") == [
        ("12.50", None),
        (None, 7),
    ]


def test_two_imports_at_once_share_the_work(postgres: Database, tmp_path: Path) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    for number in range(4):
        record(at.history, *contacts(100, f"p{number}-"))
    command = [sys.executable, "-m", "interact", "campaign", "import", "--history", at.history]
    arguments = [*map(str, command), "--to", at.url]
    both = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(3)
    ]
    told = "".join(one.communicate()[0] for one in both)
    assert [one.returncode for one in both] == [0] * 3
    assert told.count("inserted: 400 contacts") == 1
    assert told.count("inserted: 0 contacts") == 2
    assert at.select(ROWS) == [(400,)]


def test_a_column_of_one_table_has_its_type_in_all_of_them(place: Place) -> None:
    record(place.history, *contacts(1))
    place.run()
    place.select("ALTER TABLE UA_DtlContactHist ADD COLUMN points INTEGER")
    lost: dict[str, Any] = {"kind": "accept", "matched": False, "treatment": "none"}
    record(place.history, event(Response, "r1", 0, extra={"points": "808464432"}, **lost))
    place.run()
    assert place.select("SELECT points FROM interact_UnmatchedResponse") == [(808464432,)]
    place.select("ALTER TABLE UA_DtlContactHist ALTER COLUMN points TYPE DATE USING NULL")
    record(place.history, *contacts(1, "f"), event(Contact, "g", extra={"points": "2026-01-01"}))
    with pytest.raises(OutputError, match=r"points of the type INTEGER, where DATE is written"):
        place.run()


@pytest.mark.parametrize(
    ("kind", "given", "is_kept", "wrong"),
    [
        ("varchar(3)", ("abc", "abcd"), "f = 'abc'", 1),
        ("numeric", ("1.23456", "12345678901234567890.5", "x"), "f > 1.23455", 1),
        ("timestamptz", ("2026-01-01 10:00:00",), "f = '2026-01-01 10:00:00+00'", 0),
    ],
)
def test_columns_of_other_types_get_what_fits_them(
    postgres: Database, tmp_path: Path, kind: str, given: tuple[str, ...], is_kept: str, wrong: int
) -> None:
    at = Place(tmp_path, postgres.url + "&options=-cTimeZone%3DAmerica/New_York", postgres.select)
    with_a_column(at, kind)
    record(at.history, *(event(Contact, v, treatment=v, extra={"f": v}) for v in given))
    assert sum(at.run().rejected.values()) == wrong
    told = f"SELECT {is_kept} FROM UA_DtlContactHist WHERE f IS NOT NULL"
    assert at.select(told) == [(True,)] * (len(given) - wrong)


def test_a_column_that_cannot_be_filled_is_a_line(postgres: Database, tmp_path: Path) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    with_a_column(at, "jsonb")
    record(at.history, event(Contact, "e2", extra={"f": "{}"}))
    with pytest.raises(OutputError, match="the column f has the type jsonb, which cannot be fil"):
        at.run()


def with_a_column(at: Place, kind: str) -> None:
    record(at.history, event(Contact, "e", extra={}), event(Response, "r", kind="accept", extra={}))
    at.run()
    for table in ("UA_DtlContactHist", "UA_ResponseHistory", "interact_UnmatchedResponse"):
        at.select(f"ALTER TABLE {table} ADD COLUMN f {kind}")


def test_whoever_may_read_the_view_still_may_when_it_has_more_columns(
    postgres: Database, tmp_path: Path
) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    record(at.history, event(Contact, "e1"))
    at.run()
    at.select("GRANT SELECT ON UA_ContactHistory TO PUBLIC")
    at.select("CREATE VIEW mine AS SELECT customer_id, NumberOfOffers FROM UA_ContactHistory")
    more = event(Contact, "e2", audience="Household", key=(3, "n"), extra={"new": "1"})
    record(at.history, more, event(Contact, "e3", treatment="t2", extra={"cart": "9"}))
    at.run()
    assert sorted(at.select("SELECT * FROM mine"), key=str) == [(7, 2), (None, 1)]
    assert at.select("SELECT house FROM UA_ContactHistory WHERE house = 3") == [(3,)]
    rights = "SELECT has_table_privilege('pg_monitor', 'ua_contacthistory', 'SELECT')"
    assert at.select(rights) == [(True,)]


def test_texts_are_utf_8_whatever_the_database_is_in(
    postgres_server: Server, tmp_path: Path
) -> None:
    base = postgres_server.new_database()
    name = f"latin{os.getpid()}"
    base.select(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    latin = Database(postgres_server.url(name))
    at = Place(tmp_path, latin.url, latin.select)
    record(at.history, event(Contact, "e1", offer="Crème"))
    at.run()
    assert at.select("SELECT OfferName FROM UA_Treatment") == [("Crème",)]
    record(at.history, event(Contact, "e2", treatment="t2", offer="😀"))
    with pytest.raises(OutputError, match="has no equivalent in encoding"):
        at.run()


def test_tables_are_read_wherever_the_search_path_has_them(
    postgres: Database, tmp_path: Path
) -> None:
    at = Place(tmp_path, postgres.url, postgres.select)
    record(at.history, *contacts(3))
    at.run()
    at.select("CREATE SCHEMA mine")
    path = f"{postgres.url}&options=-csearch_path%3Dmine,public"
    report = ["report", path, "--section", "offers"]
    lists = ["campaign", "follow-up", "--kind", "unanswered", "--from", path, "--out"]
    for words in (report, [*lists, str(tmp_path / "o.csv")]):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 2
    assert Place(tmp_path, path, postgres.select).run().inserted["contacts"] == 3
    assert at.select("SELECT count(*) FROM mine.UA_DtlContactHist") == [(3,)]


def test_a_search_path_without_a_schema_is_a_line(postgres: Database, tmp_path: Path) -> None:
    record(tmp_path / "history", *contacts(1))
    url = f"{postgres.url}&options=-csearch_path%3Dnone"
    with pytest.raises(OutputError, match="no schema of the search path is there in postgresql:"):
        Place(tmp_path, url, postgres.select).run()
