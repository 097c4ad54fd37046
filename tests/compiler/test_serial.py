"""Programs and plans as plain data: exact round trips, and one error for all bad data."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

from interact.compiler import serial, serial_fields
from interact.compiler.columnar.nodes import Op, OpKind, Plan
from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Clock,
    Compare,
    Const,
    Convert,
    Expr,
    InSet,
    IsNull,
    Not,
    Or,
    RowField,
    When,
)
from interact.compiler.core.program import Program
from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.serial import MalformedData
from interact.compiler.source import SourceFile, Span
from interact.stdlib.types import BOOL, FLOAT, INT, INT_MAX, INT_MIN, Kind, Type, decimal

SOURCE = """
audience Customer {
  key id: int
  profile { age: int  balance: decimal(2)  city: text?  risk: float?  since: date? }
  accounts: many { product: text  balance: decimal(2) }
  session { cart: float = -0.0 }
}
offer Gold "Gold card" { code "CC", "GOLD"  live 2026-01-01 to 2026-12-31
  attributes { limit: decimal(2) = balance * 2 } }
offer Blue "Blue card" { code "CC", "BLUE" }
channel Web for Customer { zone Home { point hero default "hello" } zone Mail { point top } }
flowchart F on Web {
  decision d { Rich when balance >= 20_000 and lower(city) = "rome"  Rest otherwise }
  sample s of Rich seed "x" { Control 10%  Treated rest }
}
strategy S on Web {
  zone Home { for Treated { Gold score 40 + 2 * risk when count(accounts where balance > 5) > 1 }
              for everyone { Blue pinned score 0.1 when city in ("rome", "oslo") } }
  every zone { for Rest { Blue score age / 3 when since > today - 30 days } }
}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    checked = check([SourceFile("a.interact", SOURCE)])
    assert checked.program is not None, checked.diagnostics
    return optimize(checked.program)


@pytest.fixture(scope="module")
def plan(program: Program) -> Plan:
    return plan_channel(program, program.channels[0])


SPANS = st.builds(
    Span, st.sampled_from(["a.interact", "b/é.interact"]), st.integers(0, 99), st.integers(0, 99)
)
TYPES = st.sampled_from([*(Type(k) for k in Kind), decimal(2), decimal(9)])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(INT_MIN, INT_MAX),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.sampled_from([0, False, 0.0, -0.0, 1, True, 1.0, INT_MIN, INT_MAX, 5e-324]),
)
LEAVES: st.SearchStrategy[Expr] = st.one_of(
    st.builds(Const, VALUES, TYPES, SPANS),
    st.builds(Attr, TEXTS, TYPES, st.booleans(), SPANS),
    st.builds(RowField, TEXTS, TEXTS, TYPES, st.booleans(), SPANS),
    st.builds(Clock, st.sampled_from(["today", "now"]), SPANS),
)


def above(e: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    some = st.lists(e, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Compare, st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]), e, e, SPANS),
        st.builds(InSet, e, st.lists(VALUES, max_size=4).map(tuple), SPANS),
        st.builds(And, some, SPANS),
        st.builds(Or, some, SPANS),
        st.builds(Not, e, SPANS),
        st.builds(IsNull, e, SPANS),
        st.builds(When, e, e, e, TYPES, SPANS),
        st.builds(Convert, e, TYPES, SPANS),
        st.builds(Call, TEXTS, some, TYPES, SPANS),
        st.builds(
            Aggregate, TEXTS, TEXTS, st.none() | e, st.none() | e, st.booleans(), TYPES, SPANS
        ),
    )


@given(st.recursive(LEAVES, above, max_leaves=20))
def test_expressions_come_back_exactly(expr: Expr) -> None:
    data = serial.dumps(expr)
    found = serial.loads(data, type(expr))
    assert repr(found) == repr(expr)  # spans, -0.0, and 1 against True included
    assert serial.dumps(found) == data


def test_program_and_plan_come_back(program: Program, plan: Plan) -> None:
    assert repr(serial.loads(serial.dumps(program), Program)) == repr(program)
    assert repr(serial.loads(serial.dumps(plan), Plan)) == repr(plan)


def test_equal_subtrees_are_held_once_and_shared() -> None:
    part: Expr = Attr("x", BOOL, False)
    for _ in range(60):
        part = And((part, part))
    document = serial.encode(part)
    assert sum(len(columns[0]) for _, *columns in document["groups"]) == 62
    found = serial.decode(document, And)
    assert found.args[0] is found.args[1]


def test_deep_trees_are_read_without_recursion() -> None:
    deep: Expr = Attr("x", BOOL, False)
    for _ in range(150):
        deep = Not(deep)
    data = serial.dumps(deep)
    assert serial.loads(data, Not) == deep


