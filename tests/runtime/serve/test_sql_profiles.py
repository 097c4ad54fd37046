"""Profiles from SQLite, DuckDB and PostgreSQL: as files give them, and what happens without."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from starlette.testclient import TestClient
from tests.postgres import Database as Postgres

from interact.runtime.errors import DataError, UsageError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.drivers import Unreachable
from interact.runtime.host.profiles.fetched import FetchedProfiles
from interact.runtime.host.profiles.sql import Database, From, SqlProfiles, open_sql_profiles
from interact.runtime.host.results import NameValue
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.settings import read_settings
from interact.runtime.serve.users import Gate

SOURCE = """
audience Person {
  key region: text, number: int
  profile { name: text? vip: bool? balance: decimal(2)? since: date? risk: float? seen: timestamp? }
  accounts: many { product: text amount: decimal(2)? }
}
channel Web for Person { zone Z { point p } }
offer O {}
strategy S on Web { zone Z { O score 10 + count(accounts) when vip } }
"""
CREATE = (
    "CREATE TABLE people (region text, number bigint, name text, vip boolean,"
    " balance decimal(12, 2), since date, risk double precision, seen timestamp, unused text)",
    "CREATE TABLE accounts (region text, number bigint, product text, amount decimal(12, 2))",
)
PEOPLE = [
    ("n", 1, "Ann", True, "12.50", "2020-02-29", 0.25, "2026-01-02 03:04:05"),
    ("n", 2, "Ben", False, None, None, None, None),
    ("s", 1, "'; DROP TABLE people; --", True, "-1", "1999-12-31", 1e300, None),
]
OPENED: list[SqlProfiles] = []
ACCOUNTS = [("n", 1, "savings", "10.5"), ("n", 1, "loan", None), ("s", 1, "card", "3")]


def filled(kind: str, folder: Path, postgres: Postgres) -> str:
    """Return the URL of a database with the tables."""
    people = f"INSERT INTO people VALUES ({', '.join(['?'] * 8)}, 'x')"
    accounts = "INSERT INTO accounts VALUES (?, ?, ?, ?)"
    if kind == "postgresql":
        with psycopg.connect(postgres.url) as db:
            for statement in CREATE:
                db.execute(statement)
            cursor = db.cursor()
            cursor.executemany(people.replace("?", "%s").encode(), PEOPLE)
            cursor.executemany(accounts.replace("?", "%s").encode(), ACCOUNTS)
        return postgres.url
    file = folder / "people.db"
    opened: Any = sqlite3.connect(file) if kind == "sqlite" else duckdb.connect(str(file))
    for statement in CREATE:
        opened.execute(statement)
    opened.executemany(people, PEOPLE)
    opened.executemany(accounts, ACCOUNTS)
    opened.commit()
    opened.close()
    return f"{kind}:///{file}"


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> str:
    return filled(request.param, tmp_path, postgres)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("project") / "p.interact"
    file.write_text(SOURCE)
    return open_deployment(str(file))


@pytest.fixture(autouse=True)
def closed_in_the_end() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().driver.close()


def profiles(url: str, deployment: Any, **more: Any) -> SqlProfiles:
    given = {"customer": From("people"), "many": {"accounts": From("accounts")}, **more}
    found = open_sql_profiles(Database(url, **given), deployment.channels[0].audience)
    OPENED.append(found)
    return found


def check_rows(source: SqlProfiles) -> None:
    ann = source.load(("n", 1))
    assert ann is not None
    assert ann.values == {
        "region": "n",
        "number": 1,
        "name": "Ann",
        "vip": True,
        "balance": 1250,
        "since": date(2020, 2, 29).toordinal() - date(1970, 1, 1).toordinal(),
        "risk": 0.25,
        "seen": int(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp() * 1_000_000),
    }
    assert sorted(ann.rows["accounts"], key=str) == sorted(
        [{"product": "savings", "amount": 1050}, {"product": "loan", "amount": None}], key=str
    )
    ben = source.load(("n", 2))
    assert ben is not None
    assert (ben.values["vip"], ben.values["balance"], ben.rows) == (False, None, {"accounts": []})
    assert source.load(("s", 2)) is None
    assert source.load(("n' OR '1'='1", 1)) is None
    assert not source.lost


def test_tables_give_profiles(url: str, deployment: Any) -> None:
    source = profiles(url, deployment)
    source.check()
    check_rows(source)


def test_queries_give_profiles(url: str, deployment: Any) -> None:
    who = "WHERE region = :region AND number = :Number -- not :this, 100 % sure"
    source = profiles(
        url,
        deployment,
        customer=From(query=f"SELECT *, ':region' AS text FROM people {who}"),
        many={"accounts": From(query=f"SELECT product, amount FROM accounts {who}")},
    )
    source.check()
    check_rows(source)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"customer": From("nobody")}, "nobody"),
        ({"customer": From("accounts"), "many": {"loans": From("accounts")}}, "loans"),
        ({"customer": From(query="SELECT name FROM people WHERE a = :who")}, "a query has :who"),
        ({"customer": From(query="SELECT name FROM people")}, "does not ask for :region"),
        ({"customer": From(query="SELEC name WHERE region = :region")}, "profiles of Person: "),
    ],
)
def test_what_is_set_wrongly_is_one_line(
    url: str, deployment: Any, wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as found:
        profiles(url, deployment, **wrong).check()
    assert "\n" not in found.value.message


def test_a_value_of_another_type_is_null_and_counted(url: str, deployment: Any) -> None:
    query = "SELECT 'much' AS balance, name, 'soon' AS since FROM people WHERE region = :region"
    source = profiles(url, deployment, customer=From(query=query))
    found = source.load(("s", 1))
    assert found is not None
    assert (found.values["balance"], found.values["since"]) == (None, None)
    assert source.lost == {"balance": 1, "since": 1}


def test_a_slow_query_is_given_up(url: str, deployment: Any) -> None:
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
        " SELECT count(*) AS name FROM n WHERE :region <> ''"
    )
    source = profiles(url, deployment, customer=From(query=slow), many={}, timeout=0.05)
    with pytest.raises(DataError, match="took too long"):
        source.load(("n", 1))
    source = profiles(url, deployment, timeout=60)
    check_rows(source)


def test_a_broken_connection_is_made_anew(postgres: Postgres, deployment: Any) -> None:
    url = filled("postgresql", Path(), postgres)
    source = profiles(url, deployment)
    check_rows(source)
    postgres.select(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'interact'"
    )
    check_rows(source)


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_is_replaced_is_read_from_then_on(
    kind: str, tmp_path: Path, postgres: Postgres, deployment: Any
) -> None:
    url = filled(kind, tmp_path, postgres)
    file, other = tmp_path / "people.db", tmp_path / "other"
    source = profiles(url, deployment)
    check_rows(source)
    other.mkdir()
    filled(kind, other, postgres)
    connect: Any = sqlite3.connect if kind == "sqlite" else duckdb.connect
    opened = connect(str(other / "people.db"))
    opened.execute("UPDATE people SET name = 'Anna' WHERE number = 1")
    opened.commit()
    opened.close()
    with ThreadPoolExecutor(2) as threads:  # each with a connection
        assert threads.submit(source.load, ("n", 1)).result() == source.load(("n", 1))
        (other / "people.db").replace(file)
        for _ in range(3):
            found = threads.submit(source.load, ("n", 1)).result()
            assert found is not None
            assert found.values["name"] == "Anna"
    assert (again := source.load(("n", 1))) is not None
    assert again.values["name"] == "Anna"
    file.rename(other / "gone")
    with pytest.raises(Unreachable):
        source.load(("n", 1))
    (other / "gone").rename(file)
    assert source.load(("n", 1)) == again


def test_a_table_that_changes_is_read_as_it_is_then(postgres: Postgres, deployment: Any) -> None:
    url = filled("postgresql", Path(), postgres)
    query = From(query="SELECT * FROM people WHERE region = :region AND number = :number")
    source = profiles(url, deployment, customer=query)
    for _ in range(20):  # it is prepared by then
        check_rows(source)
    postgres.select("ALTER TABLE people ADD COLUMN more text")
    for _ in range(3):
        check_rows(source)


def served(place: Database, folder: Path) -> tuple[TestClient, Host]:
    """Return a service whose profiles come from a database."""
    (folder / "p.interact").write_text(SOURCE)
    metrics = Metrics()
    from interact.runtime.project import open_project

    prepare = Preparing({"Person": place}, observe=metrics.observe_profile)
    host = Host(prepare(open_project(str(folder / "p.interact"))))
    fetched = host.deployment.channels[0].profiles
    assert isinstance(fetched, FetchedProfiles)
    assert isinstance(fetched.source, SqlProfiles)
    OPENED.append(fetched.source)
    return TestClient(make_app(Service(host, None, Gate(None), metrics))), host


def visit(client: TestClient, number: int) -> Any:
    ids = [{"n": "region", "v": "n", "t": "string"}, {"n": "number", "v": number, "t": "numeric"}]
    commands = [
        {"action": "startSession", "ic": "Web", "audienceID": ids},
        {"action": "getOffers", "ip": "p"},
    ]
    answer = client.post("/servlet/RestServlet", json={"commands": commands})
    assert answer.status_code == 200
    return answer.json()["responses"]


def test_a_service_answers_from_a_database(url: str, tmp_path: Path) -> None:
    place = Database(url, From("people"), {"accounts": From("accounts")}, timeout=60)
    client, host = served(place, tmp_path)
    started, offered = visit(client, 1)
    assert started["statusCode"] == 0
    assert offered["offerLists"][0]["offers"][0]["score"] == 12
    assert visit(client, 2)[1]["offerLists"][0]["offers"] == []
    assert visit(client, 77)[0]["statusCode"] == 0
    text = client.get("/metrics").text
    assert 'interact_profile_seconds_count{level="Person",outcome="found"} 2.0' in text
    assert 'interact_profile_seconds_count{level="Person",outcome="unknown"} 1.0' in text
    ids = [NameValue("region", "n", "string"), NameValue("number", 1, "numeric")]
    assert host.start_session("direct", "Web", ids).status == 0  # threads wait, too


def test_a_database_out_of_reach_is_a_warning_and_nulls(tmp_path: Path) -> None:
    place = Database(f"postgresql:///x?host={tmp_path}&password=hunter2", From("people"))
    client, _ = served(place, tmp_path)
    started, offered = visit(client, 1)
    (message,) = started["messages"]
    assert (started["statusCode"], message["msgCode"]) == (1, advisory.PROFILE_FAILED)
    assert "hunter2" not in str(started)
    assert offered["offerLists"][0]["offers"] == []
    assert 'outcome="failed"} 1.0' in client.get("/metrics").text


def test_settings_name_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM", "postgresql://crm/x")
    (tmp_path / "interact.toml").write_text(
        '[profiles]\nAccount = "a.parquet"\n[profiles.Person]\nurl = "env:CRM"\ntable = "people"\n'
        'many.accounts = { query = "SELECT 1 WHERE 1 = :number" }\n'
        '[profiles.Other]\nurl = "sqlite:///o.db"\ntable = "o"\ntimeout = 2\n'
    )
    found = read_settings(str(tmp_path)).profiles
    query = From(query="SELECT 1 WHERE 1 = :number")
    assert found == {
        "Account": str(tmp_path / "a.parquet"),
        "Person": Database("postgresql://crm/x", From("people"), {"accounts": query}),
        "Other": Database(f"sqlite:///{tmp_path / 'o.db'}", From("o"), timeout=2),
    }


@pytest.mark.parametrize(
    "wrong",
    ['url = "x"', 'table = "t"', 'url = "x"\ntable = "t"\nquery = "q"', 'url = "env:NOT_SET_X"',
     'url = "x"\ntable = "t"\ntimeout = 0', 'url = "x"\ntable = "t"\npassword = "p"',
     'url = "x"\ntable = "t"\nmany = 3'],
)  # fmt: skip
def test_wrong_settings_are_one_line(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "interact.toml").write_text(f"[profiles.Person]\n{wrong}\n")
    with pytest.raises(UsageError, match=r"\[profiles.Person\]"):
        read_settings(str(tmp_path))


def test_a_missing_file_or_another_database_is_wrong_usage(tmp_path: Path, deployment: Any) -> None:
    for url in (f"sqlite:///{tmp_path / 'no.db'}", "oracle://x", "people.db"):
        with pytest.raises(UsageError):
            profiles(url, deployment)
    with pytest.raises(Unreachable):
        profiles(f"postgresql:///x?host={tmp_path}", deployment).check()


def test_keys_of_other_types_are_bound(tmp_path: Path) -> None:
    file = tmp_path / "k.interact"
    file.write_text(
        "audience K { key at: date, place: text profile { x: int? } }\n"
        "channel C for K { zone Z { point p } } offer O {} strategy S on C { zone Z { O score 1 } }"
    )
    audience = open_deployment(str(file)).channels[0].audience
    with sqlite3.connect(tmp_path / "k.db") as db:
        db.execute("CREATE TABLE k (at text, place text, x int)")
        db.execute("INSERT INTO k VALUES ('2026-01-02', 'here', 7)")
    source = open_sql_profiles(Database(f"sqlite:///{tmp_path / 'k.db'}", From("k")), audience)
    day = date(2026, 1, 2).toordinal() - date(1970, 1, 1).toordinal()
    found = source.load((day, "here"))
    assert found is not None
    assert found.values["x"] == 7
