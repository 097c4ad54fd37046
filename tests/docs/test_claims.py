"""What docs/language.md says in prose is so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from interact.compiler.core.decide import Decision, Outcome, decide
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.program import Program
from interact.compiler.diagnostics.codes import CODES
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile
from interact.compiler.surface.tables import load_tables
from interact.runtime.project import load_sources
from interact.stdlib.types import MICROSECONDS_PER_DAY, Value

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
TODAY = 20_781
"""2026-11-24."""
BASE = """
audience Customer { key id: int  profile { name: text?  x: int } }
offer A {} offer B { code "B", "1" } offer C { live 2026-11-24 to 2026-11-24 } offer D {}
channel Web for Customer { zone Home {} zone Exit {} }
"""


def compiled(*texts: str) -> Program:
    sources = [SourceFile(f"{i}", text) for i, text in enumerate((BASE, *texts))]
    found = check(sources)
    assert found.diagnostics == ()
    assert found.program is not None
    return found.program


def decided(program: Program, values: Mapping[str, Value], top: int = 9) -> Decision:
    customer = Customer({"id": 1, "name": "Ann", "x": 5, **values})
    moment = Moment(TODAY * MICROSECONDS_PER_DAY)
    return decide(program, program.channels[0], customer, moment, top)


def offers(program: Program, zone: int = 0, top: int = 9, **values: Value) -> str:
    """Return the names of the offers of a zone, in order."""
    rules = program.channels[0].rules
    kept = [c for c in decided(program, values, top).zones[zone] if c.outcome is Outcome.KEPT]
    return "".join(program.offers[rules[c.rule].offer].name for c in kept)


def segments(program: Program, **values: Value) -> set[str]:
    found = decided(program, values).segments
    return {s.name for s, inside in zip(program.channels[0].segments, found, strict=True) if inside}


def rules(text: str) -> Program:
    return compiled(f"strategy S on Web {{ zone Home {{ for everyone {{ {text} }} }} }}")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("A  B score 51", "BA"),  # 50 is the default
        ("A score -1  B score 0", "BA"),
        ("A score 10  B score 10", "AB"),
        ("A score 80  B score 80.0000000001", "AB"),
        ("A score 80  B score 80.00001", "BA"),
        ("A score 99  B pinned score -5  D pinned score 3", "DBA"),
        ("A score 9  A score 11  B score 10", "AB"),  # one place for each offer
        ("A score 9 pinned  A score 11  B score 10", "AB"),
        ("A when x > 4  B when x > 5  C when name = null_name", "A"),
        ("A score 1 / 0  B", "B"),  # no score, no candidate
        ("A live until 2026-11-24  B live from 2026-11-24  C", "ABC"),
        ("A live until 2026-11-23  B live from 2026-11-25", ""),
        ("D live 2026-11-01 to 2026-11-30 score 1 as late when x = 5", "D"),
    ],
)
def test_rules_are_ranked_as_told(text: str, order: str) -> None:
    text = text.replace("name = null_name", "name = (if x > 9 then name)")
    assert offers(rules(text)) == order


def test_the_cut_comes_after_duplicates() -> None:
    assert offers(rules("A score 9  A score 8  B score 7  D score 6"), top=2) == "AB"


def test_a_rule_right_in_a_zone_is_for_everyone() -> None:
    program = compiled("strategy S on Web { zone Home { A  for everyone { B score 60 } } }")
    assert offers(program) == "BA"
    assert [r.name for r in program.channels[0].rules] == ["S.everyone.A", "S.everyone.B"]


def test_zones_do_not_know_of_each_other() -> None:
    program = compiled("strategy S on Web { every zone { for everyone { A } } }")
    assert offers(program, 0) == offers(program, 1) == "A"


def test_strategies_compete_in_the_order_of_files(tmp_path: Path) -> None:
    for name in ("b.interact", "a/z.interact", "a/y.interact", ".hidden.interact", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = [Path(s.name).relative_to(tmp_path).as_posix() for s in load_sources(str(tmp_path))]
    assert found == ["a/y.interact", "a/z.interact", "b.interact"]
    one = "strategy One on Web { zone Home { for everyone { A } } }"
    two = "strategy Two on Web { zone Home { for everyone { B } } }"
    assert offers(compiled(one, two)) == "AB"
    assert offers(compiled(two, one)) == "BA"


def test_rules_are_named_as_told() -> None:
    flowchart = "flowchart F on Web { decision d { P when x > 1  Q otherwise } }"
    program = compiled(
        flowchart,
        "strategy S on Web { zone Home, Exit { for P, Q { A as push  B } for everyone { B  B } } }",
    )
    names = [rule.name for rule in program.channels[0].rules if rule.zone == 0]
    assert names == ["S.push", "S.P+Q.B", "S.everyone.B", "S.everyone.B#2"]
    assert len(program.channels[0].rules) == 8


def test_cells_and_segments_are_as_told() -> None:
    program = compiled(
        """flowchart F on Web {
             decision d { P when x > 4  Q when x > 1  R otherwise }
             decision e independent { S when x > 4  T when x > 1  U otherwise }
             segment PR = P, R
             select V of PR when name = "Ann"
           }""",
        "flowchart G on Web { select Q when x = 5 }",
    )
    assert segments(program) == {"P", "S", "T", "PR", "V", "Q"}
    assert segments(program, x=3) == {"Q", "T"}
    assert segments(program, x=None) == {"R", "U", "PR", "V"}


def sample(shares: str, seed: str = 'seed "s"') -> list[set[str]]:
    program = compiled(f"flowchart F on Web {{ sample t {seed} {{ {shares} }} }}")
    return [segments(program, id=i) for i in range(400)]


def test_a_larger_first_cell_keeps_its_members() -> None:
    small, large = sample("P 10% Q rest"), sample("P 20% Q rest")
    before = {i for i, cells in enumerate(small) if cells == {"P"}}
    after = {i for i, cells in enumerate(large) if cells == {"P"}}
    assert 20 < len(before) < 60
    assert before < after
    assert all(len(cells) == 1 for cells in small)


def test_seeds_decide_who_is_in_a_sample() -> None:
    assert sample("P 50% Q rest") == sample("P rest Q 50%")
    assert sample("P 50% Q rest", "") == sample("P 50% Q rest", 'seed "F.t"')
    assert sample("P 50% Q rest", "") != sample("P 50% Q rest")


def test_a_customer_without_a_key_is_in_no_sample() -> None:
    program = compiled("flowchart F on Web { sample t { P 50% Q rest } }")
    assert segments(program, id=None) == set()


def attributes(text: str, **values: Value) -> list[Value]:
    program = compiled(f"offer O {{ attributes {{ {text} }} }}")
    customer = Customer({"id": 1, "name": "Ann", "x": 5, **values})
    frame = Frame(customer, Moment(0))
    return [evaluate(a.value, frame) for a in program.offers[-1].attributes]


def test_templates_are_as_told() -> None:
    assert attributes('a: text = "{x + 1} {{{name}}}"') == ["6 {Ann}"]
    assert attributes('a: text = "Hello {name}"', name=None) == [None]
    text = 'a: text = "Hello {coalesce(name, \\"you\\")}"'
    assert attributes(text, name=None) == ["Hello you"]
    assert attributes('a: text = if x > 1 then "{x}" else ""') == ["5"]


def test_attributes_see_those_above_and_are_rounded() -> None:
    assert attributes("x: int = 7  y: decimal(1) = x * 0.05") == [7, 4]


def test_offers_have_codes_and_titles() -> None:
    program = compiled()
    assert [o.code_text for o in program.offers] == ["A", "B-1", "C", "D"]
    assert [o.title for o in program.offers] == ["A", "B", "C", "D"]


def test_the_reserved_words_are_those_listed() -> None:
    (listed,) = [line.split() for line in PAGE.splitlines() if line.startswith("    and ")]
    refused = []
    for word in load_tables().words:
        found = check([SourceFile("x", f"offer {word} {{}}")])
        refused += [word] if found.diagnostics else []
    assert sorted(refused) == listed


def test_codes_are_grouped_as_told() -> None:
    assert {code[:3] for code in CODES} <= {"E01", "E02", "E03", "E04", "E05", "W04"}
