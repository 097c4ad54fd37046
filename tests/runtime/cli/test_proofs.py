"""Tests of any customer: proved, or shown a customer of whom the expectation does not hold."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.examples.projects import EXAMPLES

Run = Callable[..., Result]
HEAD = """
audience Customer {
  key customer_id: int
  profile { balance: decimal(2)  age: int?  rate: float  state: text  since: date }
  accounts: many { product: text }
}
enum Tier { Low; Mid; High }
offer Gold {}
offer Blue {}
offer Grey {}
channel Web for Customer { zone Home { point hero } }
flowchart Value on Web {
  decision by_value { Rich when balance >= 1_000  Poor otherwise }
  sample holdout of Rich { Control 10%  Treated rest }
}
"""
RULES = """
strategy S on Web {
  zone Home {
    for Treated { Gold score 50 + rate * 10 when age >= 18 and rate between 0 and 1 }
    Blue score 40 when state in ("NY", "TX") or count(accounts) >= 2
    Grey score balance / 100 when sqrt(rate) >= 2
  }
}
"""


@pytest.fixture
def proved(run: Run, tmp_path: Path) -> Callable[..., Result]:
    """Run a test with an expectation of any customer."""

    def called(given: str, expected: str, *more: str) -> Result:
        text = f'test "it" on Web {{\n  {given}\n  expect {expected}\n}}\n'
        (tmp_path / "proofs.interact").write_text(HEAD + RULES + text)
        return run(f"test {tmp_path}/proofs.interact --as-of 2026-11-24", *more)

    return called


HOLD = [
    ("given any customer when age < 18", "no offer Gold at hero"),
    ("given any customer\n  given age = null", "no offer Gold at hero"),
    ("given any customer when not Rich", "no offer Gold at hero"),
    ("given any customer\n  given holdout = Control", "no offer Gold at hero"),
    ("given any customer when Treated and age >= 18 and rate = 0.5", "offer Gold at hero score 55"),
    ("given any customer when Control", "no segment Treated, Poor"),
    ("given any customer when balance < 1_000", "segments: Poor"),
    ("given any customer\n  given state = \"NY\", rate = 0", "some offer at hero"),
    ("given any customer when state like \"N%\" and state in (\"NY\", \"TX\") and rate < 1",
     "offer Blue at hero score 40"),
    ("given any customer when rate < 0.1\n  given accounts {}, {}", "offer Blue at hero"),
    ("top 1\n  given any customer when Treated and age = 20 and rate between 0 and 1",
     "no offer Blue at hero"),
    ("top 1\n  given any customer when Treated and age = 20 and rate = 0\n  given balance = 4_999",
     "offers at hero: Gold"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), HOLD)
def test_what_holds_is_proved(proved: Callable[..., Result], given: str, expected: str) -> None:
    result = proved(given, expected, "--verbose")
    assert result.stdout.startswith("proved it\n1 test passed"), result.output
    assert result.exit_code == 0


BREAK = [
    ("given any customer when age < 19", "no offer Gold at hero"),
    ("given any customer when Treated and age >= 18", "offer Gold at hero"),
    ("given any customer when rate < 4", "offer Blue at hero"),
    ("given any customer when state > \"O\" and state < \"Z\"", "no offer Blue at hero"),
    ("given any customer when Treated and age = 20 and rate between -1 and 1",
     "offers at hero: Gold, Blue"),
    ("given any customer", "no segment Control"),
    ("given any customer when rate = 4", "no offer Grey at hero"),
    ("given any customer when balance < 900\n  given state = \"NY\", rate = 9",
     "offers at hero: Grey, Blue"),
]  # fmt: skip
TOLD = re.compile(r"a customer with (.*?)(?:, at (\S+))?: expected")


@pytest.mark.parametrize(("given", "expected"), BREAK)
def test_the_customer_who_is_shown_breaks_an_ordinary_test_too(
    proved: Callable[..., Result], given: str, expected: str
) -> None:
    result = proved(given, expected)
    assert result.exit_code == 1
    found = TOLD.search(result.output)
    assert found is not None, result.output
    rest = [line for line in given.split("\n") if "any customer" not in line]
    shown = re.sub(r", (accounts \{)", r"\n  given \1", found[1]).replace(
        "}, Value", "}\n  given Value"
    )
    again = proved("\n".join([f"at {found[2]}", f"given {shown}", *rest]), expected)
    assert again.exit_code == 1, again.output
    assert "FAILED it" in again.output


def test_rows_are_shown_where_they_matter(proved: Callable[..., Result]) -> None:
    given = 'given any customer when state = "CA" and rate = 0 and count(accounts) > 1 and not Rich'
    result = proved(given, "no offers at hero")
    assert "accounts {}, {}," in result.output
    product = given.replace("count(accounts) > 1", 'count(accounts where product = "card") = 2')
    result = proved(product, "no offers at hero")
    assert 'accounts { product = "card" }, { product = "card" },' in result.output


def test_a_score_that_is_infinite_does_not_count(run: Run, tmp_path: Path) -> None:
    """Found in reading: a score that is an attribute was taken to count whatever it is."""
    rules = "strategy S on Web { zone Home { Gold score rate  Blue score 5 } }\n"
    given = (
        'test "it" on Web { given any customer when rate > 10 expect offers at hero: Gold, Blue }'
    )
    (tmp_path / "proofs.interact").write_text(HEAD + rules + given)
    result = run(f"test {tmp_path}/proofs.interact")
    assert "a customer with rate = inf" in result.output, result.output
    assert "expected Gold, Blue at hero, got Blue" in result.output


def test_what_no_formula_tells_is_named_when_there_is_no_proof(
    proved: Callable[..., Result],
) -> None:
    result = proved("given any customer when rate between 0 and 1", "no offer Grey at hero")
    assert result.exit_code == 1
    assert "could not be proved, and no customer was found" in result.output
    assert "a proof takes this for any value" in result.output


def test_without_the_solver_only_proofs_fail(
    proved: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.startswith("interact.compiler.proof")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "interact.runtime.testing.counterexample", raising=False)
    monkeypatch.setitem(sys.modules, "z3", None)
    result = proved("given any customer", "some offer at hero")
    assert result.exit_code == 1
    assert "a test of any customer needs z3" in result.output
    assert "pip install 'interact-dsl[prove]'" in result.output
    ordinary = 'given state = "NY", balance = 0, rate = 0'
    assert proved(ordinary, "offers at hero: Blue").exit_code == 0


def test_promises_that_are_broken_are_told(run: Run, tmp_path: Path) -> None:
    for file in (EXAMPLES / "fair_lending").glob("*.interact"):
        text = file.read_text("utf-8").replace("Minor when age() < adult", "Minor when age() < 16")
        (tmp_path / "bank").mkdir(exist_ok=True)
        (tmp_path / "bank" / file.name).write_text(text, "utf-8")
    result = run(f"test {tmp_path}/bank")
    assert result.exit_code == 1
    assert "FAILED no credit for minors, ever" in result.output
    assert "a customer with birth_date = " in result.output


SAME = [
    ("Rich when balance >= 1_000", "Rich when not (balance < 1_000) and 1 < 2"),
    ('state in ("NY", "TX")', 'state = "TX" or state = "NY"'),
    ("when age >= 18 and rate between 0 and 1", "when rate <= 1 and age > 17 and rate >= 0"),
    ("Blue score 40", "Blue score if age = age then 40 else 40"),
]  # fmt: skip
OTHER = [
    ("balance >= 1_000", "balance > 1_000", "balance = 1000.00"),
    ('"NY", "TX"', '"NY"', 'state = "TX"'),
    ("Blue score 40", "Blue score 60", ", Blue before, and Blue, "),
    ("count(accounts) >= 2", "count(accounts) >= 3", "accounts {}, {}"),
]


@pytest.fixture
def compared(run: Run, tmp_path: Path) -> Callable[[str, str], Result]:
    """Compare the project with one where a part is written otherwise."""

    def called(part: str, other: str) -> Result:
        for name, text in (("a", HEAD + RULES), ("b", (HEAD + RULES).replace(part, other))):
            (tmp_path / f"{name}.interact").write_text(text)
        return run(f"diff {tmp_path}/a.interact {tmp_path}/b.interact --prove")

    return called


@pytest.mark.parametrize(("part", "other"), SAME)
def test_what_is_only_written_otherwise_is_proved_to_be_the_same(
    compared: Callable[[str, str], Result], part: str, other: str
) -> None:
    result = compared(part, other)
    assert "Web: everyone gets the same offers in the same places" in result.output, result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(("part", "other", "told"), OTHER)
def test_who_gets_something_else_is_shown(
    compared: Callable[[str, str], Result], part: str, other: str, told: str
) -> None:
    result = compared(part, other)
    assert told in result.output, result.output
    assert result.exit_code == 1


SHAPES = [
    ("key customer_id: int", "key customer: int", "has another key: customer, and not customer_id"),
    ("rate: float", "rate: decimal(4)", "reads `rate` as another type"),
    ("many { product: text }", "many { product: int }", "reads `accounts.product` as another type"),
]


@pytest.mark.parametrize(("part", "other", "told"), SHAPES)
def test_customers_of_another_shape_are_a_difference(
    compared: Callable[[str, str], Result], part: str, other: str, told: str
) -> None:
    result = compared(part, other)
    assert f"Web: {told}" in result.output, result.output
    assert result.exit_code == 1


def test_rows_that_only_one_version_has_are_looked_at(
    compared: Callable[[str, str], Result],
) -> None:
    result = compared(
        "accounts: many { product: text } }",
        "loans: many { owed: int } accounts: many { product: text  open: bool } }\n",
    )
    assert "everyone gets the same offers" in result.output, result.output


def test_zones_that_are_no_longer_there_are_a_difference(
    compared: Callable[[str, str], Result],
) -> None:
    result = compared("zone Home {", "zone House {")
    assert "Web: has other zones: Home, House" in result.output
    assert result.exit_code == 1
