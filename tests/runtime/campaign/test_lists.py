"""Lists for other channels: what must not be offered equals what hosts do not offer; follow-ups."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.postgres import Database
from tests.runtime.campaign.test_campaign import event

from interact.runtime.campaign.load import import_history
from interact.runtime.cli.main import cli
from interact.runtime.history.events import Contact, Response
from interact.runtime.history.writer import open_history
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int, region: text  profile { balance: int } }
offer Gold { code "G"  suppress after accept  suppress for 2 days after 3 contacts }
offer Silver { code "S", "2"  suppress for 3 days after reject  suppress after 9 contacts }
offer Card {
  attributes { family: text = "card" }
  suppress for 5 days after accept also offers with same family
  suppress for 1 day after 2 contacts also offers with same family
}
offer Debit { attributes { family: text = "card" } }
channel Web for Customer { zone Home { point hero } }
strategy Offers on Web { zone Home { Gold Silver Card Debit } }
"""
CODES = {"Gold": "G", "Silver": "S-2", "Card": "Card", "Debit": "Debit"}


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


def identity(number: int) -> list[NameValue]:
    return [
        NameValue("id", number % 20, "numeric"),
        NameValue("region", "north" if number < 20 else "o'south", "string"),
    ]


def offered(host: Host, session: str) -> dict[str, str]:
    """Return the treatment of each offer that a session is given."""
    found = host.get_offers(session, "hero", 9).offer_lists[0].offers
    return {offer.name: offer.treatment for offer in found}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime, set[Any]]:
    """Let customers live for days; return the folder, the time, and what they are not offered."""
    folder = tmp_path_factory.mktemp("lived")
    (folder / "shop.interact").write_text(SHOP)
    history = open_history(str(folder / "history"), lambda audience: ("id", "region"))
    clock, chance = Clock(), random.Random(5)
    host = Host(open_deployment(str(folder / "shop.interact")), clock=clock, record=history.record)
    for turn in range(700):
        clock.now += timedelta(minutes=chance.randint(1, 40))
        session = f"s{turn}"
        host.start_session(session, "Web", identity(chance.randrange(40)))
        for treatment in offered(host, session).values():
            about = [NameValue("UACIOfferTrackingCode", treatment, "string")]
            for name, share in (("contact", 0.5), ("accept", 0.04), ("reject", 0.1)):
                if chance.random() < share:
                    host.post_event(session, name, about)
    missing = set()
    for number in range(40):
        host.start_session("last", "Web", identity(number))
        key = tuple(part.value for part in identity(number))
        given = offered(host, "last")
        missing |= {(*key, code) for name, code in CODES.items() if name not in given}
        host.end_session("last")
    history.close()
    return folder, clock.now, missing


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path / 'c.db'}"
    database: Database = request.getfixturevalue("postgres")
    return database.url


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["campaign", *map(str, words)])
    return result.exit_code, result.output


def test_what_is_suppressed_is_what_hosts_do_not_offer(
    lived: tuple[Path, datetime, set[Any]], url: str, tmp_path: Path
) -> None:
    folder, now, missing = lived
    import_history(str(folder / "history"), url)
    out = tmp_path / "lists" / "suppressed.parquet"
    words = ("suppress", folder / "shop.interact", "--from", url, "--as-of", now.isoformat())
    code, told = run(*words, "--out", out, "--json")
    assert code == 0, told
    rows = pq.read_table(out).to_pylist()
    assert {(r["id"], r["region"], r["offer"]) for r in rows} == missing
    assert len(rows) == len(missing) > 20
    counts = json.loads(told)
    assert set(counts) == {"accepted", "rejected", "contacts"}
    assert sum(counts.values()) == len(rows)
    code, told = run(*words, "--out", tmp_path / "s.csv")
    assert (code, told.startswith("suppressed: ")) == (0, True)
    assert pc.read_csv(tmp_path / "s.csv").to_pylist() == rows


