"""One customer in process gets what a batch gets."""

from __future__ import annotations

import pydoc
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import interact
from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.core.interpret import Moment
from interact.runtime.batch.adapt import Losses
from interact.runtime.customer_scorer import reader_of
from interact.runtime.inputs import inputs_of
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.values import instant

BANK = Path(__file__).parents[2] / "examples" / "retail_bank"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_public_face_is_small() -> None:
    assert sorted(interact.__all__) == [
        "Decider",
        "Host",
        "InteractError",
        "Project",
        "Proposal",
        "Proposals",
        "open_decider",
        "open_host",
        "open_project",
    ]
    assert all(getattr(interact, name) is not None for name in interact.__all__)
    with pytest.raises(AttributeError):
        _ = interact.nothing


def test_help_shows_the_public_face() -> None:
    shown = pydoc.plain(pydoc.render_doc(interact))
    assert all(name in shown for name in interact.__all__)
    assert "Return a decider for a channel of a project" in shown
    assert interact.__version__ == version("interact-dsl")


def test_a_customer_gets_the_same_offers_and_scores_as_in_a_batch() -> None:
    project = interact.open_project(str(BANK))
    channel = project.channel(None)
    data = pq.read_table(BANK / "customers.parquet").slice(0, 500)
    plan = project.plan_of(channel)
    reader = reader_of(inputs_of(project.program.audience_of(channel), plan))
    batch = reader(data.combine_chunks().to_batches()[0], Losses())
    scores = Scorer(plan, FileKernelStore()).score(batch, Moment(instant(AT)), 3, Layout.LONG)
    expected: dict[tuple[int, str], list[tuple[str, float]]] = {}
    for row, zone, rule, score in zip(
        *(scores.long[name].tolist() for name in ("row", "zone", "rule", "score")), strict=True
    ):
        place = (row, channel.zones[zone].name)
        expected.setdefault(place, []).append((channel.rules[rule].name, score))
    decider = interact.open_decider(str(BANK))
    for row, customer in enumerate(data.to_pylist()):
        decided = decider.decide(customer, AT)
        for zone, proposals in decided.zones.items():
            found = [(p.rule, p.score) for p in proposals]
            assert found == expected.get((row, zone), [])


def test_attributes_of_offers_are_python_values() -> None:
    decider = interact.open_decider(str(BANK))
    customer = {
        "customer_id": 1,
        "first_name": "Ana",
        "customer_since": date(2010, 1, 1),
        "balance": Decimal("500.25"),
        "monthly_income": 900,
        "credit_score": 600,
        "churn_risk": 0.1,
        "card_affinity": 0.5,
        "interest": "home",
        "opted_in": False,
        "accounts": [],
    }
    proposals = decider.decide(customer, AT).zones["Home"]
    starter = next(p for p in proposals if p.offer == "StarterCard")
    assert starter.code == "CC-START"
    assert isinstance(starter.attributes["limit"], Decimal)


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        ({"balanse": 1}, "Customer has no attribute 'balanse'"),
        ({"balance": "much"}, "balance is declared decimal(2), and 'much' is not one"),
        ({"opted_in": 1}, "opted_in is declared bool, and 1 is not one"),
        ({"credit_score": 2**70}, "credit_score is declared int, and 11805"),
        ({"accounts": 3}, "accounts is a list of records of product, balance, opened, overdue"),
    ],
)
def test_a_value_that_does_not_fit_is_one_clear_error(
    customer: dict[str, object], said: str
) -> None:
    with pytest.raises(interact.InteractError, match=said.replace("(", r"\(").replace(")", r"\)")):
        interact.open_decider(str(BANK)).decide(customer, AT)


def test_a_moment_is_a_time_a_day_or_iso_text() -> None:
    decider = interact.open_decider(str(BANK))
    customer = {"customer_id": 7, "customer_since": date(2015, 3, 1), "balance": 900}
    at = datetime(2026, 11, 24, tzinfo=UTC)
    same = ("2026-11-24", "2026-11-24T00:00", "2026-11-24T01:00+01:00", at.date(), at)
    assert len({repr(decider.decide(customer, at)) for at in same}) == 1
    for wrong in ("tomorrow", "2026-02-30", 20261124, ""):
        with pytest.raises(interact.InteractError, match="is no moment"):
            decider.decide(customer, wrong)  # type: ignore[arg-type]


