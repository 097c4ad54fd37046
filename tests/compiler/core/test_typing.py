"""Which types and conversions expressions get: literals, overloads, forms."""

from __future__ import annotations

import pytest

from interact.compiler.core.infer import Typing, infer_value
from interact.compiler.core.nodes import Expr, type_of
from interact.compiler.core.print import print_expr
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Diagnostic, Sink
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile
from interact.compiler.surface.from_source import parse_expression

AUDIENCE = """
audience Customer {
  key id: int
  profile {
    age: int  balance: decimal(2)  rate: decimal(9)  churn: float  name: text?  born: date
    seen: timestamp  wait: duration  vip: bool
  }
  accounts: many { amount: decimal(2)  opened: date  name: text }
}
"""
LITERALS = [
    ("age + 1", "arithmetic:add_int(age, 1)", "int"),
    ("age + 1.5", "arithmetic:add_float(age:float, 1.5)", "float"),
    ("balance + 1", "arithmetic:add_int(balance, 1.00)", "decimal(2)"),
    ("balance + 1.555", "arithmetic:add_int(balance:decimal(3), 1.555)", "decimal(3)"),
    ("churn + 1", "arithmetic:add_float(churn, 1.0)", "float"),
    ("1.5 + 2", "arithmetic:add_float(1.5, 2.0)", "float"),
    ("rate + 0.0000000001", "arithmetic:add_float(rate:float, 1e-10)", "float"),
    ("-5", "-5", "int"),
    ("-0.5", "-0.5", "float"),
    ("age > 18.5", "(age:float > 18.5)", "bool"),
    ("balance > 99.999", "(balance:decimal(3) > 99.999)", "bool"),
    ("balance > 1_00000000000000000000.5", "(balance > 1e+20:decimal(2))", "bool"),
    ("rate > 9_223_372_036.854775808", "(rate > 9223372036.854776:decimal(9))", "bool"),
    ("rate > 0.1", "(rate > 0.100000000)", "bool"),
    ("1 = 1.0", "(1.0 = 1.0)", "bool"),
    ("seen > 2026-01-01", "(seen > 2026-01-01T00:00:00Z)", "bool"),
    ("if vip then 1 else 2.5", "if(vip, 1.0, 2.5)", "float"),
    ("if vip then 0.5", "if(vip, 0.5, null)", "float"),
    ("coalesce(null, 5)", "if(not (null is null), null, 5)", "int"),
    ("text(null)", "spelling:text_bool(null)", "text"),
    ("text(0.5)", "spelling:text_float(0.5)", "text"),
    ("age in (1, 2, 2, 3)", "(age in (1, 2, 3))", "bool"),
    ("balance in (1, 2.555)", "(balance:decimal(3) in (1.000, 2.555))", "bool"),
    ("nullif(age, 0.5)", "if((age:float = 0.5), null, age)", "int"),
]
OVERLOADS = [
    ("churn + balance", "arithmetic:add_float(churn, balance:float)", "float"),
    ("balance + rate", "arithmetic:add_int(balance:decimal(9), rate)", "decimal(9)"),
    ("balance * 0.5", "arithmetic:mul_int(balance, 0.5)", "decimal(3)"),
    ("balance * age", "arithmetic:mul_int(balance, age:decimal(0))", "decimal(2)"),
    ("rate * 0.5", "arithmetic:mul_float(rate:float, 0.5)", "float"),
    ("balance / age", "arithmetic:div_float(balance:float, age:float)", "float"),
    ("born + 30 days", "temporal:add_date_duration(born, 30 days)", "date"),
    ("30 days + born", "temporal:add_duration_date(30 days, born)", "date"),
    ("seen - born", "temporal:sub_timestamp(seen, born:timestamp)", "duration"),
    ("wait * 2", "arithmetic:mul_int(wait, 2)", "duration"),
    ("2 * wait", "arithmetic:mul_int(2, wait)", "duration"),
    ("min(age, 2.5)", "numeric:min_float(age:float, 2.5)", "float"),
    ("min(balance, 2.5, 3)", "numeric:min_int(numeric:min_int(balance, 2.50), 3.00)", "decimal(2)"),
    ("min(age, balance)", "numeric:min_int(age:decimal(2), balance)", "decimal(2)"),
    ("clamp(balance, 0.5, 100.25)", "numeric:clamp_int(balance, 0.50, 100.25)", "decimal(2)"),
    ("round(balance)", "rounding:round_decimal_whole(balance, 100)", "decimal(2)"),
    ("round(balance, 1)", "rounding:round_decimal(balance, 1, 100)", "decimal(2)"),
    ("round(2.345, 1)", "rounding:round_float(2.345, 1)", "float"),
    ("abs(-3)", "numeric:abs_int(-3)", "int"),
    ("sqrt(balance)", "exponential:sqrt(balance:float)", "float"),
    ("int(balance)", "cast:int_decimal(balance, 100)", "int"),
    ("hour(born)", "calendar:hour(born:timestamp)", "int"),
    ("date(seen)", "cast:date_timestamp(seen)", "date"),
    ('concat(name, "-", name)', 'text:concat(text:concat(name, "-"), name)', "text"),
    ("if vip then born else now", "if(vip, born:timestamp, now)", "timestamp"),
]
FORMS = [
    ("age in (1, balance)", "((age:decimal(2) in (1.00)) or (age:decimal(2) = balance))", "bool"),
    ('name not in ("b", "a")', 'not (name in ("a", "b"))', "bool"),
    ("age between 1 and 2.5", "((age >= 1) and (age:float <= 2.5))", "bool"),
    ('name not like "a%"', 'not excerpt:like(name, "a%")', "bool"),
    ("coalesce(balance, 0)", "if(not (balance is null), balance, 0.00)", "decimal(2)"),
    ("nullif(balance, 0)", "if((balance = 0.00), null, balance)", "decimal(2)"),
    ("not name is not null", "not not (name is null)", "bool"),
    ("vip and vip or not vip", "((vip and vip) or not vip)", "bool"),
    ("count(accounts)", "count(accounts)", "int"),
    ("sum(amount of accounts)", "sum(accounts.amount of accounts)", "decimal(2)"),
    ("avg(amount of accounts)", "avg(accounts.amount of accounts)", "float"),
    ("count(distinct name of accounts)", "count(distinct accounts.name of accounts)", "int"),
    (
        "any(accounts where accounts.name = profile.name)",
        "any(accounts where (accounts.name = name))",
        "bool",
    ),
    ("all(amount > balance of accounts)", "all((accounts.amount > balance) of accounts)", "bool"),
]


