"""What was decided is decided again, exactly, from what the history has of it."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interact.compiler.core.program import Attribute
from interact.runtime.cli.main import cli
from interact.runtime.errors import OutputError
from interact.runtime.history.events import Decided
from interact.runtime.history.writer import open_history
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, ServedChannel, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.offers.selecting import Requirement
from interact.runtime.host.profiles.source import ProfileSource
from interact.runtime.host.profiles.tables import open_profiles
from interact.runtime.host.replay import Replay
from interact.runtime.host.results import NameValue
from interact.stdlib.types import Kind

EXAMPLES = Path(__file__).parents[3] / "examples"
PROJECTS = ["retail_bank", "telecom_retention", "card_shop", "insurance_cross_sell", "website"]
START = datetime(2026, 11, 24, 6, tzinfo=UTC)

LIMITED = """
audience C { key id: int, region: text profile { a: float? n: text? }
  orders: many { amount: decimal(2)? what: text } session { cart: decimal(2) = 5 } }
channel W for C { zone Z { point p point q } zone Y { point r }
  event bought(price: float) { suppress A for 2 hours }
  arbitration { ties by chance "t" } }
offer A { attributes { kind: text = "x" label: text = "{n}!" }
  at most 20 impressions until 2026-12-31 }
offer B { attributes { kind: text = "x" } }
offer D { attributes { kind: text = "y" } suppress for 1 hours after reject }
flowchart F on W { sample s seed "x" { One 50% Two rest } }
strategy S on W { zone Z { A score 1 / a  B score cart + sum(amount of orders)
  for One { D score 10 when n is not null } } zone Y { B score 1  D score 1  A score 1 } }
"""


def day(host: Host, served: ServedChannel, seed: int, visits: int, keys: int) -> None:
    """Let customers visit: whatever calls there are, in any order."""
    chance, now = random.Random(seed), START

    def clock() -> datetime:
        return now

    host.clock = clock
    for number in range(visits):
        now += timedelta(seconds=chance.uniform(0, 1200))
        ids = [_value(chance, a, keys) for a in served.audience.key]
        host.start_session(f"s{number}", served.name, ids if chance.random() < 0.9 else [])
        for _ in range(chance.randrange(1, 6)):
            now += timedelta(seconds=chance.expovariate(0.02))
            _act(host, f"s{number}", served, chance)


def _act(host: Host, session: str, served: ServedChannel, chance: random.Random) -> None:
    points = [p.name for zone in served.channel.zones for p in zone.points]
    told = [_value(chance, a, 9) for a in served.audience.attributes if chance.random() < 0.2]
    if chance.random() < 0.2:
        told.append(NameValue("UACIOfferDedupeAttribute", "kind", "string"))
    if chance.random() < 0.1:
        told.append(NameValue("UACIIgnoreSuppressionRules", 1, "numeric"))
    if chance.random() < 0.6:
        wanted = [
            PointRequest(p, chance.randrange(1, 5), chance.random() < 0.5, _requirement(chance))
            for p in chance.sample(points, chance.randrange(1, len(points) + 1))
        ]
        host.get_offers_for_points(session, wanted, told)
        return
    event = chance.choice(["contact", "accept", "reject", *(e.name for e in served.channel.events)])
    held = host.store.find(session)
    shown = [] if held is None else held.session.last_shown()
    if shown:
        told.append(NameValue("UACIOfferTrackingCode", chance.choice(shown).code, "string"))
    declared = served.events.get(event.lower())
    for part in () if declared is None else declared.parameters:
        told.append(_value(chance, Attribute(part.name, part.type, True, part.name), 9))
    host.post_event(session, event, told)


def _value(chance: random.Random, attribute: Attribute, keys: int) -> NameValue:
    """Return some value of an attribute's type."""
    number = chance.randrange(1, keys)
    match attribute.type.kind:
        case Kind.TEXT:
            return NameValue(attribute.name, chance.choice(["north", "a", "", "ä'\""]), "string")
        case Kind.BOOL:
            return NameValue(attribute.name, chance.choice(["true", "false"]), "string")
        case Kind.DATE | Kind.TIMESTAMP:
            at = START - timedelta(days=number)
            return NameValue(attribute.name, at.isoformat(), "datetime")
        case Kind.INT:
            return NameValue(attribute.name, number, "numeric")
        case _:
            return NameValue(attribute.name, chance.choice([number / 7, 0.0, 1e300]), "numeric")


