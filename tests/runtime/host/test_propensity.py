"""Propensities of contacts are how often chance gives an offer a place in its list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.host.propensities import Call, call, told, unlikely

from interact.runtime.history.events import Contact
from interact.runtime.host.deployment import Deployment, ServedChannel, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers import propensity
from interact.runtime.host.offers.selecting import Requirement
from interact.runtime.host.results import NameValue
from interact.runtime.host.reviving import revived
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.stored import saved_session, session_bytes
from interact.runtime.host.wishes import Wishes

COUNT = 2000
SOURCE = """
audience C {
  key id: int
  profile { age: int? }
  session { device: text = "desktop" cart: decimal(2)? }
}
channel W for C { zone Z { point p } zone Y { point q } @ARBITRATION@ }
offer A { attributes { tone: text = "a" } } offer B { attributes { tone: text = "a" } }
offer D { attributes { tone: text = "d" } } offer E { attributes { tone: text = "e" } }
offer F {} offer G {} offer H {}
offers Some = A, B, D, E
flowchart F on W {
  decision by_age { Old when age >= 40  Young otherwise }
  sample half of Old seed "1" { One 50% Two 30% Three rest }
  sample inner of Two seed "2" { Left 25% Right rest }
}
flowchart G on W { sample beside seed "3" { Tenth 10% Others rest } }
strategy S on W { @RULES@ }
"""
SAMPLES = """
zone Z {
  for Young { A score 9 }
  for One { B score 8 }
  for Left, Right { D score 7 }
  for Three { E score 6 }
}
zone Y {
  for Old { F score 9 }
  for One, Three { G score 8 }
  for One, Tenth { H score 7 }
}
"""
TIES = 'arbitration { ties by chance "t" }'
EQUALS = "zone Z { A score 5 B score 5 D score 5 E score 5 F score 9 }"


def deployed(folder: Path, rules: str = SAMPLES, arbitration: str = "") -> Deployment:
    source = SOURCE.replace("@ARBITRATION@", arbitration).replace("@RULES@", rules)
    (folder / "w.interact").write_text(source)
    return open_deployment(str(folder))


def served(folder: Path, rules: str, arbitration: str = "") -> ServedChannel:
    return deployed(folder, rules, arbitration).channels[0]


def propensities(asked: Call) -> dict[str, float | None]:
    """Return the propensities in the first list, which are as often as they say."""
    expected = told(asked, range(60))
    assert not unlikely(asked, expected, COUNT)
    return {offer: value for (number, offer), value in expected.items() if number == 0}


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


def test_contacts_have_propensities(tmp_path: Path) -> None:
    found = {row.offer: row.propensity for row in contacts(deployed(tmp_path), 60, 50)}
    wanted = {"B": 0.5, "D": 0.3, "E": 0.2, "F": 1.0, "G": 0.7, "H": 0.55}
    assert found == {offer: pytest.approx(value) for offer, value in wanted.items()}
    young = contacts(deployed(tmp_path), 5, 20)
    assert {row.propensity for row in young if row.offer == "A"} == {1.0}


@pytest.mark.parametrize(
    ("rules", "arbitration", "number", "wanted"),
    [
        # Samples: who takes part, and who stands higher then.
        (SAMPLES, "", 1, {"B": 0.5, "D": 0.3, "E": 0.2}),
        ("zone Z { A score 5  for One, Tenth { B score 9 } }", "", 1, {"A": 0.45, "B": 0.55}),
        ("zone Z { A score 5  for One { B score 9 } }", "", 2, {"A": 1.0, "B": 0.5}),
        ("zone Z { A score (if Tenth then 1 else 9)  B score 5 }", "", 1, {"A": 0.9, "B": 0.1}),
        ("zone Z { A score 5 when not One and not Tenth }", "", 1, {"A": 0.45}),
        # Ties: two of four free places, the best one is certain.
        (EQUALS, TIES, 3, {"A": 0.5, "B": 0.5, "D": 0.5, "E": 0.5, "F": 1.0}),
        (EQUALS, TIES, 9, dict.fromkeys("ABDEF", 1.0)),
        (EQUALS, "arbitration { at most 2 offers ties by chance }", 9,
         {"A": 0.25, "B": 0.25, "D": 0.25, "E": 0.25, "F": 1.0}),
        (EQUALS + " zone Z { for One { B score 7 } }", TIES, 2,
         {"A": 0.125, "B": 0.625, "D": 0.125, "E": 0.125, "F": 1.0}),
        ("zone Z { A score 5 B score 5 alone D score 5 }", TIES, 2,
         {"A": 0.5, "B": 2 / 3, "D": 0.5}),
        ("zone Z { A score 5 B score 5 D score 5 }",
         "arbitration { unique by attribute tone ties by chance }", 1,
         {"A": 1 / 3, "B": 1 / 3, "D": 1 / 3}),
        ("zone Z { A score 5 B score 5 D score 5 }",
         "arbitration { unique by attribute tone ties by chance }", 2,
         {"A": 0.5, "B": 0.5, "D": 1.0}),
        ("zone Z { A score 5 A as again score 5 B score 5 }", TIES, 1, {"A": 2 / 3, "B": 1 / 3}),
        ("zone Z { A score 5 A as again score 5 B score 5 B as too score 5 D score 5 }",
         TIES, 2, {"A": 23 / 30, "B": 23 / 30, "D": 7 / 15}),
        # Selections: as many of a list as go on; the seed is the same draw for several rules.
        ('zone Z { Some take 1 by chance "c" score 5 F score 4 }', "", 1,
         {"A": 0.25, "B": 0.25, "D": 0.25, "E": 0.25}),
        ("zone Z { Some take 3 by chance score 5 F score 9 }", "", 9,
         {"A": 0.75, "B": 0.75, "D": 0.75, "E": 0.75, "F": 1.0}),
        ('zone Z { for One { Some take 1 by chance "c" score 5 }'
         ' for Old { Some as other take 1 by chance "c" score 5 } }', "", 9,
         {"A": 0.25, "B": 0.25, "D": 0.25, "E": 0.25}),
        ("zone Z { Some take 2 by chance score 5 }", TIES, 1,
         {"A": 0.25, "B": 0.25, "D": 0.25, "E": 0.25}),
        # One seed for chances of several kinds, and too many outcomes.
        ("zone Z { for One { A score 5 B score 5 } }", 'arbitration { ties by chance "1" }', 1,
         {"A": None, "B": None}),
    ],
)  # fmt: skip
def test_propensities_are_how_often_offers_are_given(
    tmp_path: Path,
    rules: str,
    arbitration: str,
    number: int,
    wanted: Mapping[str, float | None],
) -> None:
    asked = call(served(tmp_path, rules, arbitration), {"age": 50}, {"p": number})
    approximate = {o: value and pytest.approx(value) for o, value in wanted.items()}
    assert propensities(asked) == approximate


def test_what_a_call_wants_beside_counts(tmp_path: Path) -> None:
    channel = served(tmp_path, EQUALS, TIES)
    old = {"age": 50}
    assert propensities(call(channel, old, {"p": 2}, barred={"F", "A"})) == {
        offer: pytest.approx(2 / 3) for offer in "BDE"
    }
    distinct = call(channel, old, {"p": 2}, wishes=Wishes(distinct="tone"), barred={"F"})
    assert propensities(distinct) == {
        **{offer: pytest.approx(5 / 12) for offer in "AB"},
        **{offer: pytest.approx(7 / 12) for offer in "DE"},
    }
    required = Requirement(attributes=(NameValue("tone", "a", "string"),))
    assert propensities(call(channel, old, {"p": 1}, requirement=required)) == {
        offer: pytest.approx(0.5) for offer in "AB"
    }


def test_offers_that_requirements_do_not_tell_apart_share_an_order(tmp_path: Path) -> None:
    several = " ".join(
        f"offer O{n} {{ attributes {{ tone: text = {chr(34)}{n % 2}{chr(34)} }} }}"
        for n in range(8)
    )
    (tmp_path / "more.interact").write_text(several)
    rules = f"zone Z {{ {' '.join(f'O{n} score 5' for n in range(8))} }}"
    channel = served(tmp_path, rules, 'arbitration { at most 3 offers ties by chance "t" }')
    required = Requirement(attributes=(NameValue("tone", "0", "string"),))
    found = propensities(call(channel, {"age": 50}, {"p": 1}, requirement=required))
    assert found == {f"O{n}": pytest.approx(13 / 14 / 4) for n in (0, 2, 4, 6)}


def test_offers_that_an_earlier_point_has_count(tmp_path: Path) -> None:
    rules = EQUALS + " zone Y { A score 3 B score 2 }"
    points = {"p": 2, "q": 1}
    apart = call(served(tmp_path, rules, TIES), {"age": 50}, points)
    assert told(apart, range(60))[1, "A"] == 1.0
    asked = call(served(tmp_path, rules, TIES), {"age": 50}, points, duplicates=False)
    assert propensities(asked) == {
        "F": 1.0,
        **{offer: pytest.approx(0.25) for offer in "ABDE"},
    }
    assert told(asked, range(60))[1, "A"] == pytest.approx(0.75)
    assert told(asked, range(60))[1, "B"] == pytest.approx(0.25)


def test_who_has_no_key_has_no_chances(tmp_path: Path) -> None:
    asked = call(served(tmp_path, EQUALS, TIES), {"age": 50}, {"p": 2})
    assert set(asked.told(asked.given(None)).values()) == {1.0}


def test_of_too_many_outcomes_nothing_is_told(tmp_path: Path) -> None:
    names = [f"O{number}" for number in range(12)]
    rules = "zone Z { Many take 6 by chance score 5 }"
    more = " ".join(f"offer {name} {{}}" for name in names) + f" offers Many = {', '.join(names)} "
    (tmp_path / "more.interact").write_text(more)
    asked = call(served(tmp_path, rules), {"age": 50}, {"p": 3})
    assert set(told(asked, range(5)).values()) == {None}


def test_who_asks_for_offers_does_not_wait_for_propensities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    found = propensity.outcomes
    monkeypatch.setattr(propensity, "outcomes", lambda *a: asked.append(a) or found(*a))
    rows: list[Any] = []
    host = Host(deployed(tmp_path), record=rows.extend)
    host.start_session(
        "s", "W", [NameValue("id", 1, "numeric")], parameters=[NameValue("age", 50, "numeric")]
    )
    host.get_offers("s", "q", 9)
    assert not asked
    host.post_event("s", "contact")
    host.post_event("s", "contact")
    assert len(asked) == 1
    assert len({row.propensity for row in rows if row.offer == "F"}) == 1


def test_old_lists_forget_what_was_read(tmp_path: Path) -> None:
    host = Host(deployed(tmp_path), record=lambda rows: None)
    host.start_session("s", "W", {"id": 1}, parameters={"age": 50})
    for _ in range(80):
        host.get_offers("s", "q", 9)
    held = host.store.find("s")
    assert held is not None
    told = [list(one.propensities) for one in held.session.lists]
    assert 64 <= len(told) <= 72
    assert all(value is None for found in told[:-24] for value in found)
    assert all(value is not None for found in told[-16:] for value in found)


def test_sessions_that_are_stored_keep_propensities(tmp_path: Path) -> None:
    deployment = deployed(tmp_path)
    store = MemoryStore()
    host = Host(deployment, record=lambda rows: None, store=store)
    host.start_session(
        "s", "W", [NameValue("id", 1, "numeric")], parameters=[NameValue("age", 50, "numeric")]
    )
    host.get_offers("s", "q", 9)
    held = store.find("s")
    assert held is not None
    session = held.session
    back = revived(saved_session(session_bytes(session)), session.served, {})
    told = [list(one.propensities) for one in session.lists]
    assert told[0][0] == 1.0
    assert [list(one.propensities) for one in back.lists] == told


def test_attributes_that_are_asked_for_are_kept_like_parameters(tmp_path: Path) -> None:
    kept = ("Age", "device", "cart", "NOTE", "unknown")
    row = contacts(deployed(tmp_path), 1, 50, kept=kept)[0]
    assert row.extra == {"Age": "50", "device": "desktop", "NOTE": "x"}
