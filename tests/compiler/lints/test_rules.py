"""Rules beside their offers and beside each other, and operations without a result."""

from __future__ import annotations

import pytest
from tests.compiler.lints.projects import SHOP, found_in, found_in_condition, found_in_rules

from interact.compiler.lints.run import lint
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

OUTDONE = (
    "Card score 60  Card as b score 40",
    "Card score 40 when age > 60  Card as b score 60 when age > 30",
    "Card score age  Card as b score age when vip",
    "Card score age when vip  Card as b pinned score age",
    "Card score 60 live from 2026-01-01  Card as b score 40 live from 2026-02-01",
    "Card score 60  Card as b score 60 when vip",
)
APART = (
    "Card score 60 when vip  Card as b score 40",
    "Card score 40  Card as b score 60 when vip",
    "Card score age  Card as b score age + 1",
    "Card score 60 live until 2026-01-01  Card as b score 40",
    "Card pinned score age when vip  Card as b score age",
    "Card score age  Card as b pinned score 1 / income when income > 0",
    "Card disabled score 60  Card as b score 40",
    "Card score 60 when age > 30  Card as b score 40 when age >= 30",
    "Card score 60 when income > 0 or income <= 0  Card as b score 40 when income > 5 or vip",
)


@pytest.mark.parametrize("rules", OUTDONE)
def test_outdone(rules: str) -> None:
    assert found_in_rules(rules) == ["W0403"]


@pytest.mark.parametrize("rules", APART)
def test_not_outdone(rules: str) -> None:
    assert "W0403" not in found_in_rules(rules)


def test_a_rule_has_to_be_outdone_in_all_its_zones() -> None:
    zones = "channel App for Customer { zone A { point a } zone B { point b } }"
    project = f"{zones} strategy S on Web {{ zone Home {{ Card }} }} strategy T on App {{ %s }}"
    assert found_in(project % "zone A { Card score 60 } every zone { Card as b score 40 }") == []
    assert found_in(project % "every zone { Card score 60  Card as b score 40 }") == ["W0403"]


def test_the_same_rule_in_two_strategies() -> None:
    twice = "".join(f"strategy {s} on Web {{ zone Home {{ Card when vip }} }}" for s in "ST")
    assert found_in(twice) == ["W0402"]


def test_days_that_touch_are_enough() -> None:
    offer = "offer Loan { live 2026-01-01 to 2026-06-30 }"
    rule = "strategy S on Web { zone Home { Card Loan live from 2026-06-30 } }"
    assert found_in(f"{offer} {rule}") == []
    assert found_in(f"{offer} {rule.replace('06-30', '07-01')}") == ["W0401"]


DIVISIONS = (
    "balance / income > 2",
    "income < 100 and balance / income > 2",
    "balance / income > 2 and income > 0",
    "balance / income > 2 or income = 0",
    "quotient(age, age) = 1",
    "any(accounts where age / amount > 1)",
    "(if income = 0 then balance / income else 1) > 1",
)
GUARDED = (
    "income > 0 and balance / income > 2",
    "income != 0 and balance / income > 2",
    "not (income = 0) and balance / income > 2",
    "income = 0 or balance / income > 2",
    "balance / nullif(income, 0) > 2",
    "balance / (income + 1) > 2",
    "balance / 12 > 2",
    "(if income = 0 then 1 else balance / income) > 1",
    "any(accounts where amount > 0 and age / amount > 1)",
    "sum(age / amount of accounts where amount > 0) > 1",
    "abs(income) > 1 and balance / income > 2",
    "income > balance and balance / income > 2",
    "any(accounts) and balance / count(accounts) > 2",
    "any(accounts where amount > 0) and balance / max(amount of accounts) > 2",
    "all(amount > 0 of accounts) and balance / sum(amount of accounts) > 2",
)


@pytest.mark.parametrize("condition", DIVISIONS)
def test_division(condition: str) -> None:
    assert found_in_condition(condition) == ["W0301"]


@pytest.mark.parametrize("condition", GUARDED)
def test_guarded_division(condition: str) -> None:
    assert found_in_condition(condition) == []


