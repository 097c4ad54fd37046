"""The whole loop: a day of customers, and every figure equals what they did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.examples.projects import EXAMPLES
from tests.postgres import Database


def test_a_day_ends_with_the_figures_that_the_simulator_knows(
    tmp_path: Path, postgres: Database
) -> None:
    command = [sys.executable, EXAMPLES / "day" / "run.py", "--out", tmp_path, "--customers", "200"]
    done = subprocess.run([*command, "--to", postgres.url], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("\nequal ") == 8
    assert "came in another session" in done.stdout
    told = "SELECT DISTINCT MatchedBy FROM UA_ResponseHistory ORDER BY 1"
    assert postgres.select(told) == [("offer",), ("session",), ("treatment",)]
