"""Failures of the machine, not of the user, are one line too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interact.runtime.cli.main import COMMANDS, GROUPS


def test_no_command_is_the_help_and_wrong_usage(run: Any) -> None:
    found = run("")
    assert found.exit_code == 2
    assert "Write a project:" in found.stderr
    assert "  check " in found.stderr


def test_the_help_lists_each_command_once_under_a_heading(run: Any) -> None:
    assert sorted(n for group in GROUPS.values() for n in group) == sorted(COMMANDS)
    shown = run("--help").stdout
    assert all(shown.count(f"\n  {name} ") == 1 for name in COMMANDS)


@pytest.mark.parametrize("closed", ["stdout", "pipe"])
def test_an_output_that_nobody_reads_is_no_bug(closed: str) -> None:
    line = f"{sys.executable} -m interact functions"
    line += " >&-" if closed == "stdout" else " --json | true; exit ${PIPESTATUS[0]}"
    found = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == ((0, "") if closed == "stdout" else (141, ""))


def test_a_name_of_a_file_that_is_not_text_is_told(tmp_path: Path, refused: Any) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    Path(name).write_text("id,age,city,balance,income\n1,30,rome,5,2\n")
    refused(2, "is not text in the encoding of this system", "score p --out o --customers", name)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("score p --out o --customers=", "invalid value for '--customers': the name is empty"),
        ("build p --output=", "invalid value for '-o' / '--output': the name is empty"),
        ("check p --deny W0101 --allow W0101", "W0101 is denied and allowed"),
        ("serve p --port abc", "'abc' is not a whole number"),
        ("test p --at-least x", "'x' is not a number"),
        ("report h --from yesterday", "'yesterday' is no day; write it as 2026-11-24"),
        ("serve p --users nope --port 0", "cannot read the users in nope: No such file"),
        ("score p --customers c.parquet --out o --limits-used nope", "cannot read nope: No such"),
    ],
)
def test_wrong_values_are_told_in_plain_words(line: str, message: str, refused: Any) -> None:
    refused(2, message, line)


def test_names_of_files_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_INTERACT_COMPLETE", "bash_complete")
    asked = ("score p", "campaign import --history h")
    for line in asked:
        monkeypatch.setenv("COMP_WORDS", f"interact {line}")
        monkeypatch.setenv("COMP_CWORD", str(len(line.split())))
        found = subprocess.run(
            [sys.executable, "-m", "interact"], capture_output=True, text=True, check=False
        )
        assert found.stdout.startswith("file,"), line


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_behind_the_output_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "interact", "functions", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert found.returncode == 1
    assert "No space left on device" in found.stderr
    assert "bug" not in found.stderr


def test_a_parquet_file_called_csv_is_told(tmp_path: Path, refused: Any) -> None:
    project = tmp_path / "p.interact"
    project.write_text(
        "audience C { key id: int } channel W for C { zone Z { point p } } "
        "offer O {} strategy S on W { zone Z { O } }"
    )
    data = tmp_path / "c.csv"
    table = pa.table({"id": list(range(5000))})
    pq.write_table(table, data)
    refused(1, "c.csv", f"score {project} --customers {data} --out {tmp_path / 'out'}")


def test_a_misspelt_command_is_recognised(refused: Any) -> None:
    refused(2, "no such command 'scor'; did you mean score?", "scor p")


def test_a_run_that_is_told_to_stop_leaves_nothing(tmp_path: Path) -> None:
    left = {"c.csv", *os.listdir(tmp_path)}
    os.mkfifo(tmp_path / "c.csv")  # the run waits for its customers
    command = [sys.executable, "-m", "interact", "score", "p"]
    command += ["--customers", str(tmp_path / "c.csv"), "--out", str(tmp_path / "o")]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with open(tmp_path / "c.csv", "w") as customers:  # returns once the run reads
        customers.write("id,age\n1,30\n")
        customers.flush()
        run.terminate()
        _, said = run.communicate(timeout=120)
    assert (run.returncode, said) == (143, "stopped\n")
    assert set(os.listdir(tmp_path)) == left
