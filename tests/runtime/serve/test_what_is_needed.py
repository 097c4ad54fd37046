"""What a service needs of profiles and tables is what ``interact score`` needs of them."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from interact.runtime.cli.main import cli
from interact.runtime.errors import InteractError, SchemaError, UsageError
from interact.runtime.host import advisory
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.drivers import Driver
from interact.runtime.host.profiles.needs import needs_of
from interact.runtime.host.profiles.sql import Database, From, open_sql_profiles
from interact.runtime.host.results import NameValue
from interact.runtime.hosting import open_host
from interact.runtime.project import Project, open_project
from interact.runtime.scoring import Run, open_customers
from interact.runtime.serve.preparing import Preparing
from interact.runtime.tables.rows import TableSpec

SHOP = """
audience Customer {
  key id: int
  profile { age: int  score: float?  unread: text?  place: text from "Town" }
  session { visits: int = 3 }
  cards: many { ceiling: int  colour: text }
}
channel Web for Customer { zone Home { point hero } }
suppressions Stop for Customer
offer Gold {}
strategy Cards on Web {
  zone Home {
    Gold score age + sum(ceiling of cards)
      when score > 0.5 or visits > 5 or place = "Ulm"
  }
}
"""
COLUMNS = {
    "id": pa.array([1, 2]),
    "age": pa.array([30, 40]),
    "score": pa.array([0.7, None]),
    "Town": pa.array(["Ulm", "Bonn"]),
    "visits": pa.array([1, 2]),
    "cards": pa.array([[{"ceiling": 7, "colour": "red"}], []]),
}
LESS: list[set[str]] = [{"id"}, {"age", "score"}, {"Town"}, {"visits"}, {"cards"}, set(), {"score"}]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "shop.interact").write_text(SHOP)
    return open_project(str(tmp_path / "shop.interact"))


def said(work: Callable[[], object]) -> str:
    try:
        work()
    except InteractError as error:
        return f"{error.exit_code} {error.render()}"
    return ""


@pytest.mark.parametrize("less", LESS, ids=lambda less: "-".join(sorted(less)) or "all")
def test_a_file_is_refused_as_score_refuses_it(
    project: Project, tmp_path: Path, less: set[str]
) -> None:
    file = str(tmp_path / "people.parquet")
    pq.write_table(pa.table({n: v for n, v in COLUMNS.items() if n not in less}), file)
    channel = project.program.channels[0]
    at = datetime(2026, 11, 24, tzinfo=UTC)
    run = Run(project, channel, project.plan_of(channel), file, str(tmp_path / "out"), at)
    scored = said(lambda: open_customers(run))
    served = said(lambda: Preparing({"Customer": file})(project))
    assert sorted(scored.splitlines()) == sorted(served.splitlines())
    assert served.count("is missing") == len(less - {"visits"})


def test_a_version_that_reads_more_has_the_file_read_anew(project: Project, tmp_path: Path) -> None:
    file = str(tmp_path / "people.parquet")
    pq.write_table(pa.table(COLUMNS), file)
    prepare = Preparing({"Customer": file})
    first = prepare(project).channels[0].profiles
    (tmp_path / "more.interact").write_text(SHOP.replace("score > 0.5", 'unread = "x"'))
    more = open_project(str(tmp_path / "more.interact"))
    with pytest.raises(SchemaError, match="column `unread` is missing"):
        prepare(more)
    pq.write_table(pa.table({**COLUMNS, "unread": pa.array(["x", "y"])}), file)
    second = prepare(more).channels[0].profiles
    assert second is not first


def database(kind: str, folder: Path) -> tuple[Database, Any]:
    """Return a database with the customers, and what changes it."""
    file = folder / f"people.{kind}"
    opened: Callable[[], Any] = (
        (lambda: sqlite3.connect(file)) if kind == "sqlite" else (lambda: duckdb.connect(file))
    )

    def change(*statements: str) -> None:
        db = opened()
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()

    change(
        "CREATE TABLE people (id int, age int, score float, town text)",
        "CREATE TABLE cards (id int, ceiling int)",
        "INSERT INTO people VALUES (1, 30, 0.7, 'Ulm')",
        "INSERT INTO cards VALUES (1, 7)",
    )
    source = Database(f"{kind}:///{file}", From("people"), {"cards": From("cards")}, timeout=60)
    return source, change


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_database_has_what_is_read(kind: str, project: Project, tmp_path: Path) -> None:
    source, change = database(kind, tmp_path)
    host = Host(Preparing({"Customer": source})(project))
    assert offered(host) == (0, 37.0, [])
    driver: Driver = host.deployment.channels[0].profiles.source.driver  # type: ignore[union-attr]
    driver.close()
    change(
        "ALTER TABLE people RENAME age TO years", "ALTER TABLE people RENAME score TO scores",
        "ALTER TABLE cards RENAME ceiling TO top",
    )  # fmt: skip
    with pytest.raises(SchemaError) as found:
        Preparing({"Customer": source})(project)
    lines = found.value.message.splitlines()
    assert lines[0] == "the database of Customer does not hold what the strategy reads:"
    assert [line.split("`")[1] for line in lines[1:]] == ["age", "cards.ceiling", "score"]
    assert "did you mean `scores`?" in lines[3]
    assert "`years`" in found.value.help


@pytest.mark.parametrize("by", ["table", "query"])
def test_a_column_that_is_renamed_meanwhile_is_a_warning(
    by: str, project: Project, tmp_path: Path
) -> None:
    source, change = database("sqlite", tmp_path)
    if by == "query":
        query = From(query="SELECT * FROM people WHERE id = :id")
        source = Database(source.url, query, source.many, timeout=60)
    host = Host(Preparing({"Customer": source})(project))
    change("ALTER TABLE people RENAME age TO years")
    status, _, codes = offered(host)
    assert (status, codes) == (1, [advisory.PROFILE_FAILED])
    change("ALTER TABLE people RENAME years TO age", "ALTER TABLE people ADD more text")
    assert offered(host) == (0, 37.0, [])


def offered(host: Host) -> tuple[int, float | None, list[int]]:
    """Return the status of a visit's start, the score of its offer, and the codes of its start."""
    started = host.start_session("s", "Web", [NameValue("id", 1, "numeric")])
    offers = host.get_offers("s", "hero").offer_lists[0].offers
    score = offers[0].score if offers else None
    return started.status, score, [message.code for message in started.messages]


