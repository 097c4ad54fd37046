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


def test_no_command_is_the_help_and_wrong_usage(run: Any) -> None:
    found = run("")
    assert found.exit_code == 2
    assert "Commands:" in found.stderr
    assert "  check " in found.stderr


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
