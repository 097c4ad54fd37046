"""The page on serving lists the codes of advisory messages that there are."""

from __future__ import annotations

import re
from pathlib import Path

from interact.runtime.host import advisory

PAGE = Path(__file__).parents[2] / "docs" / "serving.md"


def test_each_code_stands_once_in_the_table_of_codes() -> None:
    table = PAGE.read_text().partition("| Code | |")[2].partition("\n\n")[0]
    listed = [int(code) for code in re.findall(r"^\| (\d+) \| .", table, re.MULTILINE)]
    there = sorted(code for code in vars(advisory).values() if isinstance(code, int))
    assert listed == there
