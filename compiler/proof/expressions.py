"""Core expressions as formulas, of the same meaning as in the interpreter or a wider one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

import z3

from interact.compiler.core.interpret import Customer, Frame, Moment, Record, evaluate
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
    InSegment,
    InSet,
    IsNull,
    Not,
    Or,
    RowField,
    When,
    type_of,
    walk,
)
from interact.compiler.core.program import Attribute
from interact.compiler.proof.builtins import applied, product, rounded
from interact.compiler.proof.rows import Row, folded
from interact.compiler.proof.terms import NEVER, Formula, Symbols, Term, Truth, real
from interact.stdlib.conversion import conversion
from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import MICROSECONDS_PER_DAY, TEXT, Kind, Type, Value
from interact.stdlib.universe import OVERLOADS

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip
_RANGES = {Kind.DATE: (FIRST_DAY, LAST_DAY), Kind.TIMESTAMP: (FIRST_INSTANT, LAST_INSTANT)}


@dataclass(slots=True)
class Expressions:
    """Makes formulas of expressions about one customer, each once.

    Attributes:
        attributes: All that can be read, by name.
        moment: None for any time from 1970 on.
        given: Attributes that have one value.
        rows: Rows that are known; others can be any.
        segments: Whether the customer is in each segment, once that is known.
        read: The attributes that were read.
        unclear: What was read that no formula tells, with the symbol in its place.
        few: The rows of a customer who has few, by name; None where there can be any.
        row: The row of a fold that expressions are about, and ``whole`` those of its customer.
    """

    symbols: Symbols
    attributes: Mapping[str, Attribute]
    moment: Moment | None
    given: Mapping[str, Value] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    segments: list[Formula] = field(default_factory=list)
    read: dict[str, Term] = field(default_factory=dict)
    unclear: dict[Call | Aggregate, Term] = field(default_factory=dict)
    few: Mapping[str, Sequence[Row]] | None = None
    row: Row | None = None
    whole: Expressions | None = None
    _counts: dict[tuple[str, Expr | None], Formula] = field(default_factory=dict)
    _common: dict[Expr, Term] = field(default_factory=dict)
    _terms: dict[Expr, Term] = field(default_factory=dict)
    _truths: dict[Expr, Truth] = field(default_factory=dict)
    _clock: tuple[Formula, Formula] | None = None

    # ---------------------------------------------------------------- time

    @property
    def today(self) -> Formula:
        return self._time[0]

    @property
    def now(self) -> Formula:
        return self._time[1]

    @property
    def _time(self) -> tuple[Formula, Formula]:
        if self._clock is None:
            self._clock = self._any_time() if self.moment is None else _known(self.moment)
        return self._clock

    def _any_time(self) -> tuple[Formula, Formula]:
        today, now = z3.Int("today"), z3.Int("now")
        begins = today * MICROSECONDS_PER_DAY
        self.symbols.facts += [now >= 0, now <= LAST_INSTANT]
        self.symbols.facts += [begins <= now, now < begins + MICROSECONDS_PER_DAY]
        return today, now

    # ---------------------------------------------------------------- conditions

    def holds(self, condition: Expr | None) -> Formula:
        """Return whether a condition is true; None always is."""
        return z3.BoolVal(True) if condition is None else self.truth(condition).yes

    def truth(self, expr: Expr) -> Truth:
        """Return where a condition is true and where it is false."""
        if expr not in self._truths:
            self._truths[expr] = self._truth(expr)
        return self._truths[expr]

    def _truth(self, expr: Expr) -> Truth:
        match expr:
            case Compare(op=op, left=left, right=right):
                a, b = self.term(left), self.term(right)
                compared = COMPARE[op](_in_order(a.value), _in_order(b.value))
                return _decided(compared, z3.Or(a.null, b.null))
            case InSet(operand=operand, values=values):
                term, type_ = self.term(operand), type_of(operand)
                known = [self.symbols.constant(v, type_).value for v in values]
                return _decided(z3.Or([term.value == v for v in known]), term.null)
            case And(args=args):
                each = [self.truth(a) for a in args]
                return Truth(z3.And([t.yes for t in each]), z3.Or([t.no for t in each]))
            case Or(args=args):
                each = [self.truth(a) for a in args]
                return Truth(z3.Or([t.yes for t in each]), z3.And([t.no for t in each]))
            case Not(arg=arg):
                found = self.truth(arg)
                return Truth(found.no, found.yes)
            case IsNull(arg=arg):
                return _decided(self.term(arg).null, NEVER)
            case InSegment(index=index):
                return _decided(self.segments[index], NEVER)
            case _:
                term = self.term(expr)
                return _decided(term.value, term.null)

    # ---------------------------------------------------------------- values

    def term(self, expr: Expr) -> Term:
        """Return the value of an expression."""
        found = self._common.get(expr) or self._terms.get(expr)
        if found is None:
            found = self._term(expr)
            known = self._terms if asks_segments(expr) else self._common
            known[expr] = found
        return found

    def _term(self, expr: Expr) -> Term:
        match expr:
            case Const(value=value, type=type_):
                return self.symbols.constant(value, type_)
            case Attr(name=name):
                return self._attribute(name)
            case Clock(which=which):
                return Term(self.today if which == "today" else self.now)
            case Compare() | InSet() | IsNull() | Not() | And() | Or() | InSegment():
                found = self.truth(expr)
                return Term(found.yes, z3.Not(z3.Or(found.yes, found.no)))
            case When(condition=condition, yes=yes, no=no):
                holds, a, b = self.truth(condition).yes, self.term(yes), self.term(no)
                return Term(z3.If(holds, a.value, b.value), z3.If(holds, a.null, b.null))
            case Convert():
                return self._convert(expr)
            case Call():
                return self._call(expr)
            case Aggregate():
                return self._fold(expr)
            case RowField(name=name):
                return self._row_field(name)
            case _:
                assert_never(expr)

    def _attribute(self, name: str) -> Term:
        if name in self.given:
            return self.symbols.constant(self.given[name], self.attributes[name].type)
        if name not in self.read:
            self.read[name] = self._any(self.attributes[name])
        return self.read[name]

    def _row_field(self, name: str) -> Term:
        assert self.row is not None
        if name not in self.row.fields:
            self.row.fields[name] = self._any(self.row.declared[name])
        return self.row.fields[name]

    def _any(self, declared: Attribute) -> Term:
        """Return any value of an attribute."""
        found = self.symbols.unknown(declared.type, declared.name)
        if declared.type.kind in _RANGES:
            low, high = _RANGES[declared.type.kind]
            self.symbols.facts += [found.value >= low, found.value <= high]
        return found if declared.nullable else Term(found.value)

    def inside(self, row: Row) -> Expressions:
        """Return what makes formulas about a row of the customer."""
        self._clock = self._time
        return replace(self, row=row, whole=self, _common={}, _terms={}, _truths={})

    def of_another(self, attributes: Mapping[str, Attribute]) -> Expressions:
        """Return what makes formulas about the same customer for another channel.

        What asks for no segment is the same formula in both.
        """
        self._clock = self._time
        known = {**self.attributes, **attributes}
        return replace(self, attributes=known, segments=[], _terms={}, _truths={})

    def _convert(self, expr: Convert) -> Term:
        arg, source, target = self.term(expr.arg), type_of(expr.arg), expr.type
        if source == target:
            return arg
        if target.kind is Kind.FLOAT:
            return Term(self._float(arg.value, source.scale), arg.null)
        function, further = conversion(source, target)
        found = applied(function, [arg.value, *further], self.symbols)
        if found is None:
            found = self.symbols.unknown(target, "converted")
        return Term(found.value, z3.Or(arg.null, found.null))

    def _float(self, value: Formula, scale: int) -> Formula:
        """Return an integer over a power of ten as a float."""
        exact = z3.ToReal(value)
        if scale:
            return rounded(exact / real(10**scale), self.symbols)
        is_small = z3.And(value <= 2**53, value >= -(2**53))
        return z3.If(is_small, exact, rounded(exact, self.symbols))

    def _call(self, expr: Call) -> Term:
        args = [self.term(a) for a in expr.args]
        found = self._applied(expr, args)
        if found is None:
            found = self.unclear[expr] = self.symbols.unknown(expr.type, expr.function)
            self._learn(expr, args, found)
        return Term(found.value, z3.Or([*(a.null for a in args), found.null]))

    def _applied(self, expr: Call, args: Sequence[Term]) -> Term | None:
        """Return what a function makes of arguments, None where no formula can tell it."""
        if expr.function == "arithmetic:mul_int":
            return product(args[0].value, args[1].value)
        if expr.function == "enumeration:enum_rank":
            return self._rank(expr, args[0])
        if any(type_of(a) == TEXT for a in expr.args):
            return None
        given = [
            a.value if isinstance(a, Const) and a.value is not None else t.value
            for a, t in zip(expr.args, args, strict=True)
        ]
        return applied(OVERLOADS[expr.function].function, given, self.symbols)

    def _rank(self, expr: Call, member: Term) -> Term | None:
        listed = expr.args[1]
        if not isinstance(listed, Const) or not isinstance(listed.value, str):
            return None
        apply = OVERLOADS[expr.function].apply
        found: Formula = z3.IntVal(-1)
        for text in listed.value.split("\x1f"):
            is_it = self.symbols.is_text(member.value, text)
            found = z3.If(is_it, z3.IntVal(apply(text, listed.value)), found)
        return Term(found)

    def _learn(self, expr: Call, args: Sequence[Term], found: Term) -> None:
        """Note what a function makes of each known text, where that is all that it reads."""
        free = [i for i, a in enumerate(expr.args) if not isinstance(a, Const)]
        if len(free) != 1 or type_of(expr.args[free[0]]) != TEXT:
            return
        apply = OVERLOADS[expr.function].apply
        values = [a.value if isinstance(a, Const) else None for a in expr.args]
        for text in self.symbols.texts:
            values[free[0]] = text
            try:
                result = apply(*values)
            except ValueError:  # a member's name is asked of members only
                continue
            is_it = args[free[0]].value == self.symbols.texts.index(text)
            self.symbols.facts.append(z3.Implies(is_it, self._equals(found, result, expr.type)))

    def _equals(self, found: Term, value: Any, type_: Type) -> Formula:
        if value is None:
            return found.null
        if isinstance(value, str):
            same = self.symbols.is_text(found.value, value)
        else:
            same = found.value == self.symbols.constant(value, type_).value
        return z3.And(z3.Not(found.null), same)

    def _fold(self, expr: Aggregate) -> Term:
        """Return a fold of known rows, or of few; one of others can be anything of its kind."""
        if self.whole is not None:
            return self.whole.term(expr)
        if expr.rows in self.rows and not _reads_customer(expr):
            value = evaluate(expr, Frame(Customer({}, self.rows), self.moment or Moment(0)))
            if not isinstance(value, str) or value in self.symbols.texts:
                return self.symbols.constant(value, expr.type)
        if self.few is not None and expr.rows not in self.rows:
            found = folded(expr, self, self.few[expr.rows])
            if found is not None:
                return found
        self.unclear[expr] = self._any_fold(expr)
        return self.unclear[expr]

    def _any_fold(self, expr: Aggregate) -> Term:
        found = self.symbols.unknown(expr.type, expr.function)
        if expr.function in ("count", "any", "all"):
            found = Term(found.value)
        facts = self.symbols.facts
        if expr.function == "count":
            facts += [found.value >= 0, found.value <= self._number(expr.rows, None)]
        if expr.value is None and expr.function in ("count", "any") and not expr.distinct:
            number = self._number(expr.rows, expr.where)
            facts.append(found.value == (number > 0 if expr.function == "any" else number))
        if expr.rows not in self.rows:
            value = evaluate(expr, Frame(Customer({}), Moment(0)))
            nothing = self._equals(found, value, expr.type)
            facts.append(z3.Implies(self._number(expr.rows, None) == 0, nothing))
        return found

    def _number(self, rows: str, where: Expr | None) -> Formula:
        """Return how many rows there are for which a condition is true."""
        key = (rows, where)
        if key not in self._counts:
            found = self._counts[key] = self.symbols.fresh(Kind.INT, f"number of {rows}")
            self.symbols.facts.append(found >= 0)
            if where is not None:
                self.symbols.facts.append(found <= self._number(rows, None))
        return self._counts[key]


def asks_segments(expr: Expr) -> bool:
    """Return whether an expression asks for segments, which are those of one channel."""
    return any(isinstance(part, InSegment) for part in walk(expr))


def _decided(condition: Formula, null: Formula) -> Truth:
    known = z3.Not(null)
    return Truth(z3.And(known, condition), z3.And(known, z3.Not(condition)))


def _in_order(value: Formula) -> Formula:
    """Return a value that can be compared: false is less than true."""
    return z3.If(value, z3.IntVal(1), z3.IntVal(0)) if z3.is_bool(value) else value


def _known(moment: Moment) -> tuple[Formula, Formula]:
    return z3.IntVal(moment.today), z3.IntVal(moment.now)


def _reads_customer(expr: Aggregate) -> bool:
    """Return whether a fold reads anything beside the rows."""
    return any(isinstance(part, Attr | Clock | InSegment) for part in walk(expr))
