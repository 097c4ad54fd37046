"""The retail bank, scored as its README says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.examples.projects import EXAMPLES, customers_file, program_of

from interact.runtime.cli.main import cli

README = (EXAMPLES / "retail_bank" / "README.md").read_text("utf-8")


def test_the_readme_counts_right() -> None:
    program, channel = program_of("retail_bank")
    said = re.search(r"(\d+) offers, four zones, (\d+) rules", README)
    assert said is not None
    assert [int(n) for n in said.groups()] == [len(program.offers), len(channel.rules)]
    assert len(channel.zones) == 4


def test_every_segment_and_offer_has_customers_but_the_basket_one(tmp_path: Path) -> None:
    customers = str(customers_file("retail_bank"))
    options = ["--customers", customers, "--as-of", "2026-11-24", "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as stopped:
        cli.main(["score", str(EXAMPLES / "retail_bank"), *options])
    assert not stopped.value.code
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert run["scored"] == 5_000
    assert all(segment["customers"] for segment in run["segments"])
    given = {o["offer"]: 0 for zone in run["offers"] for o in zone["offers"]}
    for zone in run["offers"]:
        for offer in zone["offers"]:
            given[offer["offer"]] += offer["given"]
    assert [offer for offer, count in given.items() if not count] == ["CC-PAY3"]
    assert run["nulls_in_not_null"] == {}
    assert run["out_of_range"] == {}
