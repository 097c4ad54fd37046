"""A page shows what the project says, and what the batch scorer counts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from interact.runtime.cli.main import cli
from interact.runtime.describe.from_project import page_of
from interact.runtime.describe.model import NodeKind
from interact.runtime.project import open_project

ROOT = Path(__file__).parents[3]
BANK = ROOT / "examples" / "retail_bank"
CUSTOMERS = str(BANK / "customers.parquet")
AS_OF = ("--as-of", "2026-11-24")

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def called(*args: object) -> Result:
        found = CliRunner().invoke(cli, [str(a) for a in args])
        assert "Traceback" not in found.output
        return found

    return called


def texts_of(svg: str) -> set[str]:
    """Return the texts of a drawing, spaces as they are read."""
    root = ElementTree.fromstring(svg)
    return {" ".join("".join(e.itertext()).split()) for e in root.iter() if e.tag.endswith("text")}


def test_every_rule_stands_once_in_the_grid() -> None:
    project = open_project(str(BANK))
    page = page_of(project, {})
    zones = page.channels[0].zones
    shown = [r.name for z in zones for row in z.rows for cell in row.cells for r in cell]
    assert sorted(shown) == sorted(r.name for r in project.program.channels[0].rules)
    gold = next(row for row in zones[0].rows if row.offer.name == "GoldCard")
    by_column = dict(zip(zones[0].columns, gold.cells, strict=True))
    assert [(r.score, r.condition) for r in by_column["Treated"]] == [
        ("80", "credit_score >= card_score")
    ]
    assert by_column["Mass"] == ()


def test_a_flowchart_is_the_graph_that_was_written() -> None:
    charts = {c.name: c for c in page_of(open_project(str(BANK)), {}).channels[0].charts}
    value = charts["Value"]
    arrows = {(e.source.split("-", 1)[-1], e.target.split("-", 1)[-1]) for e in value.edges}
    assert arrows == {
        ("start", "by_value"), ("by_value", "Private"), ("by_value", "HighValue"),
        ("by_value", "Established"), ("by_value", "Mass"), ("Private", "Premium"),
        ("HighValue", "Premium"), ("Premium", "holdout"), ("holdout", "Control"),
        ("holdout", "Treated"),
    }  # fmt: skip
    kinds = {n.title: n.kind for n in value.nodes}
    assert kinds["Mass"] is NodeKind.OTHERWISE
    assert kinds["Control"] is NodeKind.SHARE
    assert [d[0] for d in value.derived] == ["invested", "wealth"]


def test_the_page_is_one_file_with_every_condition_and_count(run: Run) -> None:
    found = run("describe", BANK, "--customers", CUSTOMERS, *AS_OF, "--out", "bank.html")
    assert found.exit_code == 0, found.output
    page = Path("bank.html").read_text("utf-8")
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 3
    drawn = set[str]().union(*map(texts_of, drawings))
    run("score", BANK, "--customers", CUSTOMERS, *AS_OF, "--out", "out")
    told = json.loads(Path("out/run.json").read_text())
    for segment in told["segments"]:
        assert segment["name"] in drawn
        assert any(t.startswith(f"{segment['customers']:,} (") for t in drawn), segment
    assert "and credit_score >= 700" in drawn
    outside = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert not re.search(r"""(src|href)=["'](?!#)|https?://|@import|url\(""", outside)
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="', page))


def test_counts_of_rules_are_those_of_the_batch(run: Run) -> None:
    run("describe", BANK, "--customers", CUSTOMERS, *AS_OF, "--out", "bank.md")
    home = Path("bank.md").read_text("utf-8").split("### Zone Home")[1].split("### Zone")[0]
    run("score", BANK, "--customers", CUSTOMERS, *AS_OF, "--out", "out")
    told = json.loads(Path("out/run.json").read_text())
    for offer in told["offers"][0]["offers"]:
        name = next(o.name for o in open_project(str(BANK)).program.offers
                    if o.code_text == offer["offer"])  # fmt: skip
        row = next(line for line in home.splitlines() if line.startswith(f"| **{name}**"))
        given = [int(n.replace(",", "")) for n in re.findall(r"→ \*\*([\d,]+)\*\*", row)]
        assert sum(given) == offer["given"]


