"""Which conditions are told to have one outcome, and of which nothing is said."""

from __future__ import annotations

import pytest
from tests.compiler.lints.projects import found_in, found_in_condition, found_in_rules

NEVER = (
    "age > 60 and age < 30",
    'status = "a" and status = "b"',
    'status = "a" and status in ("b", "c")',
    'status in ("a", "b") and status not in ("a", "b", "c")',
    'status < "a" and status > "b"',
    "vip and not vip",
    "age between 30 and 20",
    "age > 3 and age < 4",
    "score > 0.5 and score < 0.5",
    "balance = 0.50 and balance != 0.5",
    "age > 20.5 and age <= 20",
    "age >= balance and age < balance",
    "balance <= age and age < balance",
    "age = 2.5",
    "income is null and income > 0",
    "income is null and income * 2 > 0",
    "count(accounts) < 0",
    "count(accounts) is null",
    "month(joined) = 13",
    "joined >= today - 30 days and joined < today - 30 days",
    "coalesce(age, 18) < 18 and age >= 18",
    "age > 9_223_372_036_854_775_807",
    "not (age > 30 or vip) and age > 40",
    "vip and (age > 60 and age < 30)",
    "balance > 0.004 and balance < 0.01",
    "score + 1 > 3 and not score + 1 > 2",
)
ALWAYS = (
    "age >= 18 or age <= 65",
    "income is null or income >= 0 or income < 0",
    "age = age",
    "count(accounts) >= 0",
    "not (age > 60) or age > 30",
    "age != 1 or age != 2",
)
SILENT = (
    "age > 60 and balance < 30",
    "age >= 30 and age <= 30",
    "score > 0.5 and score < 0.5000001",
    'status > "a" and status < "b"',
    'status like "a%" and status = "b"',
    "balance > 0.004 and balance < 0.02",
    "age > 20.5 and age < 22",
    "age > balance and balance > age - 1",
    "income is null or income > 0",
    "coalesce(age, 18) >= 18 and age < 30",
    "false",
    "true or vip",
    "1 > 2",
    "vip and not (vip and age > 3)",
    "if vip then age > 60 else age < 30",
    "any(accounts where amount > 5) and any(accounts where amount < 5)",
)


@pytest.mark.parametrize("condition", NEVER)
def test_never_true(condition: str) -> None:
    assert found_in_condition(condition) == ["W0101"]


@pytest.mark.parametrize("condition", ALWAYS)
def test_never_false(condition: str) -> None:
    assert "W0102" in found_in_condition(condition)


@pytest.mark.parametrize("condition", SILENT)
def test_silent(condition: str) -> None:
    assert found_in_condition(condition) == []


def test_conditions_are_looked_for_everywhere() -> None:
    never = "age > 60 and age < 30"
    assert found_in_rules(f"Card score if {never} then 1 else 2") == ["W0101"]
    assert found_in_rules(f"Card when any(accounts where {never})") == ["W0101"]
    assert found_in_condition("any(accounts where amount > 3 and amount < 2)") == ["W0101"]
    assert found_in_condition(f"vip or ({never})") == ["W0101"]


def test_a_condition_for_several_zones_is_reported_once() -> None:
    assert found_in_rules("for everyone { Card when age > 60 and age < 30 }") == ["W0101"]


def test_what_is_too_large_to_analyse_is_left_alone() -> None:
    many = " and ".join(f"(age != {i} or balance != {i})" for i in range(40))
    assert found_in_condition(many) == []


ENUM = """
enum Tier { Bronze = "B", Silver, Gold }
audience Member { key id: int profile { tier: Tier  other: Tier? } }
channel App for Member { zone Start { point p } }
strategy S on Web { zone Home { Card } }
offer Pin {}
"""


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("tier = Gold and tier = Silver", ["W0101"]),
        ("tier < Silver and tier = Gold", ["W0101"]),
        ("tier > Gold", ["W0101"]),
        ("tier != Bronze and tier < Silver", ["W0101"]),
        ("tier not in (Gold, Silver) and tier != Bronze", ["W0101"]),
        ("tier in (Bronze, Silver, Gold)", ["W0102"]),
        ("tier >= Bronze", ["W0102"]),
        ("tier >= Silver and tier < Gold", []),
        ("tier in (Gold, Silver) and other = Bronze", []),
        ("tier < other and tier = Bronze", []),
    ],
)
def test_enumerations_have_no_other_members(condition: str, found: list[str]) -> None:
    rule = f"strategy T on App {{ zone Start {{ Pin when {condition} }} }}"
    assert found_in(f"{ENUM}{rule}") == found


CHOICES = (
    "if age > 20 then 1 else if age > 30 then 2 else 3",
    "if age > 20 then 1 else if balance > 5 then 2 else if age > 30 and vip then 3 else 4",
    "if age > 20 then 1 else if age < 10 then 2 else if age in (5, 25) then 3 else 4",
    "1 + (if age > 20 then 1 else if age > 30 then 2 else 3)",
)
OPEN_CHOICES = (
    "if age > 20 then 1 else if age > 10 then 2 else 3",
    "if age > 20 and vip then 1 else if age > 30 then 2 else 3",
    "if income > 20 then 1 else if income is null then 2 else 3",
    "if age > 20 then (if age > 30 then 1 else 2) else 3",
)


@pytest.mark.parametrize("score", CHOICES)
def test_a_choice_that_nobody_comes_to(score: str) -> None:
    assert found_in_rules(f"Card score {score}") == ["W0205"]


@pytest.mark.parametrize("score", OPEN_CHOICES)
def test_a_choice_that_somebody_comes_to(score: str) -> None:
    assert found_in_rules(f"Card score {score}") == []


def test_a_row_of_a_table_is_judged_where_it_is_used() -> None:
    table = "table t(n: int?) -> int { when >= 5 then 1  when >= 7 then 2  otherwise 3 }"
    rules = "strategy S on Web {{ zone Home {{ Card score t({}) }} }}"
    assert found_in(f"{table} {rules.format('age')}") == ["W0205"]
    two = "strategy S on Web { zone Home { Card score t(age) + t(if vip then 3) } }"
    assert found_in(f"{table} {two}") == ["W0205"]