def test_what_differs_only_in_its_sort_is_kept_apart() -> None:
    both = And((Const(0.0, FLOAT), Const(-0.0, FLOAT), Const(1, INT), Const(True, INT)))
    assert repr(serial.loads(serial.dumps(both), And)) == repr(both)


def test_files_of_spans_are_renamed(program: Program) -> None:
    data = serial.dumps(program, {"a.interact": "b.interact"})
    assert serial.loads(data, Program).channels[0].span.file == "b.interact"
    assert b"a.interact" not in data


def test_every_class_can_be_written() -> None:
    assert {
        "Program",
        "Plan",
        "Const",
        "Type",
        "Op",
        "Live",
    } <= serial_fields.classes().by_name.keys()
    with pytest.raises(TypeError, match="object cannot be written"):
        serial.dumps(object())


def test_a_tuple_of_anything_comes_back() -> None:
    span = Span("a", 1, 2)
    op = Op(OpKind.TEXT_FAILED, (1,), (Const("x", INT, span), span, (None, -0.0, (True,))), None)
    assert repr(serial.loads(serial.dumps(op), Op)) == repr(op)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"classes":[],"files":[],"spans":[[],[],[]],"groups":[]}',
        b'{"classes":[],"files":[],"spans":[[],[],[]],"groups":[NaN]}',
        b'{"classes":[["Const","value"]],"files":[],"spans":[[],[],[]],"groups":[]}',
        b'{"classes":[["SourceFile"]],"files":[],"spans":[[],[],[]],"groups":[]}',
        b'{"classes":[],"files":["a"],"spans":[[1],[0],[0]],"groups":[]}',
        b'{"classes":[],"files":["a"],"spans":[[0],[0]],"groups":[]}',
        b'{"classes":[["Type","kind","scale"]],"files":[],"spans":[[],[],[]],"groups":[[0,["int"],[true]]]}',
        b'{"classes":[["Type","kind","scale"]],"files":[],"spans":[[],[],[]],"groups":[[0,["int"],[%d]]]}'
        % 2**63,
        b'{"classes":[["Type","kind","scale"]],"files":[],"spans":[[],[],[]],"groups":[[0,["odd"],[0]]]}',
        b'{"classes":[["Type","kind","scale"]],"files":[],"spans":[[],[],[]],"groups":[[0,["int"],[]]]}',
        b'{"classes":[["Type","kind","scale"]],"files":[],"spans":[[],[],[]],"groups":[[-1,["int"],[0]]]}',
    ],
)  # fmt: skip
def test_bad_data_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedData):
        serial.loads(data, Program)


def test_the_root_has_the_class_that_was_asked_for(plan: Plan) -> None:
    with pytest.raises(MalformedData, match="expected a Program, found a Plan"):
        serial.loads(serial.dumps(plan), Program)


ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    10**6,
    2**70,
    0.5,
    1e400,
    "",
    "int",
    "Const",
    [],
    [0],
    [1, 0],
    [2, -1],
    {},
]


def mutate(found: Any, chance: random.Random) -> Any:
    """Change something somewhere below ``found``."""
    if isinstance(found, dict) and found and chance.random() < 0.97:
        key = chance.choice(list(found))
        return {**found, key: mutate(found[key], chance)}
    if isinstance(found, list) and found and chance.random() < 0.9:
        place = chance.randrange(len(found))
        match chance.randrange(8):
            case 0:
                return found[:place] + found[place + 1 :]
            case 1:
                return [*found, found[place]]
            case 2:
                other = chance.randrange(len(found))
                return [*found[:place], found[other], *found[place + 1 :]]
            case _:
                return [*found[:place], mutate(found[place], chance), *found[place + 1 :]]
    if type(found) is int and chance.random() < 0.5:
        return found + chance.choice([-1, 1, 100])
    return chance.choice(ODD)


def test_mutated_documents_raise_nothing_else(program: Program, plan: Plan) -> None:
    chance = random.Random(1)
    refused = 0
    for kind, value in ((Program, program), (Plan, plan)):
        document = json.loads(serial.dumps(value))
        for _ in range(1500):
            try:
                serial.decode(mutate(document, chance), kind)
            except MalformedData:
                refused += 1
    assert refused > 1000


def test_mutated_bytes_raise_nothing_else(plan: Plan) -> None:
    chance = random.Random(2)
    data = serial.dumps(plan)
    for _ in range(500):
        place = chance.randrange(len(data))
        broken = data[:place] + bytes([chance.randrange(256)]) + data[place + chance.randrange(3) :]
        with suppress(MalformedData):
            serial.loads(broken, Plan)
