"""Flowcharts: branches that nobody comes to, conditions outside segments, what is not used."""

from __future__ import annotations

import pytest
from tests.compiler.lints.projects import SHOP, found_in, found_in_steps

from interact.compiler.core.nodes import Expr
from interact.compiler.lints.reach import Reach
from interact.compiler.lints.regions import ALL
from interact.compiler.lints.truth import Truth, Truths
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

RICH = "decision d { Rich when balance >= 20_000  Rest otherwise }"


def test_a_rule_is_held_against_all_its_segments() -> None:
    steps = f"{RICH} select Old when age > 60"
    assert found_in_steps(steps, "for Rich, Old { Card when balance < 10 }") == []
    assert found_in_steps(RICH, "for Rest { Card when balance > 30_000 }") == ["W0104"]
    young = "select Young of Rich when balance < 10"
    assert found_in_steps(f"{RICH} {young}", "for Young { Card when age > 3 }") == ["W0104"]


def test_what_comes_after_an_empty_cell_is_not_reported_again() -> None:
    steps = "select None of Rich when balance < 10 select Two of None when age > 3"
    rules = "for Two { Card when balance = 2 }"
    assert found_in_steps(f"{RICH} {steps}", rules) == ["W0104"]


def test_branches_above_may_take_everybody_together() -> None:
    steps = "decision d { A when age < 30  B when age >= 30  C when age > 10  D otherwise }"
    assert found_in_steps(steps, "for A { Card }") == ["W0201"]
    independent = steps.replace("d {", "d independent {")
    assert found_in_steps(independent, "for A { Card }") == []


def test_nulls_are_left_for_a_later_branch() -> None:
    steps = "decision d { A when income < 30  B when income >= 30  C when income is null }"
    assert found_in_steps(steps, "for A { Card }") == []
    steps = "decision d { A when income < 30  B when income >= 30  C otherwise }"
    assert found_in_steps(steps, "for A { Card }") == []


def test_a_decision_without_otherwise() -> None:
    assert found_in_steps("decision d { A when age < 30  B when vip }", "for A { Card }") == [
        "W0202"
    ]
    assert found_in_steps("decision d { A when age < 30 }", "for A { Card }") == []
    complete = "decision d { A when age is null  B when age < 30  C when age >= 30 }"
    assert found_in_steps(complete, "for A { Card }") == []


def test_one_cell_in_use_is_enough_for_a_step() -> None:
    sample = "sample s { Control 10%  Treated rest }"
    assert found_in_steps(sample, "for Treated { Card }") == []
    assert found_in_steps(sample, "Card") == ["W0203"]
    assert found_in_steps(f"{RICH} segment All = Rich", "for All { Card }") == []
    assert found_in_steps(f"{RICH} segment All = Rich", "for Rich { Card }") == ["W0203"]


def test_segments_are_what_a_channel_without_rules_is_for() -> None:
    assert found_in(f"flowchart F on Web {{ {RICH} }}") == ["W0406"]


def test_derived_fields_are_read_by_later_steps() -> None:
    lets = "let a = age + 1 let b = a + 1 select Old when b > 60"
    assert found_in_steps(lets, "for Old { Card }") == []
    late = "select Old when age > 60 let a = age + 1"
    assert found_in_steps(late, "for Old { Card }") == ["W0204"]


def test_rules_that_ask_for_segments() -> None:
    steps = f"{RICH} select Old when age > 60"
    assert found_in_steps(steps, "Card when segment.Old and segment.Rich") == []
    young = "Card when segment.Old and (segment.Rich or vip) and age < 30"
    assert found_in_steps(steps, young) == ["W0101"]
    assert found_in_steps(RICH, "Card when segment.Rich and segment.Rest and vip") == ["W0101"]
    assert found_in_steps(RICH, "for Rich { Card when not segment.Rich }") == ["W0104"]
    assert found_in_steps(steps, "for Old, Rich { Card when not segment.Old }") == []


def test_segments_that_other_channels_have_too() -> None:
    rules = "for Rich { Card score 5 when balance < 10 } for Rest { Card when balance = 2 }"
    first = f"flowchart F on Web {{ {RICH} }} strategy S on Web {{ zone Home {{ {rules} }} }}"
    second = first.replace("on Web", "on Shop").replace("F on", "G on").replace("S on", "T on")
    asked = second.replace("Card when balance = 2", "Card when segment.Rest or segment.Rich")
    shop = "channel Shop for Customer { zone Home { point a } }"
    assert found_in(f"{first} {shop} {second}") == ["W0104", "W0104"]
    assert found_in(f"{first} {shop} {asked}") == ["W0104", "W0104"]
    narrow = asked.replace(">= 20_000", ">= 5").replace("balance < 10", "balance < 9")
    assert found_in(f"{first} {shop} {narrow}") == ["W0104"]


def test_each_branch_is_held_against_those_above_it_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who is left for a branch is who was left for the one above, but for those it took."""
    looked_at = []

    def counted(condition: Expr) -> Truth:
        looked_at.append(condition)
        return Truth(ALL, ALL, ALL)

    branches = " ".join(f"B{n} when age = {n}" for n in range(100))
    text = f"flowchart F on Web {{ decision d {{ {branches} }} }}"
    checked = check([SourceFile("a.interact", SHOP), SourceFile("b.interact", text)])
    assert checked.program is not None
    truths = Truths()
    monkeypatch.setattr(truths, "of", counted)
    Reach(truths, checked.program).cell(checked.program.channels[0], 99)
    assert len(looked_at) == 199
