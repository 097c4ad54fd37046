"""Every example of every built-in, through parser, checker and interpreter, and through kernels."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.properties.agree import disagreements
from tests.properties.examples import NOW, Opened, opened, parsed, typed, value_of

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.nodes import type_of
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile
from interact.compiler.surface.print import print_expression
from interact.stdlib.form import FORMS
from interact.stdlib.types import FLOAT, Kind, Type, Value
from interact.stdlib.universe import UNIVERSE

CLOCKS = ("today", "now")
EXAMPLES = {b.name: b.examples for b in UNIVERSE.values() if not b.is_internal}
EXAMPLES |= {f.name: f.examples for f in FORMS if f.name not in CLOCKS}
PAIRS = [pair for examples in EXAMPLES.values() for pair in examples]


@pytest.mark.parametrize(("expression", "expected"), PAIRS)
def test_interpreter(expression: str, expected: str) -> None:
    found, wanted = (value_of(typed(parsed(text))) for text in (expression, expected))
    assert _number(*found) == _number(*wanted)


@pytest.mark.parametrize("name", EXAMPLES)
def test_kernels(name: str, store: KernelStore) -> None:
    tried = 0
    for expression, expected in EXAMPLES[name]:
        for decimals in (False, True) if "." in expression else (False,):
            example = opened(expression, decimals=decimals)
            text = _program(example, expected)
            if check([SourceFile("example", text)]).program is None:
                continue  # what takes decimals only, or floats only
            tried += 1
            found = disagreements(text, list(example.customers()), NOW.now, store)
            assert found == (), text
    assert tried >= len(EXAMPLES[name]), "no form of an example passes the checker"


def _number(type: Type, value: Value) -> Value | Fraction:
    """Return a value in a form in which numbers of all types compare."""
    if type == FLOAT and isinstance(value, float):
        return Fraction(str(value))
    return Fraction(int(value), 10**type.scale) if type.is_numeric and value is not None else value


def _program(example: Opened, expected: str) -> str:
    """Return a program that tells whether the example is null, as expected, or true."""
    shown = f"({print_expression(example.expr)})"
    kind = type_of(typed(parsed(expected))).kind
    steps = [f"select IsNull when {shown} is null"]
    if expected != "null":
        steps.append(f"select Expected when {shown} = {expected}")
    if kind is Kind.BOOL:
        steps.append(f"select IsTrue when {shown} select IsFalse when not {shown}")
    fields = " ".join(f"{n}: {declared}" for n, (declared, _) in example.attributes.items())
    return (
        f"audience Customer {{ key id: int profile {{ {fields} }} }}\n"
        "offer Gold {}\nchannel Web for Customer { zone Home { point hero } }\n"
        f"flowchart F on Web {{ {' '.join(steps)} }}\n{_strategy(shown, kind)}"
    )


def _strategy(shown: str, kind: Kind) -> str:
    if kind not in (Kind.INT, Kind.FLOAT, Kind.DECIMAL, Kind.FRACTION):
        return ""
    return f"strategy S on Web {{ zone Home {{ Gold score {shown} }} }}"
