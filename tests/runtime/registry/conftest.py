"""A project with a test, in versions that differ by a score, and the command in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interact.runtime.build import Built, build
from interact.runtime.cli.main import cli
from interact.runtime.registry.registry import Registry, open_registry

SOURCE = """
audience Customer {{ key id: int  profile {{ age: int }} }}
offer Gold "Gold card" {{ code "G" }}
offer Blue "Blue card" {{ code "B" }}
channel Web for Customer {{ zone Home {{ point hero default "hello" }} }}
flowchart F on Web {{ decision d {{ Young when age < 30  Rest otherwise }} }}
strategy S on Web {{
  zone Home {{ for Young {{ Gold score {gold} }} for everyone {{ Blue score 50 }} }}
}}
test "gold before blue for the young" on Web {{
  given age = 20
  expect offers at hero: Gold, Blue
}}
"""
Command = Callable[..., Result]
Versions = Callable[[int], Built]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder; the registry is ``r``."""
    monkeypatch.setenv("INTERACT_REGISTRY", "r")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def project(gold: int, name: str = "p") -> str:
    """Write a version of the project; below 50 its test fails."""
    folder = Path(name)
    folder.mkdir(exist_ok=True)
    (folder / "all.interact").write_text(SOURCE.format(gold=gold))
    return name


@pytest.fixture
def version() -> Versions:
    """Return what builds a version."""
    return lambda gold: build(project(gold))


@pytest.fixture
def run() -> Command:
    """Return what runs a command line and returns its result."""

    def invoke(*arguments: Any) -> Result:
        return CliRunner().invoke(cli, [str(a) for a in arguments])

    return invoke


@pytest.fixture
def registry() -> Registry:
    """Return a registry in the folder, empty."""
    return open_registry("r", make=True)