def test_what_is_written_cannot_leave_its_place(run: Run) -> None:
    Path("p.interact").write_text(
        'audience A "<script>alert(1)</script>" { key id: int profile { t: text } }\n'
        'offer O "<b>|x" { code "A" }\n'
        "channel W for A { zone Z { point p } }\n"
        'flowchart F on W { select S when t = "</svg><script>|&\\"" }\n'
        'strategy T on W { zone Z { for S { O when t != "`<i>|" } } }\n'
    )
    assert run("describe", "p.interact", "--out", "p.html").exit_code == 0
    page = Path("p.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "</svg><script>" not in page
    assert "<i>" not in page
    assert run("describe", "p.interact", "--out", "p.md").exit_code == 0
    row = next(t for t in Path("p.md").read_text("utf-8").splitlines() if t.startswith("| **O**"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_without_graphviz_there_is_one_line_and_markdown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = run("describe", BANK, "--out", "bank.html")
    assert found.exit_code == 1
    assert "apt install graphviz" in found.output
    assert not Path("bank.html").exists()
    assert run("describe", BANK, "--out", "bank.md").exit_code == 0
    assert "```mermaid\nflowchart LR\n" in Path("bank.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("out", "more", "said"),
    [
        ("page.pdf", [], "name it FILE.html or FILE.md"),
        ("no/such/page.md", [], "cannot write no/such/page.md"),
        ("page.md", ["--customers", "nobody.parquet"], "nobody.parquet"),
        ("page.md", ["--customers", CUSTOMERS, "--channel", "Phone"], "no channel Phone"),
    ],
)
def test_wrong_usage_is_one_line(run: Run, out: str, more: list[str], said: str) -> None:
    found = run("describe", BANK, "--out", out, *more)
    assert found.exit_code in (1, 2)
    assert said in found.output


def test_a_bundle_is_described_as_its_sources_are(run: Run) -> None:
    run("build", BANK, "-o", "retail_bank.bundle")
    run("describe", "retail_bank.bundle", "--out", "a.md")
    run("describe", BANK, "--out", "b.md")
    assert Path("a.md").read_text("utf-8") == Path("b.md").read_text("utf-8")


def test_places_are_told_from_the_folder_of_the_project_on(run: Run) -> None:
    run("describe", BANK, "--out", "b.html")
    page = Path("b.html").read_text("utf-8")
    assert str(BANK) not in page
    assert '<p class="at">offers/cards.interact:' in page


def test_a_channel_without_rules_has_nothing_to_search(run: Run) -> None:
    Path("p.interact").write_text(
        "audience C { key id: int } offer O {} channel W for C { zone Z { point p } } "
        "channel V for C { zone Z { point p } } strategy S on W { zone Z { O } }"
    )
    run("describe", "p.interact", "--out", "p.html")
    assert Path("p.html").read_text("utf-8").count("Find in the rules") == 1


def test_clauses_of_rules_and_offers_are_shown(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int profile { x: int } }\n"
        "constant least = 30\n"
        "constant tenth = 10\n"
        'offer O { code "A" live for 14 days attributes { tone: text required } }\n'
        "channel W for A { zone Z { point p } }\n"
        "flowchart F on W { sample s { Control tenth%  Treated rest } }\n"
        "strategy T on W score 61 { zone Z { for Treated {\n"
        '  O as a with (tone = "warm") using marketer_score + x\n'
        '  O as b disabled with (tone = "cold") score 7 when x > least\n'
        "} } }\n"
    )
    assert run("check", "p.interact").exit_code == 0, run("check", "p.interact").output
    for out in ("p.md", "p.html"):
        assert run("describe", "p.interact", "--out", out).exit_code == 0
    page = Path("p.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| **O**"))
    assert row == (
        '| **O** | `61` using `marketer_score + x` with tone: `"warm"`'
        '<br>disabled: `7` when `x > least` with tone: `"cold"` |'
    )
    assert "- `least` is `30` (int)" in page
    assert "| for 14 days | tone: `required` |" in page
    assert "<b>Control</b><br/>tenth %" in page


def test_lists_of_offers_and_arbitration_are_shown(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int profile { x: int } }\n"
        'offer O { code "A" attributes { fee: int = 3 } }\n'
        'offer P { code "B" attributes { fee: int = 2 } }\n'
        "offers Both = O, P\n"
        "offers Dear where fee > 2\n"
        "channel W for A { zone Z { point p } arbitration { ties by newest at most 2 offers } }\n"
        "strategy T on W { zone Z { for everyone {\n"
        "  Both take 1 by fee desc score x\n"
        "  O as single alone\n"
        "} } }\n"
    )
    for out in ("p.md", "p.html"):
        found = run("describe", "p.interact", "--out", out)
        assert found.exit_code == 0, found.output
    page = Path("p.md").read_text("utf-8")
    assert "For A. Ties by newest. At most 2 offers.\n" in page
    assert "- list Both: O, P\n- list Dear: where fee > 2\n\n## Channel W" in page
    assert "| **O** | `x`, of Both, take 1 by fee desc<br>`50`, alone |" in page
    assert "| **P** | `x`, of Both, take 1 by fee desc |" in page


