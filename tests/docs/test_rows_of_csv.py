"""The recipe for rows in a CSV file of their own gives customers that can be scored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from interact.runtime.cli.main import cli

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"
SOURCE = """
audience Customer {
  key customer_id: int
  profile { age: int }
  accounts: many { product: text  balance: decimal(2)  opened: date }
}
offer Card {}
channel Web for Customer { zone Home { point hero } }
strategy S on Web { zone Home { Card score 1 when count(accounts) > 1 } }
"""


def test_rows_become_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.interact").write_text(SOURCE)
    Path("customers.csv").write_text("customer_id,age\n1,30\n2,40\n")
    Path("accounts.csv").write_text(
        "customer_id,product,balance,opened\n1,a,3.5,2020-01-01\n1,b,4,2020-02-01\n"
    )
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (recipe,) = (block for block in blocks if "accounts.csv" in block)
    exec(recipe, {})  # it is our own page
    scored = "score p.interact --customers customers.parquet --out o --format csv"
    found = CliRunner().invoke(cli, scored.split())
    assert found.exit_code == 0, found.output
    assert re.search(r"Card +1 +1 ", found.output)