def _requirement(chance: random.Random) -> Requirement:
    if chance.random() < 0.7:
        return PointRequest("").requirement
    child = Requirement(1, (NameValue("kind", "y", "string"),))
    return Requirement(chance.choice([None, 2]), (), (child,))


def recorded(deployment: Deployment, profiles: dict[str, ProfileSource], seed: int) -> list[Any]:
    """Return the decisions of a day, as the log has them."""
    rows: list[Any] = []
    host = Host(deployment, profiles, rows.extend, inputs=True)
    for number, served in enumerate(deployment.channels):
        day(host, served, seed + number, 60, 40)
    return [row for row in rows if isinstance(row, Decided)]


def replayed(deployment: Deployment, rows: list[Any]) -> tuple[Replay, list[Any]]:
    replay = Replay(deployment)
    found = []
    for row in rows:
        at = datetime.fromtimestamp(row.at // 1_000_000, UTC) + timedelta(
            microseconds=row.at % 1_000_000
        )
        names = ("event", "channel", "session", "bundle", "inputs", "outcome")
        found += replay.differences({**{n: getattr(row, n) for n in names}, "at": at})
    return replay, found


@pytest.mark.parametrize("name", PROJECTS)
def test_every_decision_of_a_day_is_the_same_again(name: str) -> None:
    deployment = open_deployment(str(EXAMPLES / name))
    profiles: dict[str, ProfileSource] = {}
    for file in sorted((EXAMPLES / name).glob("customers.*")):
        audience = deployment.channels[0].audience
        profiles[audience.name.lower()] = open_profiles(str(file), audience)
    rows = recorded(deployment, profiles, 1)
    replay, differences = replayed(open_deployment(str(EXAMPLES / name)), rows)
    assert not differences
    assert (replay.problems, replay.others, dict(replay.unread)) == ([], 0, {})
    assert replay.lists > 50


@pytest.mark.parametrize("seed", range(4))
def test_limits_chance_wishes_and_suppression_are_the_same_again(tmp_path: Path, seed: int) -> None:
    (tmp_path / "w.interact").write_text(LIMITED)
    deployment = open_deployment(str(tmp_path))
    rows = recorded(deployment, {}, seed)
    offered = {o[0] for r in rows for p in json.loads(r.outcome) for o in p["offers"]}
    assert offered == {"A", "B", "D"}
    assert any("A.suppressed_until" in json.loads(row.inputs)["values"] for row in rows)
    replay, differences = replayed(open_deployment(str(tmp_path)), rows)
    assert (differences, replay.problems, dict(replay.unread)) == ([], [], {})


def interact(*args: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, args)))