def test_tables_of_offers_are_shown(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int profile { x: int } }\n"
        "offer O {}\n"
        "channel W for A { zone Z { point p } }\n"
        "suppressions Stop for A\n"
        "overrides Personal for A { columns { points: int } adds O score points when x > 2 }\n"
    )
    for out in ("p.md", "p.html"):
        found = run("describe", "p.interact", "--out", out)
        assert found.exit_code == 0, found.output
    page = Path("p.md").read_text("utf-8")
    assert "suppressions Stop for A\n" in page
    assert "overrides Personal for A {\n  columns {\n    points: int\n  }\n  adds O\n" in page
    assert "| **O** | `points` when `x > 2`, of Personal |" in page


def test_counts_use_the_rows_of_tables(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int }\n"
        "offer O {}\n"
        "channel W for A { zone Z { point p } }\n"
        "overrides Personal for A { adds O }\n"
    )
    Path("people.csv").write_text("id\n1\n2\n3\n")
    Path("rows.csv").write_text("id,offer\n1,O\n2,O\n")
    asked = ("describe", "p.interact", "--customers", "people.csv", "--out", "p.md")
    for given, count in (((), 0), (("--table", "Personal=rows.csv"), 2)):
        found = run(*asked, *given)
        assert found.exit_code == 0, found.output
        assert f"→ **{count}** (" in Path("p.md").read_text("utf-8")
    Path("interact.toml").write_text('[tables]\nPersonal = "rows.csv"\n')
    assert run(*asked).exit_code == 0
    assert "→ **2** (" in Path("p.md").read_text("utf-8")


def test_offers_tell_what_keeps_them_away(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int }\n"
        'offer O { attributes { kind: text = "a" }\n'
        "  suppress for 30 days after reject also offers with same kind\n"
        "  at most 2 contacts per visit  at most 9 impressions per day }\n"
        "channel W for A { zone Z { point p } }\n"
    )
    limits = (
        "suppress for 30 days after reject also offers with same kind",
        "at most 2 contacts per visit",
        "at most 9 impressions per day",
    )
    for out in ("p.md", "p.html"):
        assert run("describe", "p.interact", "--out", out).exit_code == 0
    assert f"| {'<br>'.join(limits)} |" in Path("p.md").read_text("utf-8")
    page = Path("p.html").read_text("utf-8")
    assert all(f"<p>{limit}</p>" in page for limit in limits)


def test_cells_of_another_flowchart_have_a_box_of_their_own(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int profile { x: int } }\n"
        'offer O { code "A" }\n'
        "channel W for A { zone Z { point p } }\n"
        "flowchart F on W { select Big when x > 2  select Small when x < 1 }\n"
        "flowchart H on W { select Big when x = 1 }\n"
        "flowchart G on W { select Huge of Big when x > 9 }\n"
        "strategy T on W { zone Z { for Huge { O } } }\n"
    )
    Path("c.csv").write_text("id,x\n1,1\n2,5\n3,11\n4,0\n")
    found = run("describe", "p.interact", "--customers", "c.csv", "--out", "p.md")
    assert found.exit_code == 0, found.output
    drawn = Path("p.md").read_text("utf-8").split("### Flowchart G")[1].split("classDef")[0]
    assert "<b>Big</b><br/>of another flowchart<br/>3 (75.0 %)" in drawn
    assert "<b>Huge</b><br/>x #gt; 9<br/>1 (25.0 %)" in drawn
    assert "-->|33.3 %|" in drawn
    assert "everyone" not in drawn


