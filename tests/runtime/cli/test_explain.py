"""``interact explain`` tells for every rule what became of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from interact.compiler.core.decide import Outcome
from interact.runtime.cli.main import cli

PROJECT = """\
audience C { key id: int  profile { age: int?  city: text } session { cart: int = 7 } }
offer A { code "A" }
offer B { code "B"  live to_come }
offer D { code "D" }
channel Web for C { zone Home { point p }  zone Side { point s } }
flowchart F on Web { select Old when age >= 60 }
strategy S on Web {
  zone Home {
    for Old { A as old score 90 }
    for everyone {
      A as young score 80 when city = "Rome" and age < 30
      A as any score 10
      D score 100 / (age - 20)
      B score 5
    }
  }
  zone Side { for everyone { D score cart } }
}
""".replace("live to_come", "live from 2030-01-01")


Explain = Callable[..., Result]


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Explain:
    monkeypatch.chdir(tmp_path)
    Path("p.interact").write_text(PROJECT)
    table = pa.table({"id": [1, 2, 3], "age": [20, 70, None], "city": ["Rome", "Bari", "Rome"]})
    pq.write_table(table, "c.parquet")

    def called(*more: str) -> Result:
        options = ["explain", "p.interact", "--customers", "c.parquet", "--as-of", "2026-11-24"]
        return CliRunner().invoke(cli, [*options, *more])

    return called


def verdicts(found: Result, zone: str = "Home") -> dict[str, tuple[str, object, object]]:
    told = json.loads(found.stdout)
    return {v["rule"]: (v["outcome"], v["rank"], v["because"]) for v in told["zones"][zone]}


def test_every_rule_has_its_stage(explain: Explain) -> None:
    found = explain("--id", "1", "--json")
    assert found.exit_code == 0, found.output
    assert verdicts(found) == {
        "S.young": ("kept", 1, None),
        "S.any": ("duplicate", None, "the same offer stands at 1"),
        "S.old": ("segment", None, "not in Old"),
        "S.everyone.D": ("score", None, "the score is null"),
        "S.everyone.B": ("offer dates", None, "the offer is live from 2030-01-01"),
    }
    assert verdicts(found, "Side") == {"S.everyone.D#2": ("kept", 1, None)}


def test_the_text_names_what_decided_and_the_values(explain: Explain) -> None:
    found = explain("--id", "3", "--zone", "Home")
    assert found.exit_code == 0
    assert "customer 3 is in no segment" in found.output
    assert "eligibility: the condition is null" in found.output
    assert "age < 30, where age = null" in found.output
    assert "S.young at p.interact:11" in found.output
    assert "Side" not in found.output


@pytest.mark.parametrize("stage", [o.value for o in Outcome if o is not Outcome.KEPT])
def test_every_stage_is_taught(stage: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "explaining.md").read_text("utf-8")
    taught = re.findall(r"^\| ([a-z, ]+) \|", page, re.MULTILINE)
    assert stage in {name for row in taught for name in row.split(", ")}


def test_the_cut_is_told(explain: Explain) -> None:
    found = explain("--id", "2", "--top", "1", "--json")
    assert verdicts(found)["S.everyone.D"] == ("cut", None, "others stand higher")


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--id", "9"], 1, "no customer 9 in c.parquet"),
        (["--id", "1", "--id", "2"], 2, "the key has 1 part: id"),
        (["--id", "99999999999999999999"], 2, "a whole number has 64 bits"),
        (["--id", "abc"], 2, "id is a whole number, and this is abc"),
        (["--id", "1", "--zone", "Hall"], 2, "no zone Hall on Web"),
        (["--id", "1", "--as-of", "soon"], 2, "neither a date nor a timestamp"),
    ],
)
def test_wrong_usage_is_one_line(explain: Explain, more: list[str], code: int, said: str) -> None:
    found = explain(*more)
    assert found.exit_code == code
    assert said in found.output


def test_why_somebody_is_not_in_a_segment(explain: Explain) -> None:
    text = PROJECT.replace(
        "select Old when age >= 60",
        "let years = age + 0  decision d { Old when years >= least  Rest otherwise } "
        "sample s of Rest { Control 50%  Treated rest }",
    ).replace("for Old {", "for everyone { B as asked when Treated or Old } for Old {")
    text += "strategy T on Web { zone Side { for Treated { A } for Control { B as held } } }"
    Path("p.interact").write_text("constant least = 60 " + text.replace("live from 2030-01-01", ""))
    old = "        Old: is false: years >= least, where age = 20, years = 20, least = 60"
    young = explain("--id", "1").output
    assert f"        S.old at p.interact:9\n{old}\n" in young
    chosen, other = (
        ("Control", "Treated") if "in Rest, Control" in young else ("Treated", "Control")
    )
    assert f"        {other}: its sample chose {chosen}\n" in young
    aged = explain("--id", "2", "--zone", "Side").output
    assert "        Treated: not in Rest\n        Rest: already in Old\n" in aged
    told = json.loads(explain("--id", "2", "--json").output)["zones"]["Side"]
    assert [v["not_in"] for v in told if v["rule"] == "T.held"] == [
        ["Control: not in Rest", "Rest: already in Old"]
    ]


def test_limits_of_impressions_are_said_where_they_matter(explain: Explain) -> None:
    limit = "zone Side { point s }  at most 5 impressions of A per day }"
    Path("p.interact").write_text(PROJECT.replace("zone Side { point s } }", limit))
    lines = explain("--id", "1", "--zone", "Home").output.splitlines()
    marked = [line.strip() for line in lines if "before any limit of impressions" in line]
    assert marked == ["1  A  80.00  before any limit of impressions (--limits-used)"]