def test_rules_give_attributes_and_offers_have_days(tmp_path: Path) -> None:
    path = tmp_path / "advice.interact"
    path.write_text(
        """
        audience A { key id: int  profile { name: text } }
        offer Advice {
          live for 14 days
          attributes { tone: text required  hours: int = 1  line: text = "{tone} {name}, {hours}h" }
        }
        offer Plain { live from 2026-02-01  attributes { line: text = "as ever" } }
        channel W for A { zone Home { point p } }
        strategy S on W score 10 {
          zone Home {
            Advice with (tone = "Dear", hours = 2) when name = "Ana"
            Advice with (tone = "Hi") when name = "Bob"
            Plain score 5 using marketer_score / 2
            Plain as more disabled score 99
          }
        }
        """,
        encoding="utf-8",
    )
    decider = interact.open_decider(str(path))
    first, second = decider.decide({"id": 1, "name": "Ana"}, AT).zones["Home"]
    assert first.attributes == {"tone": "Dear", "hours": 2, "line": "Dear Ana, 2h"}
    assert (first.effective, first.expires) == (date(2026, 11, 24), date(2026, 12, 8))
    assert (first.score, second.score, second.attributes) == (10.0, 2.5, {"line": "as ever"})
    assert (second.effective, second.expires) == (date(2026, 2, 1), None)
    (first, _) = decider.decide({"id": 1, "name": "Bob"}, AT).zones["Home"]
    assert first.attributes == {"tone": "Hi", "hours": 1, "line": "Hi Bob, 1h"}


def test_rows_are_folded_again_when_they_are_others(tmp_path: Path) -> None:
    source = """
    audience Customer {
      key id: int
      profile { limit: float }
      bills: many { amount: float }
    }
    offer Card {}
    channel Web for Customer { zone Home { point hero default "x" } }
    strategy Offers on Web { zone Home {
      Card when sum(amount of bills) > limit score sum(amount of bills where amount > limit)
    } }
    """
    (tmp_path / "shop.interact").write_text(source)
    decider = interact.open_decider(str(tmp_path))
    few, many = ({"bills": [{"amount": a} for a in amounts]} for amounts in ((5.0,), (5.0, 30.0)))

    def score(limit: float, rows: dict[str, list[dict[str, float]]]) -> float | None:
        choice = decider.choose(decider.completed({"id": 1, "limit": limit}, rows), 0)
        return choice.zones[0][0][1] if choice.zones[0] else None

    asked = [(4.0, few), (10.0, few), (4.0, many), (10.0, many), (4.0, few), (40.0, many)]
    assert [score(*one) for one in asked] == [5.0, None, 35.0, 30.0, 5.0, None]
    assert score(4.0, {"bills": []}) is None


def test_paths_are_texts_or_paths() -> None:
    customer = {"customer_id": 7, "balance": 25_000}
    assert interact.open_decider(BANK).decide(customer, AT) == interact.open_decider(
        str(BANK)
    ).decide(customer, AT)


@pytest.mark.parametrize("top", [0, -1, 65])
def test_numbers_of_offers_that_no_kernel_keeps_are_refused(top: int) -> None:
    with pytest.raises(interact.InteractError, match="top is a number from 1 to 64"):
        interact.open_decider(BANK, top=top)


def test_a_nan_is_null_as_in_a_batch() -> None:
    decider = interact.open_decider(BANK)
    nan = float("nan")
    absent = {"customer_id": 7, "balance": None, "credit_score": None, "churn_risk": None}
    given = {"customer_id": 7, "balance": nan, "credit_score": nan, "churn_risk": nan}
    assert decider.decide(given, AT) == decider.decide(absent, AT)


def test_errors_of_sources_are_in_the_text_of_the_error(tmp_path: Path) -> None:
    (tmp_path / "p.interact").write_text("offer {")
    with pytest.raises(interact.InteractError, match="expected the name of an offer") as caught:
        interact.open_project(tmp_path)
    assert "p.interact:1:7" in caught.value.render()
