"""A customer whom formulas allow, as values that the interpreter reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf
from typing import Any

import z3

from interact.compiler.core.hashes import Hashes
from interact.compiler.core.interpret import Moment, Record
from interact.compiler.core.nodes import Aggregate, Call
from interact.compiler.proof.decision import Decided
from interact.compiler.proof.terms import LARGEST, Formula, Term
from interact.stdlib.types import FLOAT, TEXT, Type, Value

_SUFFIXES = ("x", "0", "A", "~", " ", "\x01")


@dataclass(frozen=True, slots=True)
class Witness:
    """A customer, the time, and how chance came out.

    Attributes:
        values: Of the attributes that were read.
        rows: Of the customer, with the fields that were read.
        unclear: What the interpreter has yet to agree with.
    """

    values: Mapping[str, Value]
    moment: Moment
    hashes: Hashes
    rows: Mapping[str, Sequence[Record]]
    unclear: Sequence[Call | Aggregate] = ()


def witness_of(model: Any, decided: Decided) -> Witness:
    """Return the customer of a model."""
    expressions = decided.expressions
    texts = expressions.symbols.texts

    def value(term: Term, type_: Type) -> Value:
        if z3.is_true(model.eval(term.null, model_completion=True)):
            return None
        return _value(model.eval(term.value, model_completion=True), type_, texts)

    moment = expressions.moment
    if moment is None:
        now = model.eval(expressions.now, model_completion=True)
        moment = Moment(now.as_long())
    read = {n: value(t, expressions.attributes[n].type) for n, t in expressions.read.items()}
    rows = {
        name: [
            {n: value(t, row.declared[n].type) for n, t in row.fields.items()}
            for row in few
            if z3.is_true(model.eval(row.present, model_completion=True))
        ]
        for name, few in (expressions.few or {}).items()
    }
    return Witness(
        read,
        moment,
        Hashes((0,), _drawn(model, decided, moment)),
        rows,
        tuple(expressions.unclear),
    )


def _drawn(model: Any, decided: Decided, moment: Moment) -> dict[str, int]:
    """Return hashes by seed."""

    def whole(symbol: Formula) -> int:
        return int(model.eval(symbol, model_completion=True).as_long())

    found = {d.on(moment.today): whole(symbol) for d, symbol in decided.common.draws.items()}
    found |= {seed: whole(symbol) for seed, symbol in decided.common.picks.items()}
    return found


def _value(found: Any, type_: Type, texts: Sequence[str]) -> Value:
    if z3.is_bool(found):
        return bool(z3.is_true(found))
    if z3.is_int(found):
        return int(found.as_long())
    exact = _fraction(found)
    if type_ == TEXT:
        return text_at(exact, texts)
    assert type_ == FLOAT
    return _float(exact)


def _fraction(found: Any) -> Fraction:
    if z3.is_algebraic_value(found):
        found = found.approx(30)
    return Fraction(found.numerator_as_long(), found.denominator_as_long())


def _float(exact: Fraction) -> float:
    if abs(exact) > LARGEST:
        return inf if exact > 0 else -inf
    return float(exact)


def text_at(place: Fraction, texts: Sequence[str]) -> str:
    """Return the text at a place among known ones, some other one where it lies between.

    >>> text_at(Fraction(1), ["NY", "TX"]), text_at(Fraction(1, 2), ["NY", "TX"])
    ('TX', 'NYx')
    """
    number = floor(place)
    if number == place and 0 <= number < len(texts):
        return texts[number]
    before = texts[min(number, len(texts) - 1)] if number >= 0 and texts else ""
    after = texts[number + 1] if 0 <= number + 1 < len(texts) else None
    options = [before + suffix for suffix in _SUFFIXES]
    if number < 0:
        options.insert(0, "")
    return next((o for o in options if after is None or o < after), options[-1])
