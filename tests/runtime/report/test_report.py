"""Reports count what was recorded, from a history and from a campaign database alike."""

from __future__ import annotations

import csv
import json
import random
import re
import subprocess
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings, strategies as st
from tests.postgres import Server
from tests.runtime.report.traffic import OFFERS, START, contact, day_of_traffic, record, response

from interact.runtime.campaign.load import import_history
from interact.runtime.cli.main import cli
from interact.runtime.history.events import Contact, Response
from interact.runtime.history.writer import open_history
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.registry.registry import open_registry
from interact.runtime.report.build import SECTIONS, Wishes, build_report
from interact.runtime.report.cube import Period
from interact.runtime.report.rates import difference
from interact.runtime.report.write_html import svg_of
from interact.stdlib.types import TEXT, Type

ROOT = Path(__file__).parents[3]


def counted(events: list[Any], name: str) -> dict[object, tuple[int, int, int]]:
    """Count in plain words: an answer belongs to the first contact of its treatment."""
    shown = [e for e in events if isinstance(e, Contact)]
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        if isinstance(event, Response):
            kinds[event.treatment].add(event.kind)
    opened: dict[str, tuple[int, str]] = {}
    for one in shown:
        time = (one.at, one.event)
        opened[one.treatment] = min(time, opened.get(one.treatment, time))
    found: defaultdict[object, Counter[str]] = defaultdict(Counter)
    for one in shown:
        for place in one.segments if name == "segment" else (getattr(one, name),):
            found[place]["contact"] += 1
            if (one.at, one.event) == opened[one.treatment]:
                found[place].update(kinds[one.treatment] & {"accept", "reject"})
    return {k: (c["contact"], c["accept"], c["reject"]) for k, c in found.items()}


@settings(max_examples=6)
@given(seed=st.integers(0, 1 << 32))
def test_sections_equal_a_plain_count(
    seed: int, tmp_path_factory: pytest.TempPathFactory, postgres_server: Server
) -> None:
    events = day_of_traffic(seed)
    folder = tmp_path_factory.mktemp("report")
    record(folder / "h", events)
    urls = [f"duckdb:///{folder / 'c.db'}", postgres_server.new_database().url]
    for url in urls:
        import_history(str(folder / "h"), url)
    reports = [build_report(source, Wishes()) for source in (str(folder / "h"), *urls)]
    for section in ("offers", "segments", "deployments", "trend", "points", "rules", "responses"):
        first, *others = (next(s.rows for s in r.sections if s.name == section) for r in reports)
        assert others == [first, first]
    for section, name in (("offers", "offer"), ("segments", "segment")):
        plain = counted(events, name)
        made = next(s for s in reports[0].sections if s.name == section)
        got: defaultdict[object, Counter[str]] = defaultdict(Counter)
        for label, *counts in zip(
            *(made.column(c) for c in (name, "contacts", "accepts", "rejects")), strict=True
        ):
            got[label].update(dict(zip("car", counts, strict=True)))
        assert {k: (c["c"], c["a"], c["r"]) for k, c in got.items()} == plain


def test_a_server_is_asked_for_days_and_channels(tmp_path: Path, postgres_server: Server) -> None:
    record(tmp_path / "h", day_of_traffic(9))
    url = postgres_server.new_database().url
    import_history(str(tmp_path / "h"), url)
    wishes = Wishes(Period(START.date(), START.date() + timedelta(days=2), "Call"))
    first, second = (build_report(s, wishes) for s in (str(tmp_path / "h"), url))
    assert first.figures == second.figures
    assert first.figures[0].value
    nothing = run(postgres_server.new_database().url)
    assert (nothing.exit_code, "nothing was imported there" in nothing.output) == (2, True)


def test_a_database_without_tables_is_a_line(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "empty.db")).close()
    told = run(f"duckdb:///{tmp_path / 'empty.db'}")
    assert told.exit_code == 2
    assert told.output.startswith("error: nothing was imported there")


