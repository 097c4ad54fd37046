"""The command as a process: what it imports, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = {"numpy", "numba", "llvmlite", "pyarrow", "rich", "lark"}
COMMAND = [sys.executable, "-m", "interact"]


def process(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *args], capture_output=True, text=True, **options)


def imported(*args: str) -> set[str]:
    """Return the top-level packages that a command imports."""
    return {name.partition(".")[0] for name in modules("-m", "interact", *args)}


def modules(*command: str) -> list[str]:
    """Return the modules that Python loads for a command."""
    found = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True
    )
    lines = (line for line in found.stderr.splitlines() if line.startswith("import time:"))
    return [line.rpartition("|")[2].strip() for line in lines]


@pytest.mark.parametrize(
    "args",
    [["--help"], ["--version"], ["check", "p"], ["check", "--help"], ["score", "--help"],
     ["build", "p", "-o", "b.bundle"], ["plan", "p"], ["functions"], ["lints"]],
    ids=" ".join,
)  # fmt: skip
def test_light_commands_import_no_heavy_package(args: list[str]) -> None:
    assert not HEAVY & imported(*args)


def test_scoring_a_bundle_with_known_kernels_needs_neither_numba_nor_the_parser(run: Any) -> None:
    assert run("build p -o p.bundle").exit_code == 0
    args = ["score", "p.bundle", "--customers", "c.parquet", "--out", "o"]
    assert process(*args).returncode == 0
    found = imported(*args, "--overwrite")
    assert "pyarrow" in found
    assert not {"numba", "lark", "rich"} & found


def test_help_loads_little_more_than_click() -> None:
    assert len(modules("-m", "interact", "--help")) < len(modules("-c", "import click")) + 40


def test_a_closed_pipe_is_quiet() -> None:
    line = f"{sys.executable} -m interact functions | head -1; echo ${{PIPESTATUS[0]}}"
    found = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert found.stderr == ""
    assert found.stdout.splitlines()[0] == "operators:"


def test_a_bug_says_so_in_one_line_and_shows_its_place_on_request(in_folder: Path) -> None:
    code = (
        "import sys; from interact.compiler import pipeline\n"
        "def broken(*_): raise ZeroDivisionError('oops')\n"
        "pipeline.check = broken; sys.argv = ['interact', 'check', 'p']\n"
        "from interact.runtime.cli import main; main()"
    )

    def broken(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **more}
        )

    found = broken()
    assert found.returncode == 1
    assert found.stderr.startswith("error: this is a bug of interact: ZeroDivisionError: oops\n")
    assert "Traceback" not in found.stderr
    assert "Traceback" in broken(INTERACT_DEBUG="1").stderr


def test_an_interrupt_is_one_line(in_folder: Path) -> None:
    os.mkfifo("waits.interact")
    started = subprocess.Popen(
        [*COMMAND, "check", "waits.interact"], stderr=subprocess.PIPE, text=True
    )
    with open("waits.interact", "w"):  # opens when it is opened to be read
        started.send_signal(signal.SIGINT)
        _, told = started.communicate(timeout=120)
    assert (started.returncode, told.strip()) == (130, "interrupted")


def test_a_terminal_without_unicode_is_enough(run: Any) -> None:
    args = ["score", "p", "--customers", "c.parquet", "--out", "o"]
    found = process(*args, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (found.returncode, found.stderr) == (0, "")