@pytest.mark.parametrize(("text", "core", "type"), LITERALS)
def test_a_literal_takes_the_type_of_its_context(text: str, core: str, type: str) -> None:
    assert _shown(text) == (core, type)


@pytest.mark.parametrize(("text", "core", "type"), OVERLOADS)
def test_the_overload_that_converts_least_is_chosen(text: str, core: str, type: str) -> None:
    assert _shown(text) == (core, type)


@pytest.mark.parametrize(("text", "core", "type"), FORMS)
def test_forms_are_expanded(text: str, core: str, type: str) -> None:
    assert _shown(text) == (core, type)


def test_no_overload_of_decimals_takes_a_fraction_of_more_places() -> None:
    _, (found,) = _typed("quotient(balance, 0.0000000001)")
    assert (found.code.id, found.message) == (
        "E0301",
        "`quotient` does not take (float, float)",
    )


@pytest.mark.parametrize("text", ["agee + agee", "nope(agee) > agee and agee", "agee in (agee, 1)"])
def test_a_mistake_does_not_make_others(text: str) -> None:
    _, found = _typed(text)
    codes = {d.code.id for d in found}
    assert codes <= {"E0201", "E0202"}
    spans = [d.span for d in found]
    assert len(spans) == len(set(spans))


def _shown(text: str) -> tuple[str, str]:
    expr, found = _typed(text)
    assert not found
    return print_expr(expr), str(type_of(expr))


def _typed(text: str) -> tuple[Expr, tuple[Diagnostic, ...]]:
    program = check([SourceFile("audience", AUDIENCE)]).program
    assert program is not None
    sink = Sink()
    parsed = parse_expression(SourceFile("expression", text), sink)
    assert parsed is not None
    expr = infer_value(parsed, Typing(Scope.of_audience(program.audiences[0]), sink))
    return expr, sink.diagnostics