def test_rows_of_other_programs_may_have_nulls(tmp_path: Path, postgres_server: Server) -> None:
    record(tmp_path / "h", day_of_traffic(3))
    server = postgres_server.new_database()
    urls = [f"duckdb:///{tmp_path / 'c.db'}", server.url]
    rows = [
        "INSERT INTO UA_Treatment (TreatmentCode) VALUES ('other')",
        "INSERT INTO UA_DtlContactHist (Event, TreatmentCode, ContactDateTime)"
        " VALUES ('x1', 'other', '2026-11-02 10:00:00+00'), ('x2', 'other', NULL)",
        "INSERT INTO UA_ResponseHistory (Event, TreatmentCode) VALUES ('x3', 'other')",
    ]
    for url in urls:
        import_history(str(tmp_path / "h"), url)
    with duckdb.connect(str(tmp_path / "c.db")) as db:
        for row in rows:
            db.execute(row)
            server.select(row)
    for url in urls:
        told = run(url, "--control", "Control", "--json")
        assert told.exit_code == 0, told.output
        found = json.loads(told.stdout)
        assert found["figures"]["Contacts"] == 126
        assert run(url, "--control", "Control", "--out", tmp_path / "r.html").exit_code == 0


def test_what_customers_wrote_moves_no_terminal(tmp_path: Path) -> None:
    one = contact(1, random.Random(1))
    record(tmp_path, [one, response(1, one.treatment, "later\x1b[2J\nx", one.channel)])
    shown = CliRunner().invoke(cli, ["history", "show", str(tmp_path)]).output
    for told in (run(tmp_path, "--section", "responses").output, shown):
        assert "later [2J x" in told
        assert "\x1b" not in told


def test_no_report_shows_a_password(tmp_path: Path, postgres_server: Server) -> None:
    record(tmp_path / "h", day_of_traffic(3))
    url = postgres_server.new_database().url
    import_history(str(tmp_path / "h"), url)
    for told in (run(f"{url}&password=secret"), run(f"{url}&password=secret", "--json")):
        assert (told.exit_code, "secret" in told.output) == (0, False), told.output
        assert url.partition("?")[0] in told.output


def run(*args: object) -> Result:
    found = CliRunner().invoke(cli, ["report", *map(str, args)])
    assert "Traceback" not in found.output
    return found


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    record(folder, day_of_traffic(7, 900))
    return folder


def test_days_and_channels_are_chosen(history: Path) -> None:
    events = day_of_traffic(7, 900)
    day = START.date() + timedelta(days=2)
    report = build_report(str(history), Wishes(Period(day, day, "Call")))
    expected = sum(
        isinstance(e, Contact)
        and e.channel == "Call"
        and datetime.fromtimestamp(e.at / 1e6, UTC).date() == day
        for e in events
    )
    assert report.figures[0].value == expected > 0
    assert (report.first, report.last, report.channels) == (day, day, ("Call",))


def test_a_day_without_contacts_is_drawn_as_one(tmp_path: Path) -> None:
    shown = [e for e in day_of_traffic(7, 300) if isinstance(e, Contact)]
    quiet = (START + timedelta(days=2)).date()
    kept = [e for e in shown if datetime.fromtimestamp(e.at / 1e6, UTC).date() != quiet]
    record(tmp_path, kept)
    (section,) = build_report(str(tmp_path), Wishes(names=["trend"])).sections
    assert quiet not in section.column("day")
    assert section.chart is not None
    drawn = [r for r in section.chart["data"]["values"] if r["day"] == quiet.isoformat()]
    assert [(r["contacts"], r["accept_rate"]) for r in drawn] == [(0, None)] * len(OFFERS)
    svg = svg_of(section)
    assert svg is not None
    assert ">3 Nov<" in svg


def test_what_a_chart_leaves_out_is_told(tmp_path: Path) -> None:
    one = contact(1, random.Random(1))
    changes = ({"offer": f"O{i}", "event": f"e{i}", "treatment": f"t{i}"} for i in range(30))
    record(tmp_path, [msgspec.structs.replace(one, **change) for change in changes])
    (section,) = build_report(str(tmp_path), Wishes(names=["offers"])).sections
    assert section.chart is not None
    assert section.chart["title"]["text"] == "The 25 of most contacts are drawn, of 30."
    assert len(section.chart["data"]["values"]) == 25


def test_offers_of_one_name_are_told_apart(tmp_path: Path) -> None:
    one = contact(1, random.Random(1))
    two = msgspec.structs.replace(one, event="e2", treatment="t2", code="other")
    record(tmp_path, [one, two])
    (section,) = build_report(str(tmp_path), Wishes(names=["offers"])).sections
    assert section.chart is not None
    labels = {r["label"] for r in section.chart["data"]["values"]}
    assert labels == {f"{one.offer} ({one.code})", f"{one.offer} (other)"}


