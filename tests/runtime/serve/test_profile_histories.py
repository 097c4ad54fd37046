"""History in profiles of every kind of source, with hosts that share a store, and in replays."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from click.testing import CliRunner
from tests.postgres import Database as Postgres
from tests.redis_server import RedisServer
from tests.runtime.host.test_replay import replayed
from tests.runtime.serve.serving import Serve
from tests.runtime.serve.test_states import command, names, start as begin

from interact.runtime.cli.main import cli
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.fetched import FetchedProfiles
from interact.runtime.host.profiles.sql import Database, From, SqlProfiles
from interact.runtime.host.results import NameValue
from interact.runtime.host.store.redis_store import RedisStore, open_redis
from interact.runtime.project import open_project
from interact.runtime.serve.preparing import Preparing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int  profile { name: text? } }
offer Gold { suppress for 9 days after reject CLAUSE }
offer Grey { suppress for 2 days after 3 contacts }
channel Web for Customer { zone Home { point hero } }
strategy Cards on Web { zone Home { Gold score 2  Grey score 1 } }
"""
ROWS = [
    (1, "Ann", "2026-11-20 08:00:00", 2, "2026-11-23 23:59:59.5"),
    (2, "Ben", None, None, None),
    (3, "Cleo", "2026-11-15 11:59:59", 3, "2026-11-22 11:59:59"),
]
COLUMNS = ("id", "name", "Gold.rejected", "Grey.contacts", "Grey.contacted")
CREATE = (
    'CREATE TABLE people (id bigint, name text, "Gold.rejected" timestamp,'
    ' "Grey.contacts" bigint, "Grey.contacted" timestamp)'
)
QUERY = (
    'SELECT id, name, no_gold AS "Gold.rejected", grey AS "Grey.contacts",'
    ' last_grey AS "Grey.contacted" FROM plain WHERE id = :id'
)
PLAIN = (
    "CREATE TABLE plain (id bigint, name text, no_gold timestamp, grey bigint, last_grey timestamp)"
)


def arrow(folder: Path, postgres: Postgres) -> str:
    times = {"Gold.rejected", "Grey.contacted"}
    columns = {
        name: pa.array([None if t is None else datetime.fromisoformat(t) for t in values])
        if name in times
        else pa.array(values)
        for name, values in zip(COLUMNS, zip(*ROWS, strict=True), strict=True)
    }
    table = pa.table(columns)
    with pa.ipc.new_file(folder / "people.arrow", table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return str(folder / "people.arrow")


def sqlite(folder: Path, postgres: Postgres) -> Database:
    with closing(sqlite3.connect(folder / "people.db")) as db, db:
        db.execute(CREATE)
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", ROWS)
    return Database(f"sqlite:///{folder / 'people.db'}", From("people"), timeout=20)


def duck(folder: Path, postgres: Postgres) -> Database:
    with duckdb.connect(str(folder / "people.db")) as db:
        db.execute(PLAIN)
        db.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?)", ROWS)
    return Database(f"duckdb:///{folder / 'people.db'}", From(query=QUERY), timeout=20)


def postgresql(folder: Path, postgres: Postgres) -> Database:
    with psycopg.connect(postgres.url) as db:
        db.execute(CREATE.replace("timestamp", "timestamptz").encode())
        values = [
            tuple(f"{v}+00" if isinstance(v, str) and "-" in v else v for v in row) for row in ROWS
        ]
        db.cursor().executemany("INSERT INTO people VALUES (%s, %s, %s, %s, %s)", values)
    return Database(postgres.url, From("people"), timeout=20)


class Shop:
    """Versions of a project on one source of profiles."""

    def __init__(self, folder: Path, source: str | Database) -> None:
        self.folder, self.now = folder, NOON
        self.prepare = Preparing({"Customer": source})

    def close(self) -> None:
        for served in (d for one in self.prepare.all_ready() for d in one.channels):
            if isinstance(served.profiles, FetchedProfiles):
                assert isinstance(served.profiles.source, SqlProfiles)
                served.profiles.source.driver.close()

    def host(self, clause: str = "", **options: Any) -> Host:
        (self.folder / "s.interact").write_text(SHOP.replace("CLAUSE", clause))
        made = self.prepare(open_project(str(self.folder / "s.interact")))
        return Host(made, clock=lambda: self.now, **options)


def start(host: Host, customer: int, session: str = "s") -> None:
    host.start_session(session, "Web", [NameValue("id", customer, "numeric")])


def offered(host: Host, session: str = "s") -> dict[str, str]:
    answer = host.get_offers(session, "hero", 5)
    assert answer.status == 0, answer.messages
    return {offer.name: offer.treatment for offer in answer.offer_lists[0].offers}


def post(host: Host, event: str, treatment: str, session: str = "s") -> None:
    about = [NameValue("UACIOfferTrackingCode", treatment, "string")]
    assert host.post_event(session, event, about).status == 0


@pytest.fixture
def shop_on(tmp_path: Path) -> Iterator[Callable[[str | Database], Shop]]:
    opened: list[Shop] = []

    def shop(source: str | Database) -> Shop:
        opened.append(Shop(tmp_path, source))
        return opened[-1]

    yield shop
    for one in opened:
        one.close()


