"""A small project, its customers, and the command in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from interact.runtime.cli.main import cli

SOURCE = """
audience Customer {
  key id: int
  profile { age: int  city: text?  balance: decimal(2)  income: float? }
  session { cart: decimal(2) = 0 }
}
offer Gold "Gold card" { code "CC", "GOLD" }
offer Blue "Blue card" { code "CC", "BLUE" }
offer Cart "Finish your order" { code "CART" }
channel Web for Customer {
  zone Home { point hero default "hello" }
  zone Mail { point top }
}
flowchart F on Web {
  decision d { Rich when balance >= 1000 Young when age < 30 Rest otherwise }
  select Romans when city = "rome"
}
strategy S on Web {
  zone Home {
    for Rich { Gold score 50 + 10 / income }  # allow(W0301)
    for everyone { Blue score 20  Cart score 99 when cart > 0 }
  }
  zone Mail { for Romans { Blue score 7.5 } }
}
"""
Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the project ``p`` and the customers ``c.parquet``."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "all.interact").write_text(SOURCE)
    pq.write_table(customers(), tmp_path / "c.parquet")
    return tmp_path


def customers() -> pa.Table:
    return pa.table(
        {
            "id": pa.array([1, 2, 3, 4, 4, None], pa.int64()),
            "age": pa.array([20, 40, 60, 25, 50, 70], pa.int32()),
            "city": ["rome", "oslo", None, "rome", "rome", "oslo"],
            "balance": pa.array([5000.0, 100.0, 2000.0, 0.0, 50.0, 9.5]),
            "income": [10.0, 5.0, 0.0, None, 1.0, 2.0],
        }
    )


@pytest.fixture
def make_customers() -> Callable[[], pa.Table]:
    return customers


@pytest.fixture
def run() -> Command:
    """Call the command with a line of arguments."""

    def called(line: str, *more: str) -> Result:
        return CliRunner().invoke(cli, [*line.split(), *more])

    return called


@pytest.fixture
def refused(run: Command) -> Callable[..., None]:
    """Expect one line of error, and at most some of help, and nothing on standard output."""

    def check(code: int, message: str, line: str, *more: str) -> None:
        found = run(line, *more)
        assert (found.exit_code, found.stdout) == (code, ""), found.output
        assert message in found.stderr, found.stderr
        assert found.stderr.startswith("error: ")
        assert "Traceback" not in found.stderr
        assert "bug" not in found.stderr

    return check
