"""However names stand for each other, a project is checked soon, and what passes can be planned."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from interact.compiler.lints.run import lint
from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.source import SourceFile

SHOP = """\
audience A { key id: int  profile { f: float  i: int  t: text }  accounts: many { amount: int } }
channel C for A { zone Z { point p } }
offer O {}
"""
TWICE = "if {} > 0 then {} else 0"


def codes(text: str) -> set[str]:
    """Return the codes of the errors of a project; one without is linted and planned as well."""
    source = SourceFile("m", SHOP + text)
    checked = check([source])
    if checked.program is not None:
        lint(checked.program, checked.modules, [source])
        program = optimize(checked.program, verify=True)
        plan_channel(program, program.channels[0])
    return {d.code.id for d in checked.diagnostics}


def chain(count: int, first: str, line: str, value: str) -> str:
    """Return lines of which each uses the name of the one before."""
    values = [first, *(value.replace("{}", f"x{n}") for n in range(count - 1))]
    return " ".join(line.format(number, v) for number, v in enumerate(values))


def lets(count: int, value: str) -> str:
    steps = chain(count, "f", "let x{} = {}", value)
    return f"flowchart F on C {{ {steps} select S when x{count - 1} > 3 }}"


def attributes(count: int, value: str) -> str:
    return f"offer P {{ attributes {{ {chain(count, 'f', 'x{}: float = {}', value)} }} }}"


def constants(count: int, value: str) -> str:
    rule = f"strategy S on C {{ zone Z {{ O score x{count - 1} }} }}"
    return f"{chain(count, '1', 'constant x{} = {}', value)} {rule}"


def functions(count: int, value: str) -> str:
    bodies = ["x", *(value.replace("{}", f"f{n}(x)") for n in range(count - 1))]
    return " ".join(f"function f{n}(x: float) = {body}" for n, body in enumerate(bodies))


@pytest.mark.parametrize("made", [lets, attributes, functions])
@pytest.mark.parametrize(
    ("count", "value", "fits"),
    [(100, "{} + 1", True), (3_000, "{} + 1", False), (9, TWICE, True), (60, TWICE, False)],
)
def test_names_that_stand_for_each_other(
    made: Callable[[int, str], str], count: int, value: str, fits: bool
) -> None:
    assert codes(made(count, value)) == (set() if fits else {"E0332"})


@pytest.mark.parametrize("value", ["{} + 1", "if {} > 0 then {} else 1"])
def test_constants_are_values_however_many_there_are(value: str) -> None:
    assert codes(constants(2_000, value)) == set()


@pytest.mark.parametrize(
    ("score", "fits"),
    [
        ("coalesce(" * 8 + "f" + ", 1)" * 8, True),
        ("coalesce(" * 150 + "f" + ", 1)" * 150, False),
        ("nullif(" * 150 + "f" + ", 1)" * 150, False),
        ("(if " * 90 + "f" + " between 1 and 2 then 3 else 4)" * 90, False),
        ("if f > 3 then 1 else " * 190 + "2", True),
        ("f" + " + 1" * 190, True),
        ("min(" + ", ".join(["f"] * 1_000) + ")", True),
        ("min(" + ", ".join(["f", "i"] * 1_000) + ")", False),
        ("coalesce(" + ", ".join(["f"] * 1_000) + ")", False),
        ("length(concat(" + ", ".join(["t"] * 3_000) + "))", True),
    ],
)
def test_operands_that_come_to_stand_twice_and_long_calls(score: str, fits: bool) -> None:
    found = codes(f"strategy S on C {{ zone Z {{ O score {score} }} }}")
    assert found == (set() if fits else {"E0332"})


def test_conditions_nested_as_deep_as_they_may_be() -> None:
    nested = "f > 3 and (i > 3 or (" * 98 + "f > 5" + "))" * 98
    assert codes(f"strategy S on C {{ zone Z {{ O when {nested} }} }}") == set()


def test_a_template_of_many_holes() -> None:
    assert codes(f'offer P {{ attributes {{ a: text = "{"{t} {i}, " * 1_000}" }} }}') == set()


def test_a_deep_expression_over_names_that_are_deep() -> None:
    steps = chain(195, "f", "let x{} = {}", "{} + 1")
    nested = "(if f > 3 then 1 else " * 196 + "x194" + ")" * 196
    assert codes(f"flowchart F on C {{ {steps} select S when {nested} > 3 }}") == set()