def test_follow_ups_are_customers_who_accepted_or_did_not_answer(
    lived: tuple[Path, datetime, set[Any]], url: str, tmp_path: Path
) -> None:
    folder, now, _ = lived
    import_history(str(folder / "history"), url)
    parts = sorted((folder / "history").glob("*/*/*/*.parquet"))
    events = [r | {"table": p.parts[-4]} for p in parts for r in pq.read_table(p).to_pylist()]
    since, until = now - timedelta(days=4), now - timedelta(days=1)
    inside = [e for e in events if since < e["at"] <= until]
    who = ("id", "region", "offer")
    accepted = {tuple(e[w] for w in who) for e in inside if e.get("kind") == "accept"}
    answers = [e for e in events if e["table"] == "responses"]
    unanswered = {
        tuple(c[w] for w in who)
        for c in inside
        if c["table"] == "contacts"
        and not any(
            a["treatment"] == c["treatment"]
            or (all(a[w] == c[w] for w in who) and a["at"] >= c["at"])
            for a in answers
        )
    }
    words = ("follow-up", "--from", url, "--as-of", now.isoformat(), "--days", 4, "--rest", 1)
    for kind, expected in (("accepted", accepted), ("unanswered", unanswered)):
        code, told = run(*words, "--kind", kind, "--out", tmp_path / "f.parquet", "--json")
        assert code == 0, told
        assert (code, json.loads(told)) == (0, {"rows": len(expected)})
        rows = pq.read_table(tmp_path / "f.parquet").to_pylist()
        assert {tuple(r[w] for w in who) for r in rows} == expected
        assert len(expected) > 5
    run(*words, "--kind", "accepted", "--out", tmp_path / "f.csv", "--offer", "S-2")
    assert set(pc.read_csv(tmp_path / "f.csv")["offer"].to_pylist()) == {"Silver"}
    code, told = run(*words, "--kind", "accepted", "--out", tmp_path / "f.csv", "--offer", "Silber")
    assert (code, "note: no offer Silber was ever shown there" in told) == (0, True)


def test_candidates_are_offers_of_a_batch_that_are_not_suppressed(
    lived: tuple[Path, datetime, set[Any]], tmp_path: Path
) -> None:
    folder, now, missing = lived
    url = f"duckdb:///{tmp_path / 'c.db'}"
    import_history(str(folder / "history"), url)
    customers, shop = tmp_path / "customers.csv", str(folder / "shop.interact")
    everyone = [[part.value for part in identity(n)] for n in range(40)]
    lines = ["id,region,balance", *(f"{number},{region},1" for number, region in everyone)]
    customers.write_text("\n".join(lines))
    scored = ["score", shop, "--customers", str(customers), "--top", "9", "--null-keys", "error"]
    out = tmp_path / "offer=1 [2]*"
    done = CliRunner().invoke(cli, [*scored, "--out", str(out)])
    assert done.exit_code == 0, done.output
    words = ("candidates", shop, "--offers", out, "--out", tmp_path / "c.parquet")
    channels = ("--channel", "Email=0.02", "--channel", "Phone=4")
    code, told = run(*words, *channels, "--from", url, "--as-of", now.isoformat())
    assert code == 0, told
    rows = pq.read_table(tmp_path / "c.parquet").to_pylist()
    possible = {(*key, code) for key in everyone for code in CODES.values()}
    assert {(r["id"], r["region"], r["offer"]) for r in rows} == possible - missing
    assert {(r["channel"], r["cost"], r["score"]) for r in rows} == {
        ("Email", 0.02, 50.0),
        ("Phone", 4.0, 50.0),
    }
    assert len(rows) == 2 * (len(possible) - len(missing))
    assert run(*words, *channels)[1].startswith(f"{2 * len(possible)} rows")
    assert run(*words)[1].startswith("error: which channels?")
    code, told = run("candidates", shop, "--offers", tmp_path, *words[4:], *channels)
    assert (code, told.startswith("error: no offers in ")) == (2, True)


def test_keys_that_are_texts_are_numbers_where_a_project_says_so(url: str, tmp_path: Path) -> None:
    given = ("7", "07", "x9", "1_000", " 8", "9223372036854775807", "9223372036854775808", "-3")
    history = open_history(str(tmp_path / "history"), lambda audience: ("id", "region"))
    for number, name in enumerate(given):
        about = {"audience": "Customer", "key": (name, "north"), "offer": "Gold", "code": "G"}
        shown = event(Contact, f"c{number}", treatment=f"t{number}", **about)
        history.record([shown, event(Response, f"r{number}", kind="accept",
                                     treatment=f"t{number}", **about)])  # fmt: skip
    history.close()
    import_history(str(tmp_path / "history"), url)
    if url.startswith("postgresql"):  # somebody bounds the text
        server = Database(url)
        server.select("DROP VIEW UA_ContactHistory")
        for table in ("UA_DtlContactHist", "UA_ResponseHistory"):
            server.select(f"ALTER TABLE {table} ALTER COLUMN id TYPE varchar(40)")
    (tmp_path / "shop.interact").write_text(SHOP)
    words = (tmp_path / "shop.interact", "--from", url, "--out", tmp_path / "o.parquet")
    for command in ("suppress", "history"):
        code, told = run(command, *words)
        assert code == 0, told
        keys = pq.read_table(tmp_path / "o.parquet")["id"].to_pylist()
        assert keys == [-3, 7, 9223372036854775807]


NAMES = (
    "zone",
    "code",
    "place",
    "contact",
    "turn",
    "happened",
    "how",
    "part",
    "at",
    "Offer",
    "name",
)


