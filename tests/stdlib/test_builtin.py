"""The record: signatures, collection, and what every declaration has to have."""

import math

import pytest

from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.builtin import OPERATORS, Builtin, Group, Param, collect, parse_signature
from interact.stdlib.form import FORMS
from interact.stdlib.types import Kind
from interact.stdlib.universe import MODULES, OVERLOADS, UNIVERSE


def half(x: int, unit: int) -> int | None:
    """Halve."""
    return x // 2


def third(x: float) -> float:
    return x / 3


def test_a_signature_is_read() -> None:
    name, overload = parse_signature("half(x: decimal, unit x) -> decimal", half)
    assert name == "half"
    assert overload.params == (Param("x", Kind.DECIMAL), Param("x", Kind.INT, unit=True))
    assert overload.arguments == (Param("x", Kind.DECIMAL),)
    assert overload.units == (0,)
    assert overload.qualified == "test_builtin:half"
    assert (overload.scale, overload.variadic, overload.is_total) == ("same", False, False)


def test_scales_and_variadic_parameters() -> None:
    assert parse_signature("f(a: decimal, b: decimal) -> decimal(sum)", half)[1].scale == "sum"
    assert parse_signature("f(a: int) -> decimal(2)", half)[1].scale == 2
    assert parse_signature("f(a: text, b: text...) -> text", half)[1].variadic
    assert parse_signature("f(a: text) -> int", half)[1].uses_text
    assert parse_signature("f(a: float) -> float", third)[1].is_total


@pytest.mark.parametrize("signature", ["f", "f(x) -> int", "f(x: money) -> int", "f(x: int)"])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_signature(signature, half)


def test_clashes_are_refused() -> None:
    one, other = Group("one"), Group("other")
    one.builtin("f(x: int) -> int", "f(x: decimal) -> decimal")(half)
    assert len(collect([one])["f"].overloads) == 2
    with pytest.raises(ValueError, match="declared twice"):
        collect([one, one])
    other.builtin("f(x: float) -> float")(half)
    with pytest.raises(ValueError, match="declared twice"):
        collect([one, other])


def test_a_call_is_null_for_null_and_for_results_that_are_not_finite() -> None:
    add = UNIVERSE["add"].overloads[3]
    assert add.apply(1.0, 2.0) == 3.0
    assert add.apply(1.0, None) is None
    assert add.apply(math.inf, 1.0) is None
    assert add.apply(math.inf, -math.inf) is None


@pytest.mark.parametrize("builtin", UNIVERSE.values(), ids=lambda b: b.name)
def test_every_builtin_is_documented(builtin: Builtin) -> None:
    assert builtin.doc.split("\n")[0].endswith((".", ";", ":"))
    assert len(builtin.examples) >= 2
    assert any("null" in expression for expression, _ in builtin.examples)
    assert any(result == "null" for _, result in builtin.examples)


def test_operators_and_names() -> None:
    assert UNIVERSE.keys() >= OPERATORS
    assert not UNIVERSE.keys() & {f.name for f in FORMS}
    assert UNIVERSE.keys() & AGGREGATES.keys() == {"min", "max"}
    assert {o.qualified.partition(":")[0] for o in OVERLOADS.values()} == {
        m.__name__.rpartition(".")[2] for m in MODULES
    }


def test_overloads_of_one_function_agree_in_what_execution_reads() -> None:
    for builtin in UNIVERSE.values():
        for overload in builtin.overloads:
            known = OVERLOADS[overload.qualified]
            assert known.function is overload.function
            assert known.uses_text == overload.uses_text
            assert len(known.params) == len(overload.params)


def test_the_most_specific_number_comes_first() -> None:
    rank = {Kind.INT: 0, Kind.DECIMAL: 1, Kind.FLOAT: 2}
    for builtin in UNIVERSE.values():
        for count in (1, 2, 3):
            same = [o.arguments for o in builtin.overloads if len(o.arguments) == count]
            kinds = [{p.kind for p in arguments} for arguments in same]
            ranks = [rank[k] for (k, *more) in kinds if not more and k in rank]
            assert ranks == sorted(ranks), builtin.name
