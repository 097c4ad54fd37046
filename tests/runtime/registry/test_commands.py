"""The commands of deployment, as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.runtime.registry.conftest import Command, project


def test_from_a_project_to_production_and_back(run: Command) -> None:
    assert run("deploy", project(60), "--to", "staging", "--why", "first").exit_code == 0
    assert run("promote", "staging", "production").exit_code == 0
    run("deploy", project(70), "--to", "staging", "--by", "bob")
    again = run("deploy", project(70), "--to", "staging")
    assert "runs that already; nothing was done" in again.output
    trial = run("promote", "staging", "production", "--share", "10%")
    assert " for 10 %, " in trial.output
    assert run("promote", "production").output.startswith("production version 3: Web ")
    assert run("rollback", "production").exit_code == 0
    told = run("deployments", "production").output.splitlines()
    assert [line.split()[0] for line in told] == ["4", "3", "2", "1"]
    assert "rollback to 1" in told[0]
    assert "promote from staging" in told[-1]
    listed = json.loads(run("deployments", "--json").output)
    assert [(e["environment"], e["version"]) for e in listed] == [("production", 4), ("staging", 2)]
    assert listed[1]["by"] == "bob"
    entry = json.loads(run("undeploy", "production", "--json", "--why", "closed").output)
    assert (entry["whole"], entry["action"], entry["why"]) == (None, "undeploy", "closed")
    assert run("undeploy", "production").exit_code == 0


def test_a_bundle_is_deployed_as_its_project_is(run: Command) -> None:
    run("build", project(60), "-o", "x.bundle")
    run("deploy", "p", "--to", "a")
    assert run("deploy", "x.bundle", "--to", "a").output.endswith("nothing was done\n")


def test_a_bundle_comes_out_as_it_went_in(run: Command) -> None:
    run("build", project(60), "-o", "x.bundle")
    run("deploy", "x.bundle", "--to", "a")
    run("deploy", project(70), "--to", "a")
    assert run("fetch", "a@1", "-o", "y.bundle").exit_code == 0
    assert Path("y.bundle").read_bytes() == Path("x.bundle").read_bytes()
    assert run("fetch", "a", "-o", "z.bundle").exit_code == 0
    assert run("diff", "z.bundle", "p").exit_code == 0
    assert run("fetch", "a", "-o", "p/all.interact").exit_code == 2
    told = json.loads(run("fetch", "a@1", "-o", "j.bundle", "--json").stdout)
    assert (told["bundle"], told["sources"], len(told["digest"])) == ("j.bundle", None, 64)
    assert run("fetch", "a@1", "--sources", "back").output == "back: 1 source of Web\n"
    assert run("diff", "back", "a@1").exit_code == 0
    assert run("fetch", "a@1", "--sources", "back").exit_code == 2
    assert run("fetch", "a@1", "--sources", "x.bundle").exit_code == 1


def test_what_others_wrote_is_on_one_line(run: Command) -> None:
    run("deploy", project(60), "--to", "a", "--by", "eve\x1b[2J", "--why", "two\nlines")
    told = run("deployments", "a").output
    assert told.count("\n") == 1
    assert "\x1b" not in told
    assert told.endswith("two lines\n")


def test_a_damaged_entry_is_named_and_the_rest_is_shown(run: Command) -> None:
    for gold in (60, 70):
        run("deploy", project(gold), "--to", "a")
    run("promote", "a", "b")
    Path("r/environments/a/00000001.json").write_text("{")
    assert run("deployments").exit_code == 0  # what runs is known
    listed = run("deployments", "a")
    assert (listed.exit_code, listed.stdout.split()[0]) == (1, "2")
    assert listed.stderr.count("error: r/environments/a/00000001.json is not an entry") == 1
    Path("r/environments/a/00000002.json").write_text("[1]")
    found = run("deployments", "--json")
    assert (found.exit_code, found.stderr.count("error: ")) == (1, 1)
    assert [e["environment"] for e in json.loads(found.stdout)] == ["b"]
    assert run("deployments", "a").stdout == ""


def test_tests_that_fail_are_not_deployed(run: Command) -> None:
    found = run("deploy", project(40), "--to", "staging")
    assert found.exit_code == 1
    assert "1 test failed; nothing was deployed" in found.output
    assert "FAILED gold before blue for the young" in found.output
    assert run("deployments").output == "nothing is deployed\n"
    assert run("deploy", project(40), "--to", "staging", "--no-tests").exit_code == 0
    run("build", "p", "-o", "x.bundle")
    assert run("deploy", "x.bundle", "--to", "other").exit_code == 1


def test_sources_with_errors_are_shown(run: Command) -> None:
    Path("p").mkdir()
    Path("p/a.interact").write_text("offer X { live never }")
    found = run("deploy", "p", "--to", "staging")
    assert found.exit_code == 1
    assert "1 error in 1 file" in found.output


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("deploy missing --to a", 2, "no such file or folder: missing"),
        ("deploy missing.bundle --to a", 2, "no such file: missing.bundle"),
        ("deploy p --to a/b", 2, "'a/b' is no name of an environment"),
        ("deploy p --to b --share 0", 2, "is no share; such as 10%"),
        ("deploy p --to b --share nan", 2, "is no share; such as 10%"),
        ("deploy p --to b --share 120", 2, "is no share; such as 10%"),
        ("deploy p --to b --share 10%", 2, "nothing is deployed to b that the others could have"),
        ("deploy p --to b --registry p", 2, "p holds something else"),
        ("promote a", 2, "a has nothing on trial"),
        ("promote b c", 1, "nothing was ever deployed to b in r"),
        ("rollback a", 1, "a has no earlier version to go back to"),
        ("rollback a --to 9", 2, "there is no version 9 of a"),
        ("deployments b", 1, "there are a"),
        ("deployments --registry elsewhere", 2, "there is no registry in elsewhere"),
        ("fetch a@7 -o x.bundle", 2, "a has no version 7"),
        ("fetch a", 2, "nothing to make"),
        ("fetch b -o x.bundle", 2, "b is no file, and no environment of r"),
        ("undeploy b", 1, "nothing was ever deployed to b"),
    ],
)
def test_what_is_wrong_is_one_message(run: Command, command: str, code: int, said: str) -> None:
    run("deploy", project(60), "--to", "a", "--no-tests")
    found = run(*command.split())
    assert (found.exit_code, found.output.count("error: ")) == (code, 1)
    assert said in found.output
    assert "Traceback" not in found.output


def test_processes_at_once_make_one_history(run: Command) -> None:
    for gold in range(60, 64):
        run("build", project(gold), "-o", f"{gold}.bundle")
    command = [sys.executable, "-m", "interact", "deploy", "--no-tests", "--to", "a"]
    started = [
        subprocess.Popen([*command, f"{gold}.bundle"], stderr=subprocess.PIPE, text=True)
        for gold in range(60, 64)
    ]
    ended = [(p.communicate()[1], p.returncode) for p in started]
    done = sum(code == 0 for _, code in ended)
    assert all("was changed by" in text for text, code in ended if code)
    listed = json.loads(run("deployments", "a", "--json").output)
    assert [e["version"] for e in listed] == list(range(done, 0, -1))
    assert len({e["whole"] for e in listed}) == done
