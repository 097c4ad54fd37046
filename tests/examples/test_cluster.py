"""A cluster keeps its promises, and its files are what the tools that read them expect."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from tests.examples.projects import EXAMPLES

from interact.runtime.cli.serve import command

FOLDER = EXAMPLES / "cluster"


@pytest.fixture(scope="module")
def trial() -> ModuleType:
    """Return the module of the trial, which is a script."""
    spec = importlib.util.spec_from_file_location("trial", FOLDER / "trial.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules["trial"] = found  # dataclasses look it up
    spec.loader.exec_module(found)
    return found


def test_versions_change_and_hosts_are_killed(trial: ModuleType) -> None:
    seen: dict[str, Any] = trial.trial(seconds=2, every=0.5)
    assert trial.is_kept(seen), seen
    assert seen["redeploys"]["versions"] >= 3
    assert seen["kills"]["killed"] >= 3
    assert seen["contacts"]["acknowledged"] > 0


def test_broken_promises_are_seen(trial: ModuleType) -> None:
    parts = {
        "redeploys": {"failed": [], "sessions changed": []},
        "kills": {"failed": [], "sessions changed": []},
        "contacts": {"lost": [], "doubled": []},
    }
    assert trial.is_kept(parts)
    for part, names in parts.items():
        for name in names:
            assert not trial.is_kept({**parts, part: {**names, name: ["x"]}})


def test_the_containers_are_started_as_the_command_wants() -> None:
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    balanced = re.findall(r"server (\w+):8080", (FOLDER / "nginx.conf").read_text("utf-8"))
    hosts = [name for name in services if name.startswith("host")]
    assert balanced == hosts == services["balancer"]["depends_on"]
    for name in hosts:
        word, *arguments = shlex.split(services[name]["command"])
        given = command.make_context(word, arguments).params
        assert (given["environment"], given["store"]) == ("production", "redis://store:6379/0")
    named = {v.split(":")[0] for s in services.values() for v in s["volumes"] if v[0] not in "./"}
    assert named == set(compose["volumes"])
    kept = {v.split(":")[0] for s in services.values() for v in s["volumes"] if v[0] == "."}
    made = {"./registry", "./users"}  # as README.md tells
    assert all((FOLDER / path).exists() for path in kept - made)
    built = compose["x-host"]["build"]
    assert (FOLDER / built["context"] / built["dockerfile"]).samefile(FOLDER / "Dockerfile")


def test_the_extras_that_are_installed_exist() -> None:
    import tomllib

    root = Path(__file__).parents[2]
    known = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    for file in ("Dockerfile", "README.md"):
        for extras in re.findall(r"\[([a-z,]+)\]'", (FOLDER / file).read_text("utf-8")):
            assert set(extras.split(",")) <= set(known["optional-dependencies"])
