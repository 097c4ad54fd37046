"""Propensities of contacts are how often samples let their rules take part."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from interact.runtime.history.events import Contact
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue

SOURCE = """
audience C {
  key id: int
  profile { age: int? }
  session { device: text = "desktop" cart: decimal(2)? }
}
channel W for C { zone Z { point p } zone Y { point q } @ARBITRATION@ }
offer A {} offer B {} offer D {} offer E {} offer F {} offer G {} offer H {}
flowchart F on W {
  decision by_age { Old when age >= 40  Young otherwise }
  sample half of Old seed "1" { One 50% Two 30% Three rest }
  sample inner of Two seed "2" { Left 25% Right rest }
}
flowchart G on W { sample beside seed "3" { Some 10% Others rest } }
strategy S on W { zone Z {
  for Young { A score 9 }
  for One { B score 8 }
  for Left, Right { D score 7 }
  for Three { E score 6 }
}
zone Y {
  for Old { F score 9 }
  for One, Three { G score 8 }
  for One, Some { H score 7 }
} }
"""
WANTED = {
    "A": None,
    "B": 0.5,
    "D": 0.3,
    "E": 0.2,
    "F": None,
    "G": 0.7,
    "H": None,
}


def deployed(folder: Path, arbitration: str = "") -> Deployment:
    (folder / "w.interact").write_text(SOURCE.replace("@ARBITRATION@", arbitration))
    return open_deployment(str(folder))


def contacts(deployment: Deployment, count: int, age: int, **more: Any) -> list[Contact]:
    """Return the contacts of customers who differ by their keys alone."""
    rows: list[Any] = []
    host = Host(deployment, record=rows.extend, **more)
    for number in range(count):
        told = [NameValue("age", age, "numeric"), NameValue("note", "x", "string")]
        host.start_session("s", "W", [NameValue("id", number, "numeric")], parameters=told)
        for point in ("p", "q"):
            host.get_offers("s", point, 9)
            host.post_event("s", "contact")
    return [row for row in rows if isinstance(row, Contact)]


def test_propensities_are_how_often_rules_take_part(tmp_path: Path) -> None:
    count = 2000
    found = contacts(deployed(tmp_path), count, 50)
    told = {row.offer: row.propensity for row in found}
    assert told == {offer: WANTED[offer] and pytest.approx(WANTED[offer]) for offer in told}
    assert set(told) == set(WANTED) - {"A"}
    for offer, number in Counter(row.offer for row in found).items():
        expected = WANTED[offer]
        if expected is not None:
            assert abs(number / count - expected) < 0.05
    assert {row.propensity for row in contacts(deployed(tmp_path), 5, 20) if row.offer == "A"} == {
        None
    }


def test_where_ties_are_by_chance_nothing_is_told(tmp_path: Path) -> None:
    found = contacts(deployed(tmp_path, 'arbitration { ties by chance "t" }'), 20, 50)
    assert found
    assert {row.propensity for row in found} == {None}


def test_attributes_that_are_asked_for_are_kept_like_parameters(tmp_path: Path) -> None:
    kept = ("Age", "device", "cart", "NOTE", "unknown")
    row = contacts(deployed(tmp_path), 1, 50, kept=kept)[0]
    assert row.extra == {"Age": "50", "device": "desktop", "NOTE": "x"}
