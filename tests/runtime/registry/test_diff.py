"""What changed, as statements of the language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.registry.conftest import SOURCE, Command, project

from interact.compiler.source import SourceFile
from interact.runtime.difference import ORDERED, difference, statements
from interact.runtime.project import open_project


def sources(*texts: str) -> list[SourceFile]:
    return [SourceFile(f"{number}.interact", text) for number, text in enumerate(texts)]


TEXT = SOURCE.format(gold=60)
PARTS = [f"{s.text}\n" for s in statements(sources(TEXT)).values()]
CHANGED = [
    part.replace("age", "years").replace("hero", "top").replace('"G"', '"H"') for part in PARTS
]


def test_comments_and_layout_do_not_count() -> None:
    spaced = TEXT.replace("  ", "\n   ").replace("offer", "# new\noffer")
    assert difference(sources(TEXT), sources(spaced)).is_none
    assert difference(sources(TEXT), sources(*PARTS)).is_none


def test_changes_are_told_by_statement() -> None:
    new = TEXT.replace("score 60", "score 61").replace('offer Blue "Blue card"', "offer Red")
    found = difference(sources(TEXT), sources(new))
    told = [(c.sort, c.shown.kind, c.shown.name) for c in found.changes]
    assert told == [
        ("added", "offer", "Red"), ("changed", "strategy", "S"), ("removed", "offer", "Blue"),
    ]  # fmt: skip
    assert list(found.changes[1].lines(0)) == [
        "-      Gold score 60",
        "+      Gold score 61",
    ]
    assert next(iter(found.changes[2].lines())) == '-offer Blue "Blue card" {'


@pytest.mark.parametrize("kind", ORDERED)
def test_the_order_of_some_statements_counts(kind: str) -> None:
    body = " on Web { zone Home { Gold } }" if kind == "strategy" else " {}"
    before, after = ("\n".join(f"{kind} {n}{body}" for n in names) for names in ("ABCD", "BCAD"))
    (order,) = difference(sources(before), sources(after)).orders
    assert (order.kind, order.before, order.after) == (kind, tuple("ABCD"), tuple("BCAD"))
    assert order.moved == ["A"]
    assert difference(sources(before), sources(before + f"\n{kind} E{body}")).orders == ()


def test_the_order_of_others_does_not() -> None:
    before, after = ("\n".join(f"constant {n} = 1" for n in names) for names in ("abc", "cab"))
    assert difference(sources(before), sources(after)).is_none


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["kept", "gone", "new", "other"]), min_size=7, max_size=7))
def test_each_statement_is_told_for_itself(fates: list[str]) -> None:
    told = list(zip(fates, PARTS, CHANGED, strict=True))
    before = [p for f, p, _ in told if f != "new"]
    after = [(c if f == "other" else p) for f, p, c in told if f != "gone"]
    found = {c.shown.name: c.sort for c in difference(sources(*before), sources(*after)).changes}
    names = [s.name for s in statements(sources(TEXT)).values()]
    sorts = {"gone": "removed", "new": "added", "other": "changed"}
    expected = {
        name: sorts[fate]
        for name, (fate, part, changed) in zip(names, told, strict=True)
        if fate in sorts and not (fate == "other" and part == changed)
    }
    assert found == expected


def test_projects_bundles_and_environments_are_compared(run: Command) -> None:
    run("deploy", project(60), "--to", "production")
    run("build", "p", "-o", "x.bundle")
    project(70, "q")
    for same in (("p", "x.bundle"), ("p", "production"), ("x.bundle", "production@1")):
        assert (run("diff", *same).exit_code, run("diff", *same).output) == (0, "no difference\n")
    found = run("diff", "production", "q")
    assert found.exit_code == 1
    assert found.output.startswith("changed strategy S (all.interact)\n")
    assert "\n-      Gold score 60\n+      Gold score 70\n" in found.output
    old, new = (open_project(p).version for p in ("p", "q"))
    told = f"version {old[:12]} before, {new[:12]} after"
    for named in ("p", old[:12], old):
        assert run("diff", named, "q", "--names").output.splitlines() == [
            "changed strategy S (all.interact)", "1 changed", told,
        ]  # fmt: skip
    run("deploy", "q", "--to", "production", "--share", "5%")
    assert run("diff", "production@trial", "q").exit_code == 0
    text = Path("q/all.interact").read_text()
    Path("q/all.interact").write_text(text + "offer Red {}")
    Path("q/0.interact").write_text('offer Blue "Blue card" { code "B" }')
    Path("q/all.interact").write_text(text.replace('offer Blue "Blue card" { code "B" }', ""))
    assert run("diff", "p", "q", "--names").output.splitlines()[:3] == [
        "changed strategy S (all.interact)", "another order of offers: Blue moved", "1 changed",
    ]  # fmt: skip
    told = json.loads(run("diff", "p", "q", "--json").output)
    assert told["orders"] == {"offer": {"before": ["Gold", "Blue"], "after": ["Blue", "Gold"]}}
    assert told["versions"] == {"before": old, "after": open_project("q").version}
    assert (told["same"], [c["name"] for c in told["changes"]]) == (False, ["S"])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("diff p nowhere", "nowhere is no file, and no environment of r"),
        ("diff p production@9", "production has no version 9"),
        ("diff p production@x", "production has no version x"),
        ("diff p production@trial", "production has nothing on trial"),
        ("diff p 00000000", "r has no bundle whose digest begins with 00000000"),
        ("diff p nix.bundle", "no such file: nix.bundle"),
        ("diff p broken", "broken/a.interact:1:"),
        ("diff damaged.bundle p", "damaged.bundle is not a valid bundle"),
        ("diff p lost", "is missing"),
        ("diff p nowhere --registry s", "there is no registry in s"),
    ],
)
def test_what_is_wrong_is_told(run: Command, command: str, said: str) -> None:
    run("deploy", project(60), "--to", "production", "--no-tests")
    run("build", "p", "-o", "damaged.bundle")
    Path("damaged.bundle").write_bytes(Path("damaged.bundle").read_bytes()[:-3])
    run("deploy", project(61, "q"), "--to", "lost", "--no-tests")
    Path(f"r/bundles/{open_project('q').version}.bundle").unlink()
    Path("broken").mkdir()
    Path("broken/a.interact").write_text("offer {")
    found = run(*command.split())
    assert found.exit_code == 2
    assert said in found.output
