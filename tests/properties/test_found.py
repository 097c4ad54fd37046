"""What generated programs found, in its smallest form."""

from __future__ import annotations

import pytest
from tests.properties.agree import disagreements

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.interpret import Customer

NOW = 1_600_000_000_000_000
INT_MAX = 2**63 - 1
AUDIENCE = """
audience Customer {
  key id: int
  profile {
    flag: bool?
    number: int?
    amount: decimal(2)?
    ratio: float?
    word: text?
    born: date?
  }
  accounts: many {
    active: bool?
    name: text?
    opened: date?
    balance: float?
  }
  visits: many { pages: int? }
}
offer Gold {}
offer Silver {}
channel Web for Customer { zone Home { point hero } }
"""
CUSTOMERS = [
    Customer(
        {
            "id": i, "flag": (None, True, False)[i % 3], "number": (i, None, INT_MAX)[i % 3],
            "amount": (INT_MAX, None, 150, -7)[i % 4], "ratio": (0.5, None, 1e308, 2.0)[i % 4],
            "word": (None, "gold", "12", "")[i % 4], "born": (None, 0, 2_932_896, 2**31 - 1)[i % 4],
        },
        {
            "accounts": [
                {
                    "active": (None, True, False)[(i + j) % 3], "name": (None, "a", "b")[j % 3],
                    "opened": (None, 3, 2**31 - 1)[j % 3],
                    "balance": (None, 1e308, 2.5)[(i + j) % 3],
                }
                for j in range(i % 4)
            ],
            "visits": [{"pages": (None, j, INT_MAX)[(i + j) % 3]} for j in range(i % 5)],
        },
    )
    for i in range(24)
]  # fmt: skip

STEPS = {
    "a bool function without a result is a failure": "select A when is_weekend(born)",
    "one place counts once, whatever conversions follow": (
        "select A when amount + amount between 18.69420 and 14.2590"
    ),
    "a chain asks later operands only where earlier ones left it open": (
        'select A when word = "gold" and amount between round(amount * 100) and amount + amount'
    ),
    "membership of a bool in both values runs it all the same": (
        "select A when (amount + 1 > 0) not in (true, false)"
    ),
    "a bool that depends on a text is compared with a bool": (
        "select A when is_blank(word) = flag select B when nullif(flag, is_blank(word))"
    ),
    "a text depends on a bool over rows": (
        'select A when text(any(accounts where active)) = "true"'
    ),
    "a count of bools skips null": (
        "select A when count(active of accounts) > 1"
        " select B when count(distinct active of accounts) = 2"
    ),
    "a constant text is counted": (
        'select A when count("x" of accounts) > 1 select B when count(distinct "" of visits) = 1'
        " select C when count(nullif(name, name) of accounts) = 0"
    ),
    "distinct texts and floats are counted": (
        "select A when count(distinct name of accounts) = 2"
        " select B when count(distinct balance * 0.0 of accounts) = 1"
        " select C when count(distinct concat(name, text(opened)) of accounts) = 2"
        " select D when count(distinct if active then -0.0 else 0.0 of accounts) = 1"
        " select E when count(distinct opened of accounts where active) = 1"
    ),
    "a fold reads another fold": (
        "let most = max(pages of visits) let all_of_it = sum(balance of accounts)"
        " select A when any(accounts where balance * 1.5 > most)"
        " select B when count(visits where pages > all_of_it and most is not null) > 0"
        " let share = sum(balance - all_of_it of accounts)"
        " select C when all(pages < share of visits)"
    ),
    "rows of two attributes count apart": (
        "let moved = amount * 1_000_000 > 5 select A when all(moved of visits)"
        " select B when any(moved of accounts) or count(visits where moved) > count(accounts)"
    ),
    "rows count again in a fold that reads a fold": (
        "let moved = amount * 1_000_000 let most = max(pages of visits)"
        " select A when all(pages > moved of visits) and any(pages + most > moved of visits)"
    ),
    "a text and a number both count the failure of what they share": (
        "let parsed = number(word) select A when parsed > 3 select B when text(parsed) = word"
    ),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_conditions(steps: str, store: KernelStore) -> None:
    text = f"{AUDIENCE} flowchart F on Web {{ {steps} }}"
    assert disagreements(text, CUSTOMERS, NOW, store) == ()


SCORES = {
    "a null score": "Gold score coalesce(-137, number) % null",
    "a choice of nothing but null": "Gold score if flag then null",
    "a null that meets a fraction": "Gold score coalesce(null, 0.5) Silver score if flag then 0.5",
    "a segment among texts": (
        "Gold score if Rich then 1 when (if Rich then word else text(number)) = (if Odd then word)"
        " Silver score number(if Odd and not Rich then word else text(amount))"
        ' when segment.Odd or word like (if Rich then null else "%2")'
    ),
    "a score that fails, in two rules": "Gold score ratio * ratio Silver score -(ratio * ratio)",
}


@pytest.mark.parametrize("rules", SCORES.values(), ids=SCORES)
def test_scores(rules: str, store: KernelStore) -> None:
    flowchart = "flowchart F on Web { select Rich when amount > 0 select Odd when flag }"
    strategy = f"strategy S on Web {{ every zone {{ for everyone {{ {rules} }} }} }}"
    text = f"{AUDIENCE} {flowchart} {strategy}"
    assert disagreements(text, CUSTOMERS, NOW, store) == ()


def test_an_infinite_score_is_none(store: KernelStore) -> None:
    text = f"{AUDIENCE} strategy S on Web {{ zone Home {{ Gold score ratio Silver score 1 }} }}"
    customers = [
        Customer({**CUSTOMERS[0].values, "ratio": value}, CUSTOMERS[0].rows)
        for value in (float("inf"), float("-inf"), float("nan"), -0.0, 5e-324)
    ]
    assert disagreements(text, customers, NOW, store) == ()


def test_the_least_of_an_infinite_float(store: KernelStore) -> None:
    text = f"{AUDIENCE} strategy S on Web {{ zone Home {{ Gold score min(31.7, ratio) }} }}"
    customer = Customer({**CUSTOMERS[0].values, "ratio": float("inf")}, CUSTOMERS[0].rows)
    assert disagreements(text, [customer], NOW, store) == ()