def test_a_changed_project_differs_where_it_decides_otherwise(tmp_path: Path) -> None:
    project, history = tmp_path / "p", tmp_path / "h"
    project.mkdir()
    (project / "w.interact").write_text(LIMITED)
    writer = open_history(str(history), lambda level: ("id", "region"))
    host = Host(open_deployment(str(project)), record=writer.record, inputs=True)
    day(host, host.deployment.channels[0], 3, 20, 9)
    same = interact("replay", "--history", history, "--bundle", project)  # from the log
    writer.close()
    assert same.exit_code == 0, same.output
    assert same.output.endswith("0 differ\n")
    assert interact("replay", "--history", history, "--bundle", project).output == same.output
    bundle = tmp_path / "p.bundle"
    assert interact("build", project, "-o", bundle, "--name", "shop").exit_code == 0
    assert interact("replay", "--history", history, "--bundle", bundle).output == same.output

    changed = LIMITED.replace("B score cart", "B score 3 + cart").replace("point q", "point other")
    changed = changed.replace("a: float?", "a: float? new: int?").replace("1 / a", "1 / a + new")
    (project / "w.interact").write_text(changed)
    told = interact("replay", "--history", history, "--bundle", project)
    assert told.exit_code == 1
    assert "the point is gone" in told.output
    count = re.search(r"([\d,]+) lists decided again, ([\d,]+) decided by other", told.output)
    assert count is not None
    assert count[1] == count[2]
    assert "new was not recorded in" in told.output
    lines = interact("replay", "--history", history, "--bundle", project, "--json").stdout
    found = [json.loads(line) for line in lines.splitlines()]
    gone = [d for d in found if d["what"] == ["the point is gone"]]
    assert {d["point"] for d in gone} == {"q"}
    assert all(d["bundle"] == host.deployment.version for d in found)
    assert any("B (8), now" in what or "now B (8)" in what for d in found for what in d["what"])
    narrowed = interact(
        "replay", "--history", history, "--bundle", project, "--session", "s1", "--json"
    ).stdout
    assert {json.loads(line)["session"] for line in narrowed.splitlines()} <= {"s1"}


def test_without_recorded_decisions_there_is_nothing_to_replay(tmp_path: Path) -> None:
    (tmp_path / "w.interact").write_text(LIMITED)
    open_history(str(tmp_path / "h"), lambda level: ("id",)).close()
    told = interact("replay", "--history", tmp_path / "h", "--bundle", tmp_path / "w.interact")
    assert (told.exit_code, "no recorded decisions" in told.output) == (2, True)


def test_offers_are_given_even_when_the_decision_cannot_be_logged(tmp_path: Path) -> None:
    (tmp_path / "w.interact").write_text(LIMITED)

    def full(rows: list[Any]) -> None:
        raise OutputError("no space left on device")

    host = Host(open_deployment(str(tmp_path)), record=full, inputs=True)
    ids = [NameValue("id", 1, "numeric"), NameValue("region", "n", "string")]
    host.start_session("s", "W", ids)
    answer = host.get_offers("s", "r", 3)
    assert len(answer.offer_lists[0].offers) == 3
    (message,) = answer.messages
    assert (message.level, message.code) == (1, advisory.SYSTEM_LOG_FAILED)


def test_nothing_personal_is_kept_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "w.interact").write_text(LIMITED)
    rows: list[Any] = []
    host = Host(open_deployment(str(tmp_path)), record=rows.extend)
    day(host, host.deployment.channels[0], 1, 10, 9)
    assert rows
    assert not any(isinstance(row, Decided) for row in rows)


def test_all_that_cannot_be_decided_again_is_counted(tmp_path: Path) -> None:
    (tmp_path / "one.interact").write_text(LIMITED)
    (tmp_path / "other.interact").write_text(
        LIMITED.replace("W for", "V for").replace("on W", "on V")
    )
    history = open_history(str(tmp_path / "h"), lambda level: ("id", "region"))
    deployment = open_deployment(str(tmp_path / "one.interact"))
    host = Host(deployment, record=history.record, inputs=True)
    day(host, deployment.channels[0], 3, 40, 5)
    history.close()
    words = ["replay", "--history", str(tmp_path / "h"), "--bundle"]
    told = CliRunner().invoke(cli, [*words, str(tmp_path / "other.interact")])
    assert told.exit_code == 1
    assert re.search(r"and \d+ more that cannot be decided again\n0 lists decided", told.output)
    (tmp_path / "other.interact").write_text("offer O { colour }")
    told = CliRunner().invoke(cli, [*words, str(tmp_path / "other.interact")])
    assert told.exit_code == 1
    assert "other.interact:1" in told.output
