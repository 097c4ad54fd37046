"""Links of pages lead somewhere, and the page of commands has all of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest

from interact.runtime.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]
TOPS = ("grammar", "stdlib", "compiler", "runtime", "tests")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split() if not name.startswith("tests/")]


def anchors(page: Path) -> set[str]:
    """Return the anchors that Git hosts give the headings of a page."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", pages())
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for link in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize(
    "name", ["compiler/ARCHITECTURE.md", "runtime/ARCHITECTURE.md", "CONTRIBUTING.md"]
)
def test_modules_that_are_named_are_there(name: str) -> None:
    known = {path.name for top in TOPS for path in (ROOT / top).rglob("*.py")}
    named = set(re.findall(r"`(?:[\w./]*/)?(\w+\.py)`", (ROOT / name).read_text("utf-8")))
    assert named <= known


def test_options_that_are_named_are_those_of_a_command() -> None:
    known = {"--help"}
    context = click.Context(cli)
    for command in (cli.get_command(context, name) for name in COMMANDS):
        known |= {option for found in below(command) for p in found.params for option in p.opts}
    for page in sorted((ROOT / "docs").glob("*.md")):
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text("utf-8")))
        assert named <= known, page.name


def below(command: click.Command | None) -> list[click.Command]:
    assert command is not None
    return [command, *(command.commands.values() if isinstance(command, click.Group) else ())]


def test_every_command_is_on_the_page_of_commands() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z]+)`", text)) | set(re.findall(r"`interact ([a-z]+)", text))
    assert set(COMMANDS) <= named


def test_every_page_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    listed = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert listed <= set(_LINK.findall(text))
