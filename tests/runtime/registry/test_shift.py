"""How decisions would shift, held to deciding for each customer by itself."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.runtime.registry.conftest import SOURCE, Command, project

from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.source import SourceFile
from interact.runtime.decider import Decider, Proposals
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import Project
from interact.runtime.registry.shift import Shift, shifts

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = SOURCE.format(gold=60).partition("test ")[0]
OTHERS = [
    TEXT,
    TEXT.replace("60", "40"),
    TEXT.replace("age < 30", "age < 40"),
    TEXT.replace("Young", "Junior").replace("{ Gold score", "{ Red score") + "offer Red {}",
    TEXT.replace("offer Blue", "offer Azure {} offer Blue").replace(
        "{ Blue score", "{ Azure score"
    ),
]


def opened(text: str) -> Project:
    found = check([SourceFile("x", text)])
    assert found.program is not None, found.diagnostics
    program = optimize(found.program)
    return Project("x", program, {}, lambda c: plan_channel(program, c))


PROJECTS = [opened(text) for text in OTHERS]


def decided(found: Project, age: int | None, key: int) -> Proposals:
    channel = found.program.channels[0]
    decider = Decider(found.program, channel, found.plan_of(channel), FileKernelStore())
    return decider.decide({"id": key, "age": age}, NOW)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(PROJECTS),
    st.sampled_from(PROJECTS),
    st.lists(st.sampled_from([None, 20, 29, 30, 35, 50]), min_size=1, max_size=80),
)
def test_shifts_are_those_of_each_customer(
    before: Project, after: Project, ages: list[int | None]
) -> None:
    rows = [f"{key},{'' if age is None else age}" for key, age in enumerate(ages)]
    Path("c.csv").write_text("\n".join(["id,age", *rows, ""]))
    (found,) = shifts(before, after, "c.csv", NOW)
    assert found.moved is not None
    each = [(decided(before, age, key), decided(after, age, key)) for key, age in enumerate(ages)]
    assert found.moved.customers == len(ages)
    assert of_segments(found) == {
        name: (
            sum(name in was.segments for was, _ in each),
            sum(name in now.segments for _, now in each),
            sum(name in now.segments and name not in was.segments for was, now in each),
            sum(name in was.segments and name not in now.segments for was, now in each),
        )
        for name in found.names.segments
    }
    lists = [tuple([p.offer for p in side.zones["Home"]] for side in pair) for pair in each]
    (zone,) = found.moved.zones.tolist()
    assert zone == [sum(a[:1] != b[:1] for a, b in lists), sum(a != b for a, b in lists)]
    for side in (0, 1):
        best = Counter(pair[side][0] for pair in lists if pair[side])
        given_ = Counter(offer for pair in lists for offer in pair[side])
        for place, offer in enumerate(found.names.offers):
            assert found.moved.best[0, place, side] == best[offer]
            assert found.moved.given[0, place, side] == given_[offer]
    moving = [enter + leave for _, _, enter, leave in of_segments(found).values()]
    assert found.most == max([*moving, zone[0]]) / len(ages)


def of_segments(found: Shift) -> dict[str, tuple[int, ...]]:
    assert found.moved is not None
    counts = found.moved.segments.tolist()
    return dict(zip(found.names.segments, map(tuple, counts), strict=True))


@pytest.fixture
def customers() -> str:
    rows = [f"{key},{20 + key % 40}" for key in range(1000)]
    Path("c.csv").write_text("\n".join(["id,age", *rows, ""]))
    return "c.csv"


def test_a_promotion_shows_what_shifts_and_can_be_refused(run: Command, customers: str) -> None:
    run("deploy", project(60), "--to", "production")
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text.replace("age < 30", "age < 32"))
    run("deploy", "p", "--to", "staging")
    promotion = ("promote", "staging", "production", "--customers", customers)
    refused = run(*promotion, "--most-shift", "4%")
    assert refused.exit_code == 1
    assert "error: 5.0 % shift, more than --most-shift 4%; nothing was done" in refused.output
    told = json.loads(run(*promotion, "--most-shift", "4%", "--json").stdout)
    assert (told["refused"], told["most"]) == (True, 5.0)
    assert len(json.loads(run("deployments", "production", "--json").output)) == 1
    done = run(*promotion, "--most-shift", "5%")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "channel Web: 1,000 customers",
        "                 live   share  new   share  enter  leave",
        "  segment Young   250  25.0 %  300  30.0 %     50      0",
        "  segment Rest    750  75.0 %  700  70.0 %      0     50",
        "  zone Home: 50 (5.0 %) get another first offer",
        "    Gold          250  25.0 %  300  30.0 %",
        "    Blue          750  75.0 %  700  70.0 %",
        done.output.splitlines()[-1],
    ]
    again = json.loads(run(*promotion, "--json").output)
    (shift,) = again["shifts"]
    assert run(*promotion, "--most-shift", "0").exit_code == 0
    assert (again["changed"], shift["most"], shift["zones"][0]["other_first"]) == (False, 0.0, 0)
    assert "nothing is live in other" in run(*promotion[:2], "other", *promotion[3:]).output


def test_a_deployment_can_be_refused_for_what_shifts(run: Command, customers: str) -> None:
    deployment = ("deploy", project(60), "--to", "production", "--customers", customers)
    assert "nothing is live in production to compare with" in run(*deployment).output
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text.replace("age < 30", "age < 32"))
    refused = run(*deployment, "--most-shift", "4%")
    assert refused.exit_code == 1
    assert "error: 5.0 % shift, more than --most-shift 4%; nothing was done" in refused.output
    assert len(json.loads(run("deployments", "production", "--json").output)) == 1
    done = json.loads(run(*deployment, "--most-shift", "5%", "--json").stdout)
    assert (done["version"], done["shifts"][0]["most"]) == (2, 0.05)
    assert run("deploy", "p", "--to", "x", "--most-shift", "5%").exit_code == 2


def test_rows_of_tables_count(run: Command, customers: str) -> None:
    run("deploy", project(60), "--to", "production")
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text + "suppressions No for Customer")
    run("deploy", "p", "--to", "staging")
    Path("no.csv").write_text("id,offer\n" + "".join(f"{key},G\n" for key in range(0, 80, 2)))
    promotion = ("promote", "staging", "production", "--customers", customers)
    found = run(*promotion, "--table", "No=no.csv", "--most-shift", "0.9")
    assert found.exit_code == 1
    assert "  zone Home: 10 (1.0 %) get another first offer" in found.output.splitlines()


def test_rows_beside_the_project_count_unless_the_registry_has_its_own(
    run: Command, customers: str
) -> None:
    run("deploy", project(60), "--to", "production")
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text + "suppressions No for Customer")
    deployment = ("deploy", "p", "--to", "production", "--customers", customers)
    refused = ("--most-shift", "0.5")
    said = run(*deployment, "--no-tests", "--share", "1%").output
    assert said.startswith("No: no rows were given (--table No=FILE)\nchannel Web")
    for folder, keys in (("p", range(0, 80, 2)), ("r", range(0, 40, 2))):
        Path(folder, "no.csv").write_text("id,offer\n" + "".join(f"{k},G\n" for k in keys))
        Path(folder, "interact.toml").write_text('[tables]\nNo = "no.csv"\n')
        found = run(*deployment, *(refused if folder == "p" else ()))
        assert f"zone Home: {len(keys) // 4} (" in found.output
        assert "no rows" not in found.output


def test_channels_without_zones_shift_nothing(run: Command, customers: str) -> None:
    common = "channel Common for Customer { event seen }\n"
    for gold in (60, 70):
        text = Path(project(gold), "all.interact").read_text()
        Path("p/all.interact").write_text(common + text)
        found = run("deploy", "p", "--to", "production", "--customers", customers)
        assert found.exit_code == 0
    assert "channel Common: 1,000 customers\n  nothing shifts\n" in found.output


def test_channels_that_come_and_go(run: Command, customers: str) -> None:
    run("deploy", project(60), "--to", "production")
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text.replace("Web", "App"))
    run("deploy", "p", "--to", "staging")
    found = run("promote", "staging", "production", "--customers", customers, "--most-shift", "50")
    assert found.exit_code == 1
    assert found.output.startswith(
        "channel App: is new\nchannel Web: is gone\nerror: 100.0 % shift"
    )


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ("--most-shift 4%", 2, "--most-shift needs --customers"),
        ("--customers missing.csv", 2, "no such file or folder: missing.csv"),
        ("--customers empty.csv", 1, "there is no customer in empty.csv"),
        ("--customers p/all.interact", 2, "all.interact"),
        ("--customers c.csv --channel Shop", 2, "no channel Shop"),
    ],
)
def test_what_is_wrong_is_one_message(
    run: Command, customers: str, more: str, code: int, said: str
) -> None:
    Path("empty.csv").write_text("id,age\n")
    run("deploy", project(60), "--to", "production")
    run("deploy", project(70), "--to", "staging")
    found = run("promote", "staging", "production", *more.split())
    assert (found.exit_code, found.output.count("error: ")) == (code, 1)
    assert said in found.output
    assert len(json.loads(run("deployments", "production", "--json").output)) == 1
