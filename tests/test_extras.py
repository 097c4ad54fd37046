"""Each extra brings all that its commands import, and without it that is one line."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IMPORTED = {
    "jinja2": "jinja2",
    "prometheus-client": "prometheus_client",
    "vl-convert-python": "vl_convert",
    "adbc-driver-postgresql": "adbc_driver_postgresql",
}
"""What packages are imported as, where that is another name."""
USED = {
    "describe": "describe.render describe.draw",
    "serve": "serve.run history.show history.verify history.compact host.deployment",
    "campaign": "campaign.load campaign.duck campaign.feeds campaign.candidates campaign.profiles",
    "postgres": "campaign.load campaign.postgres",
    "deploy": "registry.signing registry.object_store",
    "report": "report.build report.postgres report.write_html report.write_files",
    "prove": "testing.counterexample",
    "profiles": "host.profiles.drivers",
    "editor": "editor.server",
}
"""Modules that an extra is for."""


def extras() -> dict[str, list[str]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: dict[str, list[str]] = tomllib.load(file)["project"]["optional-dependencies"]
    return found


def packages() -> dict[str, set[str]]:
    """Return what each extra brings, by the names of imports."""
    return {extra: {_module(line) for line in lines} for extra, lines in extras().items()}


def _module(requirement: str) -> str:
    name = re.split(r"[\[>=]", requirement)[0]
    return IMPORTED.get(name, name.replace("-", "_"))


def run(missing: set[str], code: str) -> subprocess.CompletedProcess[str]:
    blocked = "import sys\n" + "".join(f"sys.modules[{m!r}] = None\n" for m in sorted(missing))
    return subprocess.run(
        [sys.executable, "-c", blocked + code], capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize("extra", USED)
def test_an_extra_brings_what_its_commands_import(extra: str) -> None:
    brought = packages()
    code = "".join(f"import interact.runtime.{module}\n" for module in USED[extra].split())
    found = run(set().union(*brought.values()) - brought[extra], code)
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        ("history show h", "serve"),
        ("replay --history h --bundle p", "serve"),
        ("campaign import --history h --to duckdb:///c.db", "campaign"),
        ("report h", "report"),
        ("lsp", "editor"),
    ],
)
def test_a_command_without_its_extra_is_one_line(command: str, extra: str) -> None:
    code = (
        "from interact.runtime.cli import missing\n"
        f"missing.requires = lambda _: {_requirements()!r}\n"
        f"sys.argv = ['interact', *{command.split()!r}]\n"
        "from interact.runtime.cli import main; main()"
    )
    package = "lsprotocol" if extra == "editor" else "msgspec"
    found = run({package}, code)
    assert (found.returncode, found.stderr) == (
        2,
        f"error: interact {command.split()[0]} needs {package}\n"
        f"  help: pip install 'interact-dsl[{extra}]'\n",
    )


def _requirements() -> list[str]:
    return [f'{line}; extra == "{extra}"' for extra, lines in extras().items() for line in lines]


def test_a_host_without_its_extra_is_one_line() -> None:
    code = "import interact\ntry: interact.open_host\nexcept ImportError as error: print(error)"
    found = run({"msgspec"}, code)
    assert found.stdout == ("interact.open_host needs msgspec: pip install 'interact-dsl[serve]'\n")
