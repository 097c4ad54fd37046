"""History of a campaign database as columns of profiles: what hosts and batches make of it."""

from __future__ import annotations

import json
import random
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.runtime.campaign.test_lists import CODES, SHOP, Clock, identity, offered

from interact.runtime.campaign.load import import_history
from interact.runtime.cli.main import cli
from interact.runtime.history.writer import open_history
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.project import open_project
from interact.runtime.serve.preparing import Preparing

PEOPLE = 30


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(map(str, words)))
    return result.exit_code, result.output


@dataclass
class Life:
    """Hosts to which the same customers come, and do the same."""

    folder: Path
    chance: random.Random
    clock: Clock = field(default_factory=Clock)
    hosts: dict[str, Host] = field(default_factory=dict)

    def deployment(self, profiles: Path | None = None) -> Deployment:
        paths = {} if profiles is None else {"Customer": str(profiles)}
        return Preparing(paths)(open_project(str(self.folder / "shop.interact")))

    def go_on(self, visits: int) -> set[str]:
        """Let customers visit; return which offers were kept from somebody."""
        history = open_history(str(self.folder / "history"), lambda audience: ("id", "region"))
        with closing(history):
            self.hosts["own"].record = history.record
            return set().union(*(self.visit() for _ in range(visits)))

    def visit(self) -> set[str]:
        self.clock.now += timedelta(minutes=self.chance.randint(1, 40))
        shown = self.offered(self.chance.randrange(PEOPLE))
        names = {name: set(found) for name, found in shown.items()}
        assert len(set(map(frozenset, names.values()))) == 1, names
        for offer in sorted(names["own"]):
            for event, share in (("contact", 0.6), ("accept", 0.03), ("reject", 0.08)):
                if self.chance.random() < share:
                    for name, host in self.hosts.items():
                        code = NameValue("UACIOfferTrackingCode", shown[name][offer], "string")
                        host.post_event("s", event, [code])
        return CODES.keys() - names["own"]

    def offered(self, number: int) -> dict[str, dict[str, str]]:
        """Return for each host the offers that a customer is given, with their treatments."""
        found = {}
        for name, host in self.hosts.items():
            host.start_session("s", "Web", identity(number))
            found[name] = offered(host, "s")
        return found


@pytest.fixture
def life(tmp_path: Path) -> Life:
    (tmp_path / "shop.interact").write_text(SHOP)
    made = Life(tmp_path, random.Random(11))
    for name in ("own", "knows it twice"):
        made.hosts[name] = Host(made.deployment(), clock=made.clock)
    made.go_on(200)
    return made


def exported(life: Life, *more: object) -> tuple[Path, dict[str, Any]]:
    url = f"duckdb:///{life.folder / 'c.db'}"
    import_history(str(life.folder / "history"), url)
    out = life.folder / "people.parquet"
    words = ("campaign", "history", life.folder / "shop.interact", "--from", url)
    code, told = run(*words, "--as-of", life.clock.now.isoformat(), "--out", out, "--json", *more)
    assert code == 0, told
    return out, json.loads(told)


def test_whoever_has_seen_what_all_hosts_give_the_same(life: Life) -> None:
    """A host with the history of another one goes on as that does, with its own or without."""
    people, _ = exported(life)
    life.hosts["fresh"] = Host(life.deployment(people), clock=life.clock)
    life.hosts["knows it twice"].deployment = life.deployment(people)
    assert life.go_on(220) == {"Gold", "Silver", "Card", "Debit"}


def test_a_batch_of_the_file_gives_what_hosts_give(life: Life) -> None:
    life.go_on(200)
    everybody = [{p.name: p.value for p in identity(n)} for n in range(PEOPLE)]
    customers = life.folder / "all.parquet"
    table = pa.Table.from_pylist(everybody).append_column("balance", pa.array(range(PEOPLE)))
    pq.write_table(table, customers)
    people, told = exported(life, "--customers", customers)
    written = pq.read_table(people)
    assert written.select(table.column_names).equals(table)
    assert told["customers"] == PEOPLE
    assert told["Gold.contacts"] == PEOPLE - written["Gold.contacts"].null_count > 20
    out = life.folder / "out"
    words = ("--customers", people, "--as-of", life.clock.now.isoformat(), "--top", 9)
    code, said = run("score", life.folder / "shop.interact", *words, "--out", out)
    assert code == 0, said
    batch: dict[Any, set[str]] = {}
    names = {code: name for name, code in CODES.items()}
    for row in pq.ParquetDataset(out / "offers").read().to_pylist():
        batch.setdefault((row["id"], row["region"]), set()).add(names[row["offer"]])
    life.hosts["fresh"] = Host(life.deployment(people), clock=life.clock)
    for number, person in enumerate(everybody):
        shown = {name: set(found) for name, found in life.offered(number).items()}
        expected = batch.get((person["id"], person["region"]), set())
        assert shown == dict.fromkeys(life.hosts, expected)


def test_customers_of_csv_files_and_what_is_wrong_with_them(life: Life) -> None:
    customers = life.folder / "all.csv"
    customers.write_text("id;region;note\n7;north;a\n8;;b\n")
    people, _ = exported(life, "--customers", customers)
    rows = pq.read_table(people).to_pylist()
    assert [(r["id"], r["region"], r["note"]) for r in rows] == [(7, "north", "a"), (8, None, "b")]
    assert rows[0]["Gold.contacts"] is not None
    assert all(v is None for n, v in rows[1].items() if "." in n)
    customers.write_text("id;region;note\n")
    people, told = exported(life, "--customers", customers)
    assert (told["customers"], pq.read_table(people).num_rows) == (0, 0)
    customers.write_text("id;note\n7;a\n")
    url = f"duckdb:///{life.folder / 'c.db'}"
    words = ("campaign", "history", life.folder / "shop.interact", "--from", url)
    code, said = run(*words, "--customers", customers, "--out", people)
    assert (code, "column `region` is missing" in said) == (1, True)
    assert pq.read_table(people).num_rows == 0
    (life.folder / "none.interact").write_text(
        "audience A { key id: int } offer O {} channel C for A { zone Z { point p } }"
        " strategy S on C { zone Z { O } }"
    )
    code, said = run("campaign", "history", life.folder / "none.interact", *words[3:],
                     "--out", people)  # fmt: skip
    assert (code, "no offer to a A has a suppress clause" in said) == (2, True)