@pytest.mark.parametrize("source", [arrow, sqlite, duck, postgresql])
def test_every_kind_of_source_has_it(
    source: Callable[[Path, Postgres], str | Database],
    shop_on: Callable[[str | Database], Shop],
    tmp_path: Path,
    postgres: Postgres,
) -> None:
    shop = shop_on(source(tmp_path, postgres))
    host = shop.host()
    found = {}
    for customer in (1, 2, 3):
        start(host, customer, str(customer))
        found[customer] = set(offered(host, str(customer)))
    assert found == {1: {"Grey"}, 2: {"Gold", "Grey"}, 3: {"Gold", "Grey"}}
    for customer in (1, 3):
        post(host, "contact", offered(host, str(customer))["Grey"], str(customer))
    assert offered(host, "1") == {}
    assert set(offered(host, "3")) == {"Gold", "Grey"}
    shop.now = datetime(2026, 11, 29, 8, tzinfo=UTC)
    start(host, 1)
    assert set(offered(host)) == {"Gold", "Grey"}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Callable[[], RedisStore]]:
    server, opened = RedisServer(tmp_path), list[RedisStore]()

    def store() -> RedisStore:
        opened.append(open_redis(server.url))
        return opened[-1]

    server.start()
    yield store
    for one in opened:
        one.close()
    server.kill()


def test_hosts_of_one_store_have_the_base_of_their_profiles_and_share_the_rest(
    stores: Callable[[], RedisStore], tmp_path: Path, postgres: Postgres
) -> None:
    shop = Shop(tmp_path, arrow(tmp_path, postgres))
    first, second = shop.host(store=stores()), shop.host(store=stores())
    start(first, 1)
    assert set(offered(second)) == {"Grey"}
    post(second, "contact", offered(first)["Grey"])
    assert offered(first) == offered(second) == {}
    known = second.store.known(("Customer", (1,))).state
    assert dict(known.history) == {"Grey.contacts": 1, "Grey.contacted": 1795521600000000}
    assert known.contacts == {"Grey": ((1795521600000000, 1),)}


def test_another_version_reads_other_history_of_a_visit_that_goes_on(
    stores: Callable[[], RedisStore], tmp_path: Path, postgres: Postgres
) -> None:
    people = arrow(tmp_path, postgres)
    table = pa.ipc.open_file(people).read_all()
    accepted = table.append_column("Gold.accepted", pa.array([None, NOON - timedelta(1), None]))
    with pa.ipc.new_file(people, accepted.schema) as writer:
        writer.write_table(accepted)
    shop = Shop(tmp_path, people)
    first, second = shop.host(store=stores()), shop.host("suppress after accept", store=stores())
    start(first, 2)
    assert set(offered(first)) == {"Gold", "Grey"}
    assert set(offered(second)) == {"Grey"}
    assert set(offered(first)) == {"Gold", "Grey"}


def test_a_replay_has_the_base(
    shop_on: Callable[[str | Database], Shop], tmp_path: Path, postgres: Postgres
) -> None:
    rows: list[Any] = []
    shop = shop_on(sqlite(tmp_path, postgres))
    host = shop.host(record=rows.extend, inputs=True)
    for customer in (1, 2, 3):
        start(host, customer, str(customer))
        for event in ("contact", "reject"):
            for treatment in offered(host, str(customer)).values():
                post(host, event, treatment, str(customer))
    decisions = [row for row in rows if hasattr(row, "inputs")]
    replay, found = replayed(host.deployment, decisions)
    assert (replay.lists, replay.different, found) == (6, 0, [])


def test_who_rejected_at_the_branch_is_not_offered_it_on_the_web(
    serve: Serve, tmp_path: Path
) -> None:
    """From a service through the campaign database to the profiles of another one."""
    text = SHOP.replace("CLAUSE", "") + (
        " channel Branch for Customer { zone Desk { point screen } }"
        " strategy Desks on Branch { zone Desk { Gold } }"
    )
    (tmp_path / "s.interact").write_text(text)
    shop, history, url = str(tmp_path / "s.interact"), tmp_path / "h", f"duckdb:///{tmp_path}/c.db"
    offers = {"action": "getOffers", "ip": "screen"}
    branch = serve(shop, "--no-auth", "--history", str(history))
    shown = command(branch, begin("Branch", "id"), offers)[1]["offerLists"][0]["offers"][0]
    code = {"n": "UACIOfferTrackingCode", "v": shown["treatmentCode"], "t": "string"}
    command(branch, {"action": "postEvent", "event": "reject", "parameters": [code]})
    branch.stop()
    people = tmp_path / "known.parquet"
    for words in (
        ("import", "--history", history, "--to", url),
        ("history", shop, "--from", url, "--out", people),
    ):
        done = CliRunner().invoke(cli, ["campaign", *map(str, words)])
        assert done.exit_code == 0, done.output
    web = serve(shop, "--no-auth", "--profiles", f"Customer={people}")
    home = {"action": "getOffers", "ip": "hero", "numberRequested": 5}
    assert names(command(web, begin("Web", "id"), home)[1]) == ["Grey"]
    web.stop()
    told = "profiles of Customer: 1, with Gold.rejected, Grey.contacted, Grey.contacts\n"
    assert told in web.said
