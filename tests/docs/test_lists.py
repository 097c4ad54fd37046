"""What the language reference says of lists of offers and of a channel's arbitration."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.docs.test_claims import decided

from interact.compiler.core.decide import Outcome
from interact.compiler.core.program import Program
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

OFFERS = """
audience Customer { key id: int  profile { x: int  y: int? } }
offer A { attributes { fee: int = 5  worth: int = x  kind: text = "card" } }
offer B { code "B", "2"  attributes { fee: int = 9  worth: int = y  kind: text = "card" } }
offer C { live 2026-01-01 to 2026-11-23  attributes { fee: decimal(1) = 7  worth: int = 100 } }
offer D { live from 2026-11-01  attributes { fee: int = 7  worth: int = 7 - x } }
offer E {}
offers All = E, D, C, B, A
offers Dear where fee >= 7
offers Coded where code2 = "2" or name like "E%" or kind = "card" and fee < 6
"""


def program(rules: str, arbitration: str = "") -> Program:
    channel = f"channel Web for Customer {{ zone Home {{}} {arbitration} }}"
    strategy = f"strategy S on Web {{ zone Home {{ {rules} }} }}"
    found = check([SourceFile("x", f"{OFFERS} {channel} {strategy}")])
    assert found.diagnostics == ()
    assert found.program is not None
    return found.program


def offers(found: Program, top: int = 9, y: int | None = 3) -> str:
    """Return the offers of a customer for whom x is 5, on 2026-11-24."""
    (zone,) = decided(found, {"x": 5, "y": y}, top).zones
    kept = [c for c in zone if c.outcome is Outcome.KEPT]
    return "".join(found.offers[found.channels[0].rules[c.rule].offer].name for c in kept)


@pytest.mark.parametrize(
    ("rules", "order"),
    [
        ("All", "EDBA"),  # C is not live
        ("Dear", "BD"),
        ("Coded", "ABE"),
        ("All take 2", "ED"),
        ("All take 2  A score 60", "AED"),
        ("All take 2 when x > 9", ""),
        ("All take 2 by fee", "AD"),
        ("All take 2 by fee desc", "BD"),
        ("All take 9 by fee", "ADB"),  # E has no fee
        ("All take 1 by worth", "D"),
        ("All take 2 by worth desc", "BA"),
        ("All take 3 as some  A as other pinned", "AEDB"),
    ],
)
def test_lists_are_taken_as_told(rules: str, order: str) -> None:
    assert offers(program(rules)) == order


def test_an_offer_whose_order_is_null_is_left_out() -> None:
    assert offers(program("All take 4 by worth"), y=None) == "DA"


def test_selection_comes_before_the_score_and_after_eligibility() -> None:
    found = program("for everyone { All take 1 score if x = 5 then null else 1 }")
    (zone,) = decided(found, {"x": 5, "y": 3}).zones
    outcomes = {found.offers[found.channels[0].rules[c.rule].offer].name: c.outcome for c in zone}
    assert outcomes == {
        "E": Outcome.SCORE,
        "D": Outcome.SELECTION,
        "C": Outcome.OFFER_DATES,
        "B": Outcome.SELECTION,
        "A": Outcome.SELECTION,
    }


def test_chance_keeps_a_customer_with_its_offers_and_deals_them_out_evenly() -> None:
    found = program('All take 1 by chance "h"')
    drawn = [offers_of(found, i) for i in range(400)]
    assert drawn == [offers_of(found, i) for i in range(400)]
    assert set(drawn) == set("ABDE")
    assert all(60 < drawn.count(name) < 140 for name in "ABDE")
    assert drawn != [offers_of(program('All take 1 by chance "i"'), i) for i in range(400)]


def offers_of(found: Program, key: int) -> str:
    (zone,) = decided(found, {"id": key, "x": 5, "y": 3}).zones
    (kept,) = (c for c in zone if c.outcome is Outcome.KEPT)
    return found.offers[found.channels[0].rules[kept.rule].offer].name


def test_names_of_rules_of_lists() -> None:
    found = program("Dear as dear take 1  Dear")
    names = [rule.name for rule in found.channels[0].rules]
    expected = [f"S.dear.{o}" for o in "BCD"] + [f"S.everyone.{o}" for o in "BCD"]
    assert names == expected


@pytest.mark.parametrize(
    ("rules", "arbitration", "order"),
    [
        ("A score 9 alone  B score 8  D score 7", "", "A"),
        ("A score 9  B score 8 alone  D score 7", "", "ABD"),
        ("A score 9 at most 2 offers  B score 8  D score 7", "", "AB"),
        ("A score 9 alone  A score 10  B", "", "BA"),
        ("A  B score 8  D score 7", "at most 2 offers", "AB"),
        ("A alone  B score 8", "at most 2 offers", "A"),
        ("A  B  D  E", "ties by declaration", "ABDE"),
        ("A  B  D  E", "ties by newest", "DEBA"),
        ("A  B score 51  D", "unique by attribute kind", "BD"),
        ("A  B score 51  D  A score 60", "unique by rule", "ABAD"),
        ("A  for everyone { A score 60 } B", "unique by treatment", "AB"),
        ("A  A score 60  B", "unique by offer", "AB"),
    ],
)
def test_arbitration_is_as_told(rules: str, arbitration: str, order: str) -> None:
    assert offers(program(rules, f"arbitration {{ {arbitration} }}")) == order


def test_what_asks_for_fewer_gets_fewer() -> None:
    assert offers(program("A at most 2 offers  B  D"), top=1) == "A"


def test_ties_by_chance_are_fair_and_stay() -> None:
    found = program("A  B  D  E score 9", 'arbitration { ties by chance "h" }')
    orders = [order_of(found, key) for key in range(1200)]
    assert orders == [order_of(found, key) for key in range(1200)]
    assert {order[-1] for order in orders} == {"E"}
    counts = Counter(orders)
    assert len(counts) == 6
    assert all(140 < count < 260 for count in counts.values())
    other = program("A  B  D  E score 9", "arbitration { ties by chance }")
    assert orders != [order_of(other, key) for key in range(1200)]


def order_of(found: Program, key: int) -> str:
    (zone,) = decided(found, {"id": key, "x": 5, "y": 3}).zones
    return "".join(found.offers[found.channels[0].rules[c.rule].offer].name for c in zone)