def test_a_score_is_guarded_by_condition_and_segment() -> None:
    assert found_in_rules("Card score balance / income when income > 0") == []
    steps = "flowchart F on Web { select Earning when income > 0 }"
    rule = "strategy S on Web { zone Home { for Earning { Card score balance / income } } }"
    assert found_in(f"{steps} {rule}") == []
    assert found_in(f"{steps.replace('> 0', '>= 0')} {rule}") == ["W0301"]


def test_a_score_is_guarded_by_a_segment_that_its_condition_asks_for() -> None:
    steps = "flowchart F on Web { select Earning when abs(income) > 1 }"
    rule = "strategy S on Web { zone Home { Card score balance / income when Earning } }"
    assert found_in(f"{steps} {rule}") == []


def test_an_attribute_is_guarded_by_all_rules_of_its_offer() -> None:
    offer = "offer Loan { attributes { part: float = balance / income } }"
    rules = "zone Home { Card  Loan when income > 0  Loan score 60 when income < 0 and vip }"
    assert found_in(f"{offer} strategy S on Web {{ {rules} }}") == []
    rules = "zone Home { Card  Loan when income > 0  Loan score 60 when vip }"
    assert found_in(f"{offer} strategy S on Web {{ {rules} }}") == ["W0301"]
    assert "W0301" in found_in(offer)


def test_a_column_of_a_table_of_offers_is_told_by_its_name() -> None:
    table = "overrides Some for Customer { columns { points: int } score balance / points }"
    rule = "strategy S on Web { zone Home { Card } }"
    sources = [SourceFile("a.interact", SHOP), SourceFile("b.interact", f"{table} {rule}")]
    checked = check(sources)
    assert checked.program is not None
    (found,) = lint(checked.program, checked.modules, sources)
    assert found.message == "`points` can be 0 here, and then this has no result"


def test_operations_on_constants_without_a_result() -> None:
    assert found_in_condition("age > 9_223_372_036_854_775_807 + 1") == ["W0302"]
    assert found_in_condition("score > sqrt(-1)") == ["W0302"]
    assert found_in_condition("score > 1 / 0") == ["W0302"]
    assert found_in_condition("score > 2 + 3 * 4") == []


LISTS = "offer Loan {} offers Both = Card, Loan offers Loans = Loan"


def test_a_rule_for_a_list_is_judged_as_a_whole() -> None:
    rules = "Both score 60  Card as b score 40  Loans as c score 70"
    strategy = f"{LISTS} strategy S on Web {{ zone Home {{ {rules} }} }}"
    assert found_in(strategy) == ["W0403"]
    assert found_in(strategy.replace("Card as b", "Both as b")) == ["W0403"]
    assert found_in(strategy.replace("score 60", "score 80 take 1")) == []


def test_days_of_a_list_have_to_be_apart_for_all_of_it() -> None:
    offer = "offer Loan { live 2026-01-01 to 2026-06-30 } offers Both = Card, Loan"
    assert (
        found_in(f"{offer} strategy S on Web {{ zone Home {{ Both live from 2026-07-01 }} }}") == []
    )


def test_ties_by_chance_leave_rules_of_equal_score_alone() -> None:
    web = "channel App for Customer { zone Z { point p } arbitration { ties by chance } }"
    others = "strategy S on Web { zone Home { Card } }"
    project = f"{web} {others} strategy T on App {{ zone Z {{ %s }} }}"
    assert found_in(project % "Card score 60  Card as b score 60 when vip") == []
    assert found_in(project % "Card score age  Card as b score age when vip") == []
    assert found_in(project % "Card score 60  Card as b score 40 when vip") == ["W0403"]
    assert found_in(project % "Card score 60  Card as b score 60") == ["W0402"]


def test_offers_that_do_not_share_a_place() -> None:
    web = "channel App for Customer { zone Z { point p } arbitration { unique by rule } }"
    rules = "strategy T on App { zone Z { Card score 60  Card as b score 40 } }"
    assert found_in(f"{web} {rules} strategy S on Web {{ zone Home {{ Card }} }}") == []
