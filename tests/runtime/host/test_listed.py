"""Sessions see the rows of tables: as a batch does, anew when they change, and as told."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interact.runtime.cli.tables import of_channels
from interact.runtime.errors import InteractError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.tables import open_profiles
from interact.runtime.host.results import NameValue
from interact.runtime.scoring import Run, open_customers, score_customers
from interact.runtime.serve.polling import Polling
from interact.runtime.tables.rows import TableSpec

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = """
audience Customer { key id: text  profile { age: int } }
offer Gold { attributes { headline: text = "Gold" } }
offer Blue {}
channel Web for Customer { zone Home { point hero } zone Side { point side } }
flowchart F on Web { select Old when age > 45 }
strategy S on Web { every zone { Gold score 10  Blue score 20 + age } }
suppressions Stop for Customer
overrides Personal for Customer {
  columns { points: float  text: text? }
  by zone
  score points when age > 20 and not Old
  with (headline = text)
}
defaults House for Customer { columns { points: int }  adds Gold  score points * 2 }
"""
PEOPLE = {"id": [f"c{i}" for i in range(40)], "age": [10 + i for i in range(40)]}


@pytest.fixture
def specs(tmp_path: Path) -> list[TableSpec]:
    (tmp_path / "p.interact").write_text(SOURCE)
    pq.write_table(pa.table(PEOPLE), tmp_path / "people.parquet")
    write(tmp_path / "Stop.csv", "id,offer", *(f"c{i},Blue" for i in range(0, 40, 5)))
    rows = [f"c{i},Gold,{('', 'Home', 'Side')[i % 3]},{i}.5,for c{i}" for i in range(0, 40, 2)]
    write(tmp_path / "Personal.csv", "id,offer,zone,points,text", *rows)
    write(tmp_path / "House.csv", "offer,points", "Gold,7")
    return [TableSpec(n, str(tmp_path / f"{n}.csv")) for n in ("Stop", "Personal", "House")]


def write(file: Path, *lines: str) -> None:
    """Write a file aside and put it in place, so that it is another one whenever that is."""
    aside = file.with_suffix(".new")
    aside.write_text("\n".join([*lines, ""]))
    os.replace(aside, file)


@pytest.fixture
def deployment(tmp_path: Path, specs: list[TableSpec]) -> Deployment:
    made = open_deployment(str(tmp_path / "p.interact"))
    made.take_tables(specs)
    made.take_profiles(
        {"customer": open_profiles(str(tmp_path / "people.parquet"), made.channels[0].audience)}
    )
    return made


def offers(host: Host, customer: str, point: str = "hero", **more: str) -> list[tuple[str, float]]:
    told = [NameValue(name, value, "string") for name, value in more.items()]
    host.start_session("s", "Web", [NameValue("id", customer, "string")], "Customer", told)
    answer = host.get_offers("s", point, 5)
    assert answer.status == 0, answer.messages
    return [(offer.name, offer.score) for offer in answer.offer_lists[0].offers]


def test_sessions_offer_what_a_batch_gives(
    deployment: Deployment, specs: list[TableSpec], tmp_path: Path
) -> None:
    host = Host(deployment, clock=lambda: AT)
    channel = deployment.project.channel("Web")
    plan = deployment.project.plan_of(channel)
    people, out = str(tmp_path / "people.parquet"), str(tmp_path / "out")
    run = Run(deployment.project, channel, plan, people, out, AT, top=5, tables=tuple(specs))
    score_customers(run, open_customers(run), lambda report: {})
    given: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in pq.read_table(f"{out}/offers").to_pylist():
        given.setdefault((row["id"], row["zone"]), []).append((row["offer"], row["score"]))
    for customer in PEOPLE["id"]:
        for zone, point in (("Home", "hero"), ("Side", "side")):
            assert offers(host, customer, point) == given.get((customer, zone), []), customer


def test_rows_give_attributes(deployment: Deployment) -> None:
    host = Host(deployment, clock=lambda: AT)
    host.start_session("s", "Web", [NameValue("id", "c12", "string")], "Customer")
    shown = host.get_offers("s", "hero", 5).offer_lists[0].offers
    gold = next(offer for offer in shown if offer.name == "Gold")
    assert [a.value for a in gold.attributes if a.name == "headline"] == ["for c12"]


def test_another_customer_of_a_session_has_its_own_rows(deployment: Deployment) -> None:
    host = Host(deployment, clock=lambda: AT)
    assert ("Blue", 30.0) not in offers(host, "c0")
    host.set_audience("s", [NameValue("id", "c1", "string")], "Customer")
    names = [o.name for o in host.get_offers("s", "hero", 5).offer_lists[0].offers]
    assert names == ["Blue", "Gold"]


def test_a_client_can_have_lists_ignored(deployment: Deployment) -> None:
    host = Host(deployment, clock=lambda: AT)
    assert [name for name, _ in offers(host, "c5")] == ["Gold"]
    assert [name for name, _ in offers(host, "c5", UACIIgnoreBlackList="true")] == ["Blue", "Gold"]


def test_what_changes_is_read_anew(
    deployment: Deployment, specs: list[TableSpec], tmp_path: Path
) -> None:
    host, said = Host(deployment, clock=lambda: AT), list[Exception]()
    polling = Polling(lambda: [deployment], 60, said.append)
    assert ("Gold", 14.0) in offers(host, "c1")
    write(tmp_path / "House.csv", "offer,points", "Gold,8")
    polling.look()
    assert ("Gold", 16.0) in offers(host, "c1")
    write(tmp_path / "House.csv", "offer,score", "Gold,9")
    polling.look()
    assert ("Gold", 16.0) in offers(host, "c1")
    assert [str(error) for error in said if isinstance(error, InteractError)]
    polling.look()
    assert len(said) == 2
    (tmp_path / "House.csv").unlink()
    polling.look()
    assert ("Gold", 16.0) in offers(host, "c1")


def test_a_list_that_cannot_be_read_is_a_warning_for_those_who_come(
    deployment: Deployment, tmp_path: Path
) -> None:
    host, polling = Host(deployment, clock=lambda: AT), Polling(lambda: [deployment], 60)
    for line, told in (("offer", [advisory.SUPPRESSION_FAILED]), ("id,offer", [])):
        write(tmp_path / "Stop.csv", line, "c5,Blue")
        polling.look()
        key = [NameValue("id", "c5", "string")]
        for answer in (host.start_session("s", "Web", key), host.set_audience("s", key)):
            assert [m.code for m in answer.messages] == told
        assert [o.name for o in host.get_offers("s", "hero").offer_lists[0].offers] == ["Gold"]


def test_tables_without_rows_are_told(deployment: Deployment, specs: list[TableSpec]) -> None:
    deployment.take_tables(specs[:2])
    assert list(of_channels(deployment.channels))[-1] == (
        "House: no rows were given (--table House=FILE)"
    )


def test_nobody_in_particular_has_the_rows_of_all(deployment: Deployment) -> None:
    listed = deployment.channels[0].listed
    assert listed is not None
    assert listed.states(()) == {"House.Gold": True, "House.Gold.points": 7}


def test_rows_that_another_channel_uses_are_told_with_it(tmp_path: Path) -> None:
    shop = SOURCE.partition("overrides")[0] + (
        "channel App for Customer { zone Only { point p } } "
        "strategy T on App { zone Only { Blue score 1 } }"
    )
    (tmp_path / "p.interact").write_text(shop)
    write(tmp_path / "Stop.csv", "id,offer", "c1,Blue", "c2,Gold", "c3,Gold")
    both = open_deployment(str(tmp_path))
    both.take_tables([TableSpec("Stop", str(tmp_path / "Stop.csv"))])
    told = [line for line in of_channels(both.channels) if line.startswith("Stop")]
    assert told == [f"Stop: 3 rows of {tmp_path / 'Stop.csv'}, used: 3 on Web, 1 on App"]