def test_lift_compares_what_shares_no_contact(history: Path) -> None:
    report = build_report(str(history), Wishes(names=["lift"], controls=["Control"]))
    (section,) = report.sections
    plain = counted(day_of_traffic(7, 900), "segment")
    rows = {row[0]: row for row in section.rows if row[2] == "all offers"}
    assert set(rows) == {"Treated", "Mass"}
    (contacts, accepts, _), (base, taken, _) = plain["Treated"], plain["Control"]
    found = difference(accepts, contacts, taken, base)
    assert found is not None
    assert rows["Treated"][3:10] == (
        *(contacts, accepts / contacts, base, taken / base, found.value, found.low, found.high),
    )


def test_rules_of_a_project_that_were_never_used(tmp_path: Path) -> None:
    record(tmp_path, [])
    report = run(tmp_path, "--project", ROOT / "examples" / "retail_bank", "--json")
    rules = json.loads(report.stdout)["sections"]["rules"]
    assert len(rules) > 10
    assert {r["status"] for r in rules} == {"never used"}


def test_what_two_hosts_wrote_counts_once(tmp_path: Path) -> None:
    events: list[Any] = day_of_traffic(5, 30)
    named = [
        msgspec.structs.replace(e, event=f"s{i}{'!~'[i % 2]}1.1") for i, e in enumerate(events)
    ]
    record(tmp_path / "once", named)
    record(tmp_path / "twice", named)
    record(tmp_path / "twice", named[::2] + named[1::3])
    once, twice = (build_report(str(tmp_path / n), Wishes()) for n in ("once", "twice"))
    assert once.figures == twice.figures
    assert once.sections == twice.sections


def test_events_and_patterns_that_a_host_kept(tmp_path: Path) -> None:
    deployment = open_deployment(str(ROOT / "examples" / "telecom_retention"))
    keys = {a.name: tuple(k.name for k in a.key) for a in deployment.project.program.audiences}
    history = open_history(str(tmp_path), keys.__getitem__)
    host = Host(deployment, record=history.record, activity=True, inputs=True)
    channel = next(c for c in deployment.channels if c.channel.patterns)
    times: Counter[str] = Counter()
    for customer in range(3):
        name = f"s{customer}"
        key = [NameValue(k, customer, "numeric") for k in keys[channel.audience.name]]
        assert host.start_session(name, channel.name, key).status == 0
        for event in channel.channel.events:
            given = [NameValue(p.name, *_some(p.type)) for p in event.parameters]
            for _ in range(3 + customer):
                host.post_event(name, event.name, given)
                times[event.name] += 1
    history.close()
    found = json.loads(run(tmp_path, "--json").stdout)["sections"]
    assert {r["event"]: r["times"] for r in found["events"]} == dict(times)
    assert {r["customers"] for r in found["events"]} == {3}
    assert found["patterns"]
    assert {r["pattern"] for r in found["patterns"]} <= {p.name for p in channel.channel.patterns}
    shown = CliRunner().invoke(cli, ["history", "show", str(tmp_path), "--kind", "met", "--json"])
    assert len(shown.stdout.splitlines()) == sum(r["times"] for r in found["patterns"])
    assert CliRunner().invoke(cli, ["history", "verify", str(tmp_path)]).exit_code == 0


def _some(kind: Type) -> tuple[Any, str]:
    return ("x", "string") if kind == TEXT else (500, "numeric")


def test_versions_tell_who_deployed_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    registry, source = tmp_path / "registry", "shop"
    assert CliRunner().invoke(cli, ["new", source]).exit_code == 0
    deployed = CliRunner().invoke(
        cli,
        ["deploy", source, "--to", "production", "--registry", str(registry), "--by", "Ann"],
    )
    assert deployed.exit_code == 0, deployed.output
    (entry,) = open_registry(str(registry)).history("production")
    one = msgspec.structs.replace(contact(1, random.Random(1)), bundle=entry.whole or "")
    record(tmp_path / "h", [one])
    found = run(tmp_path / "h", "--registry", registry, "--environment", "production", "--json")
    (version,) = json.loads(found.stdout)["sections"]["deployments"]
    assert version["bundle"] == (entry.whole or "")[:12]
    assert version["deployed"].startswith("version 1, ")
    assert version["deployed"].endswith("deploy by Ann")