def test_events_are_shown_as_they_are_written(run: Run) -> None:
    Path("p.interact").write_text(
        "audience A { key id: int }\n"
        "channel W for A { zone Z { point p } event viewed(price: int) }\n"
    )
    found = run("describe", "p.interact", "--out", "p.md")
    assert found.exit_code == 0, found.output
    page = Path("p.md").read_text("utf-8")
    assert "### Events of W\n\n```\nevent viewed(price: int)\n```\n" in page
    assert run("describe", "p.interact", "--out", "p.html").exit_code == 0
    assert "event viewed(price: int)" in Path("p.html").read_text("utf-8")


HOTEL = ROOT / "examples" / "hotel_group" / "reception"


def test_types_are_called_as_they_are_declared_and_definitions_shown(run: Run) -> None:
    page = page_of(open_project(str(HOTEL)), {})
    types = {f.name: f.type for a in page.audiences for g in a.groups for f in g.fields}
    assert (types["tier"], types["rate"]) == ("Tier?", "decimal(2)")
    assert [text.split("(")[0].split(" {")[0] for text in page.definitions] == [
        "template extra",
        "suppressions Complaints for Stay",
        "overrides Concierge for Stay",
        "proposals Partners for Stay",
        "defaults House for Stay",
        "enum Tier",
        "table points_for",
        "table view_of",
    ]


def test_channels_tell_what_they_extend_and_their_limits(run: Run) -> None:
    run("describe", HOTEL, "--out", "hotel.md")
    assert "For Stay. Extends Screens. Ties by declaration." in Path("hotel.md").read_text()
    (settings,) = (c.settings for c in page_of(open_project(str(HOTEL)), {}).channels[1:2])
    assert settings[-3:-1] == (
        "at most 3 contacts per offer per visit",
        "at most 5000 impressions of Extras, Upgrade until 2026-12-31 as Season",
    )


def test_a_project_with_imports_is_described_as_its_bundle_is(run: Run) -> None:
    assert run("build", HOTEL, "-o", "reception.bundle").exit_code == 0
    given = ("--channel", "Reception", "--customers", HOTEL.parent / "customers.parquet", *AS_OF)
    for path, out in ((HOTEL, "a.md"), ("reception.bundle", "b.md")):
        assert run("describe", path, *given, "--out", out).exit_code == 0
    assert Path("a.md").read_text() == Path("b.md").read_text()


def test_wrong_rows_of_tables_are_told(run: Run) -> None:
    Path("rows.csv").write_text("customer_id,offer\n1,Nothing\nx,GoldCard\n2,\n3,GoldCard\n")
    shop = Path("shop.interact")
    shop.write_text(TABLES)
    Path("people.csv").write_text("customer_id\n1\n2\n3\n")
    given = ("--customers", "people.csv", "--table", "Never=rows.csv", *AS_OF)
    for name in ("shop.html", "shop.md"):
        found = run("describe", shop, *given, "--out", name)
        assert found.exit_code == 0, found.output
        page = Path(name).read_text("utf-8").replace("&#39;", "'")
        assert "Never: 4 rows of rows.csv, 1 used" in page
        for reason in (
            "1 row left out, as the offer is not known: rows.csv row 1 ('Nothing')",
            "1 row left out, as `customer_id` is not of type int: rows.csv row 2 ('x')",
            "1 row left out, as no offer is named: rows.csv row 3",
        ):
            assert reason in page
        assert "Dear: no rows were given (--table Dear=FILE)" in page
    run("describe", shop, "--out", "shop.md")
    assert "Rows of tables" not in Path("shop.md").read_text("utf-8")


TABLES = """
audience Customer { key customer_id: int }
offer GoldCard {}
channel Web for Customer { zone Home { point hero } }
suppressions Never for Customer
overrides Dear for Customer { columns { points: int } score points }
strategy Cards on Web { zone Home { for everyone { GoldCard score 5 } } }
"""


def test_constants_are_shown_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "c.interact").write_text(
        'constant risky = 0.6 constant least = 5 constant name = "x"\n', encoding="utf-8"
    )
    page = page_of(open_project(str(tmp_path)), {})
    assert [(name, value) for name, _, value in page.constants] == [
        ("risky", "0.6"),
        ("least", "5"),
        ("name", '"x"'),
    ]