def test_a_table_that_is_not_there_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "stop.csv").write_text("id,offer\n1,Gold\n")
    wrong, right = [TableSpec(name, str(tmp_path / "stop.csv")) for name in ("Stopp", "Stop")]
    for is_of_many in (False, True):
        with pytest.raises(UsageError, match="no table Stopp") as found:
            Preparing({}, tables=[wrong], is_of_many=is_of_many)(project)
        assert found.value.help == "the tables are Stop"
    with pytest.raises(UsageError, match="no table Stopp"):
        Preparing({}, tables=[right, wrong])(project)
    with (
        pytest.raises(UsageError, match="no table X"),
        open_host(project.path, tables={"X": "y"}),
    ):
        raise AssertionError


def test_a_version_may_lack_a_table_of_others(
    project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "stop.csv").write_text("id,offer\n1,Gold\n")
    specs = [TableSpec(name, str(tmp_path / "stop.csv")) for name in ("Stop", "Next")]
    with caplog.at_level(logging.WARNING):
        Preparing({}, tables=specs, is_of_many=True)(project)
    assert "no table Next" in caplog.text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--no-auth --users u", "--no-auth lets everyone in, and --users only some"),
        ("--record-inputs", "--record-inputs is about the history, and there is none"),
        ("--activity", "--activity is about"),
        ("--keep promo", "--keep is about"),
        ("--publish 5", "--publish is about"),
    ],
)
def test_options_without_effect_are_wrong_usage(
    options: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interact.runtime.serve.logs.configure", lambda form, requests: None)
    found = CliRunner().invoke(cli, ["serve", "p", *options.split()])
    assert found.exit_code == 2
    assert found.stderr.startswith(f"error: {told}")
    assert ("help: add --history DIR" in found.stderr) is ("about" in told)


def test_a_database_that_was_out_of_reach_is_checked_when_it_is_asked(
    project: Project, tmp_path: Path
) -> None:
    source, change = database("sqlite", tmp_path)
    change("ALTER TABLE people RENAME age TO years")
    found = open_sql_profiles(source, project.program.audiences[0], needs_of(project, "Customer"))
    with pytest.raises(SchemaError, match="column `age` is missing"):
        found.load((1,))
    change("ALTER TABLE people RENAME years TO age")
    profile = found.load((1,))
    assert profile is not None
    assert profile.values["age"] == 30
    found.close()