def test_files_have_all_rows_and_types(history: Path, tmp_path: Path) -> None:
    assert run(history, "--out", tmp_path / "csv").exit_code == 0
    assert run(history, "--out", tmp_path / "parquet", "--format", "parquet").exit_code == 0
    for name in ("offers", "trend", "deployments", "responses"):
        table = pq.read_table(tmp_path / "parquet" / f"{name}.parquet")
        with open(tmp_path / "csv" / f"{name}.csv", newline="") as text:
            assert next(csv.reader(text)) == table.column_names
        with open(tmp_path / "csv" / f"{name}.csv", newline="") as text:
            assert len(list(csv.reader(text))) == table.num_rows + 1
    assert not list(tmp_path.glob("*/.*"))


def test_the_page_stands_alone_and_sorts(history: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert run(history, "--control", "Control", "--out", page).output == f"{page} written\n"
    text = page.read_text("utf-8")
    assert text.count("<svg ") >= 6
    assert not re.search(r">[\d.]+(?:k|e\+\d)</text>", text)  # counts are written out
    assert "it&#39;s 100 %" in text
    assert not re.search(r"src=|@import|url\((?!#)", text)
    script = "<script>document.querySelector('#offers th.number button').click();</script>"
    clicked = tmp_path / "clicked.html"
    clicked.write_text(text.replace("</body>", script + "</body>"), "utf-8")
    shown = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", str(clicked)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    ).stdout
    offers = shown[shown.index('id="offers"') : shown.index('id="trend"')]
    assert 'aria-sort="descending"' in offers
    rows = [r.split("</td>")[2] for r in offers.split("<tr>")[2:]]
    contacts = [int(r.split(">")[-1].replace(",", "")) for r in rows]
    assert len(contacts) > 2
    assert contacts == sorted(contacts, reverse=True)


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["nowhere"], 2, "no history in nowhere"),
        (["mysql://me:secret@x/db"], 2, "not a database: mysql://me@x/db"),
        (["HISTORY", "--out", "x.pdf"], 2, "what shall x.pdf be?"),
        (["duckdb:///none.db"], 2, "no such file: none.db"),
        (["HISTORY", "--section", "offer"], 2, "no section offer"),
        (["HISTORY", "--control", "Nobody"], 0, "no contact was in a segment Nobody, so nothing"),
        (["HISTORY", "--control", "Nobody", "--section", "offers,rules"], 0, "Offers"),
        (["HISTORY", "--control", "Nobody", "--section", "lift"], 2, "in a segment Nobody"),
        (["HISTORY", "--environment", "production"], 2, "--environment needs --registry PLACE"),
        (["HISTORY", "--from", "yesterday"], 2, "yesterday"),
        (["HISTORY", "--from", "2026-11-02", "--until", "2026-11-01"], 2, "is before --from"),
        (["HISTORY", "--channel", "Web"], 0, "no contact in these days was in a channel Web"),
        (["HISTORY", "--out", "/proc/none"], 1, "cannot write the report to /proc/none"),
    ],
)
def test_mistakes_are_a_line(
    args: list[str], code: int, message: str, history: Path, tmp_path: Path
) -> None:
    found = run(*(str(history) if a == "HISTORY" else a for a in args))
    assert (found.exit_code, message in found.output) == (code, True), found.output


def test_a_file_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    record(tmp_path, day_of_traffic(3))
    bad = next(tmp_path.glob("contacts/*/*/*.parquet"))
    bad.write_bytes(b"PAR1 no")
    found = run(tmp_path)
    assert found.exit_code == 0
    assert f"note: left out: {bad.relative_to(tmp_path)}" in found.output


def test_a_damaged_page_is_a_line(tmp_path: Path) -> None:
    record(tmp_path, day_of_traffic(3))
    bad = next(tmp_path.glob("contacts/*/*/*.parquet"))
    data = bytearray(bad.read_bytes())
    data[4:60] = bytes(56)  # the first page, and not the footer
    bad.write_bytes(data)
    found = run(tmp_path)
    assert (found.exit_code, f"cannot read {tmp_path}" in found.output) == (1, True), found.output


def test_an_empty_history_says_so(tmp_path: Path) -> None:
    record(tmp_path, [])
    found = run(tmp_path)
    assert (found.exit_code, "has no contacts in these days" in found.output) == (0, True)
    assert run(tmp_path, "--out", tmp_path / "r.html").exit_code == 0


def test_every_section_is_documented() -> None:
    text = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert [name for name in SECTIONS if f"`{name}`" not in text] == []
