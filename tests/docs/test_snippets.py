"""What the documentation says in code is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.snippets import Snippet, snippets_of

from interact.compiler.core.infer import Typing, infer_value
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import type_of
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text
from interact.compiler.lints.run import lint
from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.source import SourceFile
from interact.compiler.surface.from_source import parse_expression
from interact.stdlib.conversion import convert_value
from interact.stdlib.types import FLOAT, MICROSECONDS_PER_DAY, Type, Value

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(p for p in (ROOT / "docs").glob("*.md") if p.name != "functions.md"),
]
SNIPPETS = [s for page in PAGES for s in snippets_of(page)]
PROGRAMS = [s for s in SNIPPETS if s.kind == ""]
ERRORS = [s for s in SNIPPETS if s.kind == "error"]
LINTS = [s for s in SNIPPETS if s.kind == "lints"]
VALUES = [s for s in SNIPPETS if s.kind == "values"]

NOW = Moment(20_781 * MICROSECONDS_PER_DAY + 9 * 3_600 * 10**6)
"""2026-11-24T09:00Z."""
ANN = Customer(
    {
        "customer_id": 7,
        "first_name": "Ann",
        "joined": 20_454,  # 2026-01-01
        "balance": 1_500_00,
        "income": None,
        "credit_score": None,
        "churn_risk": 0.25,
        "opted_in": True,
        "device": "desktop",
    },
    {
        "accounts": [
            {"product": "savings", "balance": 500_00, "opened": 20_454},
            {"product": "card", "balance": None, "opened": 20_700},
        ]
    },
)
"""The customer whom the pages tell of."""


def test_there_are_snippets() -> None:
    kinds = {s.kind for s in SNIPPETS}
    assert kinds <= {"", "error", "lints", "values", "unchecked"}
    assert len(PROGRAMS) > 7
    assert len(ERRORS) > 3
    assert len(VALUES) > 5


@pytest.mark.parametrize("snippet", PROGRAMS, ids=str)
def test_a_program_compiles(snippet: Snippet) -> None:
    found = check(snippet.files)
    assert render_text(found.diagnostics, {f.name: f for f in snippet.files}) == ""
    assert found.program is not None
    program = optimize(found.program, verify=True)
    for channel in program.channels:
        plan_channel(program, channel, verify=True)


@pytest.mark.parametrize("snippet", ERRORS, ids=str)
def test_an_error_is_what_is_shown(snippet: Snippet) -> None:
    found = check(snippet.files)
    shown = render_text(found.diagnostics, {f.name: f for f in snippet.files})
    assert shown == snippet.shown


@pytest.mark.parametrize("snippet", LINTS, ids=str)
def test_what_the_lints_find_is_what_is_shown(snippet: Snippet) -> None:
    checked = check(snippet.files)
    assert checked.program is not None
    found = lint(checked.program, checked.modules, snippet.files)
    here = [f for f in found if f.span.file == snippet.source.name]
    assert render_text(here, {f.name: f for f in snippet.files}) == snippet.shown


LINES = [
    pytest.param(snippet, line, id=f"{snippet}+{number}")
    for snippet in VALUES
    for number, line in enumerate(snippet.source.text.splitlines())
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("snippet", "line"), LINES)
def test_a_value_is_what_is_said(snippet: Snippet, line: str) -> None:
    expression, said = re.fullmatch(r"(.*?)\s+# ([^#]*)", line).groups()  # type: ignore[union-attr]
    value, kind = value_of(expression, snippet)
    if (typed := re.fullmatch(r"(.*), an? (\w+(?:\(\d\))?)", said)) is not None:
        said = typed[1]
        assert str(kind) == typed[2]
    expected, other = value_of(said, snippet)
    if kind != other and None not in (value, expected):
        value = convert_value(value, kind, FLOAT)
        expected = expected if other == FLOAT else convert_value(expected, other, FLOAT)
    assert value == expected


def value_of(text: str, snippet: Snippet) -> tuple[Value, Type]:
    """Return an expression's value for the customer of the pages, and its type."""
    program = check(snippet.given).program
    assert program is not None
    sink, source = Sink(), SourceFile("expression", text)
    parsed = parse_expression(source, sink)
    assert parsed is not None, text
    typed = infer_value(parsed, Typing(Scope.of_audience(program.audiences[0]), sink))
    assert render_text(sink.diagnostics, {"expression": source}) == ""
    return evaluate(typed, Frame(ANN, NOW)), type_of(typed)
