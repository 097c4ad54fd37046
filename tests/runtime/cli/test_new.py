"""``interact new`` makes a project that works, and overwrites nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interact.runtime.cli.main import cli
from interact.runtime.new_project import CUSTOMERS, TEMPLATES

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(cli, args)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_project_passes_every_command(run: Run, template: str) -> None:
    made = run("new", "spring", "--template", template)
    assert made.exit_code == 0, made.output
    checked = run("check", "spring")
    assert (checked.exit_code, "no problems" in checked.output) == (0, True), checked.output
    assert run("fmt", "--check", "spring").exit_code == 0
    scored = run("score", "spring", "--customers", "spring/customers.csv", "--out", "o", "--json")
    assert scored.exit_code == 0, scored.output
    told = json.loads(scored.stdout)
    assert told["scored"] == CUSTOMERS
    assert all(offer["given"] for zone in told["offers"] for offer in zone["offers"])
    assert not told["without_result"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_commands_of_its_readme_work(run: Run, template: str) -> None:
    run("new", "spring-26", "--template", template)
    readme = Path("spring-26/README.md").read_text()
    assert readme.startswith("# spring-26\n")
    assert "$" not in readme
    commands = re.findall(r"^    interact (.+)$", readme, re.MULTILINE)
    assert len(commands) >= 3
    for command in commands:
        assert run(*command.split()).exit_code == 0, command


def test_a_project_in_a_folder_elsewhere(run: Run) -> None:
    Path("campaigns").mkdir()
    assert run("new", "campaigns/spring/").exit_code == 0
    assert Path("campaigns/spring/README.md").read_text().startswith("# spring\n")
    assert run("check", "campaigns/spring").exit_code == 0
    missing = run("new", "nowhere/spring")
    assert (missing.exit_code, "cannot write nowhere/spring" in missing.output) == (1, True)


def test_nothing_is_overwritten(run: Run) -> None:
    Path("there").mkdir()
    found = run("new", "there")
    assert (found.exit_code, list(Path("there").iterdir())) == (2, [])
    assert "there exists already" in found.output


@pytest.mark.parametrize("name", ["-x", "a/b c", "..", "a b", "1st", "naïve"])
def test_a_name_is_checked(run: Run, name: str) -> None:
    before = list(Path().iterdir())
    found = run("new", "--", name)
    assert found.exit_code == 2
    assert "is no name for a project" in found.output
    assert list(Path().iterdir()) == before