def test_keys_may_have_the_names_of_other_columns(url: str, tmp_path: Path) -> None:
    shop = tmp_path / "shop.interact"
    keys = ", ".join(f"{name}: int" for name in NAMES)
    shop.write_text(re.sub("key id: int, region: text", f"key {keys}", SHOP))
    history = open_history(str(tmp_path / "history"), lambda audience: NAMES)
    host = Host(open_deployment(str(shop)), record=history.record)
    who = [NameValue(name, 10 + number, "numeric") for number, name in enumerate(NAMES)]
    host.start_session("s", "Web", who)
    treatments = offered(host, "s")
    about = NameValue("UACIOfferTrackingCode", treatments["Gold"], "string")
    for name in ("contact", "accept"):
        host.post_event("s", name, [about])
    later = {"at": int(datetime.now(UTC).timestamp() * 1e6), "key": tuple(p.value for p in who)}
    history.record([event(Response, "r9", kind="accept", matched=False, treatment="G", **later)])
    history.close()
    assert import_history(str(tmp_path / "history"), url).matched == 1
    values = [part.value for part in who]
    for words in (("suppress", shop), ("history", shop), ("follow-up", "--kind", "accepted")):
        code, told = run(*words, "--from", url, "--out", tmp_path / "o.parquet")
        assert code == 0, told
        (row,) = pq.read_table(tmp_path / "o.parquet").to_pylist()
        assert sorted(v for v in row.values() if v in values) == values
    customers = tmp_path / "c.csv"
    customers.write_text(f"{','.join(NAMES)},balance\n{','.join(map(str, values))},1\n")
    scored = ["score", shop, "--customers", customers, "--top", 9, "--out", tmp_path / "scored"]
    assert CliRunner().invoke(cli, list(map(str, scored))).exit_code == 0
    out = ("--out", tmp_path / "c.parquet", "--from", url, "--channel", "Mail=1")
    assert run("candidates", shop, "--offers", tmp_path / "scored", *out)[0] == 0
    rows = pq.read_table(tmp_path / "c.parquet").to_pylist()
    assert {row["offer"] for row in rows} == {"S-2", "Card", "Debit"}
    assert [v for v in rows[0].values() if v in values] == values
    shown = CliRunner().invoke(cli, ["history", "show", str(tmp_path / "history"), "--json",
                                     "--customer", "zone=10", "--kind", "contact"])  # fmt: skip
    assert len(shown.stdout.splitlines()) == 1, shown.output
    for source in (str(tmp_path / "history"), url):
        report = CliRunner().invoke(cli, ["report", source, "--json"])
        assert json.loads(report.stdout)["figures"]["Accepts"] == 1


@pytest.mark.parametrize("clause", ["after accept", "after reject", "after 1 contacts"])
def test_clauses_of_one_sort_are_enough(url: str, tmp_path: Path, clause: str) -> None:
    history = open_history(str(tmp_path / "history"), lambda audience: ("id", "region"))
    about = {"key": (7, "north"), "offer": "Gold", "code": "G"}
    answers = [event(Response, kind, kind=kind, **about) for kind in ("accept", "reject")]
    history.record([event(Contact, "c1", **about), *answers])
    history.close()
    import_history(str(tmp_path / "history"), url)
    offer = f'offer Gold {{ code "G"  suppress {clause} }}'
    (tmp_path / "shop.interact").write_text(
        f"audience Customer {{ key id: int, region: text }} {offer} channel Web for Customer"
        " { zone Home { point hero } } strategy Offers on Web { zone Home { Gold } }"
    )
    for command in ("suppress", "history"):
        words = (tmp_path / "shop.interact", "--from", url, "--out", tmp_path / "o.parquet")
        code, told = run(command, *words)
        assert code == 0, told
        assert pq.read_table(tmp_path / "o.parquet")["id"].to_pylist() == [7]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "duckdb:///c.db", "--out", "x.txt"], "what shall x.txt be?"),
        (["--from", "duckdb:///none.db", "--out", "x.csv"], "no such file: none.db"),
        (["--from", "duckdb:///empty.db", "--out", "x.csv"], "nothing was imported there"),
        (["--from", "nothing", "--out", "x.csv"], "not a database: nothing"),
        (["--from", "duckdb:///c.db", "--out", "x.csv", "--audience", "Cat"], "no audience Cat"),
    ],
)
def test_wrong_usage_is_a_line(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    monkeypatch.chdir(tmp_path)
    duckdb.connect("empty.db").close()
    Path("shop.interact").write_text(SHOP)
    code, output = run("suppress", "shop.interact", *words)
    assert output.startswith(f"error: {told}")
    assert code in (1, 2)
    assert "Traceback" not in output
