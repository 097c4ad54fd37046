"""From a customer whom formulas allow to one whom the interpreter decides for as the test says not.

Formulas may allow what cannot be; so every customer is decided for, and where that comes out well
after all, customers around it are tried. One that was found is made as plain as it can be.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from interact.compiler.core.decide import decide_in, members_in
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Attr, Clock, Const, InSet, walk
from interact.compiler.core.print import print_value
from interact.compiler.core.program import Attribute, Share, channel_expressions
from interact.compiler.core.tests import Chosen, Expectation, Test
from interact.compiler.proof.prove import Everyone
from interact.compiler.proof.witness import Witness
from interact.runtime.testing.judge import Judge
from interact.runtime.testing.narrowing import with_outcomes
from interact.runtime.testing.noting import Noting
from interact.runtime.testing.results import Failure
from interact.stdlib.types import MICROSECONDS_PER_DAY, Kind, Type, Value

_TRIES, _MINUTE = 2_000, 60_000_000
_PLAIN: dict[Kind, Value] = {
    Kind.BOOL: False, Kind.FLOAT: 0.0, Kind.TEXT: "", Kind.INT: 0, Kind.DECIMAL: 0,
    Kind.DURATION: 0,
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    """Looks for a customer of whom an expectation does not hold.

    Attributes:
        now: A time to tell of, where any will do.
    """

    test: Test
    everyone: Everyone
    expectation: Expectation
    now: Moment

    def near(self, witness: Witness) -> Failure | None:
        """Return what to tell of a customer like the witness; None when there is none."""
        for tried in self._around(witness):
            if self._breaks(tried):
                return self._told(self._plainest(tried))
        return None

    # ---------------------------------------------------------------- customers

    def _around(self, witness: Witness) -> Iterator[Witness]:
        """Yield the witness, then others that differ in what no formula tells."""
        yield witness
        unclear = {p.name for call in witness.unclear for p in walk(call) if isinstance(p, Attr)}
        names = sorted(unclear & witness.values.keys())
        depends = any(isinstance(p, Clock) for call in witness.unclear for p in walk(call))
        chance = random.Random(0)
        pools = {name: self._pool(self._attributes[name].type) for name in names}
        for _ in range(_TRIES if names else 0):
            values = dict(witness.values)
            for name in names:
                values[name] = _drawn(chance, self._attributes[name], pools[name], witness.moment)
            yield replace(witness, values=values)
            if depends and self.everyone.moment is None and chance.random() < 0.5:
                yield replace(witness, values=values, moment=self.now)

    def _pool(self, type_: Type) -> list[Value]:
        """Return constants of a type that decisions are made by."""
        parts = (p for e in channel_expressions(self.everyone.channel) for p in walk(e))
        found: dict[Value, None] = {}
        for part in parts:
            if isinstance(part, Const) and part.type == type_ and part.value is not None:
                found[part.value] = None
            elif isinstance(part, InSet):
                found.update(dict.fromkeys(v for v in part.values))
        wanted = type(_PLAIN.get(type_.kind, 0))
        return [value for value in found if type(value) is wanted]

    def _plainest(self, witness: Witness) -> Witness:
        """Return a witness with as many plain values as can be."""
        witness = self._with_few_rows(witness)
        if self.everyone.moment is None:
            minute = Moment(self.now.now // _MINUTE * _MINUTE)
            witness = self._kept(witness, replace(witness, moment=minute))
        for name in sorted(witness.values):
            declared = self._attributes[name]
            options = [None] if declared.nullable else []
            for value in (*options, _PLAIN.get(declared.type.kind)):
                if witness.values[name] in options or (value is None and not declared.nullable):
                    continue
                plainer = replace(witness, values={**witness.values, name: value})
                witness = self._kept(witness, plainer)
        return witness

    def _with_few_rows(self, witness: Witness) -> Witness:
        for name in witness.rows:
            for number in reversed(range(len(witness.rows[name]))):
                fewer = [row for i, row in enumerate(witness.rows[name]) if i != number]
                plainer = replace(witness, rows={**witness.rows, name: fewer})
                witness = self._kept(witness, plainer)
        return witness

    def _kept(self, witness: Witness, plainer: Witness) -> Witness:
        return plainer if self._breaks(plainer) else witness

    @property
    def _attributes(self) -> Mapping[str, Attribute]:
        everyone = self.everyone
        audience = everyone.program.audience_of(everyone.channel)
        return {a.name: a for a in (*audience.attributes, *everyone.channel.states)}

    # ---------------------------------------------------------------- decisions

    def _breaks(self, witness: Witness) -> bool:
        judge, is_meant, _ = self._decided(witness)
        return is_meant and not judge.meets(self.expectation)

    def _decided(self, witness: Witness) -> tuple[Judge, bool, list[str]]:
        """Return the decision, whether the customer is one of those meant, and what was read."""
        everyone = self.everyone
        shares = [(i, c.test) for i, c in enumerate(everyone.channel.cells)]
        outcomes = tuple(
            (i, _lies_in(test, witness)) for i, test in shares if isinstance(test, Share)
        )
        channel = with_outcomes(everyone.channel, [Chosen("", outcomes)])
        values = Noting({**everyone.given, **witness.values})
        customer = Customer(values, {**witness.rows, **everyone.rows})
        frame = Frame(customer, witness.moment)
        decision = decide_in(frame, everyone.program, channel, witness.hashes, everyone.top)
        is_meant = everyone.condition is None or evaluate(everyone.condition, frame) is True
        read = list(values.read)
        members = members_in(replace(frame, segments=()), channel, witness.hashes)
        has_reasons = not any(s.seed for s in channel.selections)
        judge = Judge(
            everyone.program,
            channel,
            customer,
            witness.moment,
            everyone.top,
            decision,
            members,
            has_reasons,
        )
        return judge, is_meant, read

    # ---------------------------------------------------------------- telling

    def _told(self, witness: Witness) -> Failure:
        judge, _, read = self._decided(witness)
        failure = next(judge.failures(self.expectation))
        told = [*self._values(witness, read), *self._rows(witness), *self._cells(judge)]
        if self.everyone.moment is None:
            told.append(f"at {print_value(witness.moment.now, Type(Kind.TIMESTAMP))}")
        who = f"a customer with {', '.join(told)}" if told else "any customer"
        return replace(failure, message=f"{who}: {failure.message}")

    def _values(self, witness: Witness, read: list[str]) -> Iterator[str]:
        patterns = {pattern.name for pattern in self.everyone.channel.patterns}
        for name in dict.fromkeys(read):
            if name not in witness.values:
                continue
            value = witness.values[name]
            if name in patterns and value is not None:
                value = value == 1
            yield f"{name} = {print_value(value, self._attributes[name].type)}"

    def _rows(self, witness: Witness) -> Iterator[str]:
        program, channel = self.everyone.program, self.everyone.channel
        for many in program.audience_of(channel).rows:
            types = {f.name: f.type for f in many.fields}
            each = [
                ", ".join(f"{name} = {print_value(v, types[name])}" for name, v in row.items())
                for row in witness.rows.get(many.name, ())
            ]
            if each:
                records = (f"{{ {fields} }}" if fields else "{}" for fields in each)
                yield f"{many.name} {', '.join(records)}"

    def _cells(self, judge: Judge) -> Iterator[str]:
        for sample in self.test.samples:
            inside = [judge.channel.cells[i].name for i in sample.cells if judge.members[i]]
            yield from (f"{sample.step} = {name}" for name in inside)


def _lies_in(share: Share, witness: Witness) -> bool:
    found = witness.hashes.of(share.draw.on(witness.moment.today))
    return found is not None and share.low <= found < share.high


def _drawn(chance: random.Random, declared: Attribute, pool: list[Value], moment: Moment) -> Value:
    """Return a value of an attribute, rather one near those that decide."""
    kind = declared.type.kind
    if declared.nullable and chance.random() < 0.1:
        return None
    if kind is Kind.BOOL:
        return chance.random() < 0.5
    if kind is Kind.TEXT:
        return chance.choice([*pool, "", "x"])
    if kind is Kind.FLOAT:
        near = chance.choice([*pool, 0.0, 1.0])
        assert isinstance(near, float)
        return near + chance.choice((0.0, chance.uniform(-100, 100)))
    if kind in (Kind.DATE, Kind.TIMESTAMP):
        days = moment.today - chance.choice((chance.randrange(40_000), chance.randrange(-400, 400)))
        return days if kind is Kind.DATE else days * MICROSECONDS_PER_DAY
    whole = chance.choice([*pool, 0])
    assert isinstance(whole, int)
    return whole + chance.choice((-1, 0, 1, chance.randrange(-1000, 1000)))
