"""The verifiers accept what the compiler makes, and refuse what is broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.properties.programs import generate

from interact.compiler.columnar.nodes import Op, OpKind, Plan, RulePlan, ZonePlan
from interact.compiler.columnar.verify import verify_plan
from interact.compiler.core.nodes import And, Attr, Call, Compare, Const, Convert, InSet, Not, When
from interact.compiler.core.program import Cell, Channel, Filter, Program
from interact.compiler.core.verify import CompilerBug, verify_program
from interact.compiler.pipeline import check, map_expressions, optimize, plan_channel
from interact.compiler.source import SourceFile
from interact.stdlib.types import BOOL, FLOAT, INT, NULL, TEXT, decimal

SOURCE = """
audience Customer { key id: int profile { age: int? ratio: float? } many_rows: many { x: int } }
offer Gold {}
offer Silver {}
channel Web for Customer { zone Home { point hero } }
flowchart F on Web {
  decision by_age { Young when age < 30 or ratio > 0.5  Rest otherwise }
  select Rich of Young when sum(x of many_rows) > 100
}
strategy S on Web { zone Home { for Rich { Gold score ratio * 2 Silver score 3 when age > 5 } } }
"""
Break = Callable[[Plan], Plan]


def _program() -> Program:
    program = check([SourceFile("source", SOURCE)]).program
    assert program is not None
    return optimize(program, verify=True)


@pytest.fixture(scope="module")
def plan() -> Plan:
    program = _program()
    return plan_channel(program, program.channels[0], verify=True)


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_generated_programs_and_plans_are_well_formed(first: int) -> None:
    for seed in range(first, first + 20):
        program = generate(seed, any_tree=True, depth=4).program
        verify_program(program)
        program = optimize(program, verify=True)
        for channel in program.channels:
            plan_channel(program, channel, verify=True)


# -- plans --------------------------------------------------------------------------------------


def _first(plan: Plan, kind: OpKind) -> int:
    return next(i for i, op in enumerate(plan.ops) if op.kind is kind)


def _with_op(plan: Plan, index: int, op: Op) -> Plan:
    return replace(plan, ops=(*plan.ops[:index], op, *plan.ops[index + 1 :]))


def _reads_itself(plan: Plan) -> Plan:
    index = _first(plan, OpKind.ANY)
    return _with_op(plan, index, replace(plan.ops[index], args=(index,)))


def _mask_with_a_type(plan: Plan) -> Plan:
    index = _first(plan, OpKind.COMPARE)
    return _with_op(plan, index, replace(plan.ops[index], type=BOOL))


def _value_without_a_type(plan: Plan) -> Plan:
    index = _first(plan, OpKind.COLUMN)
    return _with_op(plan, index, replace(plan.ops[index], type=None))


def _conjunction_of_values(plan: Plan) -> Plan:
    column = _first(plan, OpKind.COLUMN)
    index = next(i for i, o in enumerate(plan.ops) if o.kind is OpKind.ALL and i > column)
    return _with_op(plan, index, replace(plan.ops[index], args=(column, column)))


def _segment_that_is_a_value(plan: Plan) -> Plan:
    return replace(plan, segments=(_first(plan, OpKind.COLUMN), *plan.segments[1:]))


def _rule(plan: Plan, change: Callable[[RulePlan], RulePlan]) -> Plan:
    zone = plan.zones[0]
    offers = ((change(zone.offers[0][0]),), *zone.offers[1:])
    return replace(plan, zones=(ZonePlan(offers), *plan.zones[1:]))


def _rule_for_a_value(plan: Plan) -> Plan:
    return _rule(plan, lambda r: replace(r, mask=_first(plan, OpKind.COLUMN)))


def _score_that_is_an_int(plan: Plan) -> Plan:
    ints = (i for i, op in enumerate(plan.ops) if op.type == INT)
    return _rule(plan, lambda r: replace(r, score=next(ints)))


def _failure_of_a_value(plan: Plan) -> Plan:
    broken = replace(plan.failures[0], demand=_first(plan, OpKind.COLUMN))
    return replace(plan, failures=(broken,))


def _fold_over_a_value(plan: Plan) -> Plan:
    rows = plan.rows[0]
    column = next(i for i, op in enumerate(rows.ops) if op.kind is OpKind.COLUMN)
    return replace(plan, rows=(replace(rows, folds=(replace(rows.folds[0], where=column),)),))


@pytest.mark.parametrize(
    "broken",
    [
        _reads_itself, _mask_with_a_type, _value_without_a_type, _conjunction_of_values,
        _segment_that_is_a_value, _rule_for_a_value, _score_that_is_an_int, _failure_of_a_value,
        _fold_over_a_value,
    ],
)  # fmt: skip
def test_a_broken_plan_is_refused(broken: Break, plan: Plan) -> None:
    with pytest.raises(CompilerBug):
        verify_plan(broken(plan))


# -- programs -----------------------------------------------------------------------------------

YES, ONE, HALF = Const(True, BOOL), Const(1, INT), Const(0.5, FLOAT)
AGE = Attr("age", INT, True)
BROKEN = {
    "undecided type": Const(None, NULL),
    "NaN": Compare("eq", Const(float("nan"), FLOAT), Const(1.0, FLOAT)),
    "comparison of two types": Compare("lt", AGE, Const(1.0, FLOAT)),
    "null in a set": InSet(AGE, (None, 1)),
    "conjunction of a number": And((YES, AGE)),
    "negation of a number": Not(AGE),
    "choice on a number": When(AGE, YES, YES, BOOL),
    "branches of another type": Compare("eq", When(YES, ONE, ONE, TEXT), Const("", TEXT)),
    "conversion to the same type": Compare("eq", Convert(AGE, INT), ONE),
    "unknown function": Call("nowhere:nothing", (AGE,), BOOL),
    "argument of another form": Compare("eq", Call("numeric:abs_float", (AGE,), FLOAT), HALF),
    "result of another form": Compare("eq", Call("numeric:abs_int", (AGE,), FLOAT), HALF),
    "too few arguments": Compare("eq", Call("numeric:min_int", (AGE,), INT), ONE),
    "too many places": Compare("eq", Const(1, decimal(10)), Const(2, decimal(10))),
    "unknown attribute": Compare("eq", Attr("nobody", INT, True), ONE),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_expression_is_refused(broken: And | Call | Compare | Const) -> None:
    with pytest.raises(CompilerBug):
        verify_program(_with_condition(_program(), broken))


def test_a_cell_that_reads_a_later_one_is_refused() -> None:
    def later(channel: Channel) -> Channel:
        first, *others = channel.cells
        return replace(channel, cells=(replace(first, parents=(1,)), *others))

    with pytest.raises(CompilerBug, match="later"):
        verify_program(_changed(_program(), later))


def test_a_score_that_is_no_float_is_refused() -> None:
    with pytest.raises(CompilerBug):
        verify_program(map_expressions(_program(), lambda expr: ONE))


def _with_condition(program: Program, condition: And | Call | Compare | Const) -> Program:
    def changed(channel: Channel) -> Channel:
        cell = Cell("F", "Young", (), Filter(condition))
        return replace(channel, cells=(cell, *channel.cells[1:]))

    return _changed(program, changed)


def _changed(program: Program, change: Callable[[Channel], Channel]) -> Program:
    return replace(program, channels=tuple(map(change, program.channels)))
