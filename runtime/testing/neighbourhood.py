"""Customers around one whom formulas allow, and the plainest of those of whom something is so.

Formulas may allow what cannot be, so a customer counts only when the interpreter has decided.
Where that comes out otherwise, customers are tried that differ in what no formula tells.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from interact.compiler.core.interpret import Moment
from interact.compiler.core.nodes import Attr, Clock, Const, InSet, walk
from interact.compiler.core.print import print_value
from interact.compiler.core.program import Attribute, Channel, channel_expressions
from interact.compiler.proof.witness import Witness
from interact.stdlib.types import MICROSECONDS_PER_DAY, Kind, Type, Value

_TRIES, _MINUTE = 400, 60_000_000
_PLAIN: dict[Kind, Value] = {
    Kind.BOOL: False, Kind.FLOAT: 0.0, Kind.TEXT: "", Kind.INT: 0, Kind.DECIMAL: 0,
    Kind.DURATION: 0,
}  # fmt: skip


@dataclass(frozen=True)
class Neighbourhood:
    """Customers of some channels.

    Attributes:
        attributes: All that they have, by name.
        rows: The fields of their lists of rows, by name.
        now: A time to tell of where any will do, which ``is_any_time`` says.
        breaks: Whether something that is to be shown is so of a customer.
    """

    channels: Sequence[Channel]
    attributes: Mapping[str, Attribute]
    rows: Mapping[str, Mapping[str, Attribute]]
    now: Moment
    is_any_time: bool
    breaks: Callable[[Witness], bool]

    def near(self, witnesses: Iterable[Witness]) -> Witness | None:
        """Return a plain customer near one of the witnesses; None when none was found."""
        around = (tried for witness in witnesses for tried in self._around(witness))
        found = next((tried for tried in around if self.breaks(tried)), None)
        return None if found is None else self._plainest(found)

    def told(self, witness: Witness, read: Iterable[str]) -> Iterator[str]:
        """Yield what a customer has, of the attributes that were ``read``."""
        yield from self._values(witness, read)
        yield from self._rows(witness)
        if self.is_any_time:
            yield f"at {print_value(witness.moment.now, Type(Kind.TIMESTAMP))}"

    def _around(self, witness: Witness) -> Iterator[Witness]:
        """Yield the witness, then others that differ in what no formula tells."""
        yield witness
        unclear = {p.name for call in witness.unclear for p in walk(call) if isinstance(p, Attr)}
        names = sorted(unclear & witness.values.keys())
        depends = any(isinstance(p, Clock) for call in witness.unclear for p in walk(call))
        chance = random.Random(0)
        pools = {name: self._pool(self.attributes[name].type) for name in names}
        for _ in range(_TRIES if names else 0):
            values = dict(witness.values)
            for name in names:
                values[name] = _drawn(chance, self.attributes[name], pools[name], witness.moment)
            yield replace(witness, values=values)
            if depends and self.is_any_time and chance.random() < 0.5:
                yield replace(witness, values=values, moment=self.now)

    def _pool(self, type_: Type) -> list[Value]:
        """Return constants of a type that decisions are made by."""
        parts = (
            p for channel in self.channels for e in channel_expressions(channel) for p in walk(e)
        )
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
        if self.is_any_time:
            minute = Moment(self.now.now // _MINUTE * _MINUTE)
            witness = self._kept(witness, replace(witness, moment=minute))
        for name in sorted(witness.values):
            declared = self.attributes[name]
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
        return plainer if self.breaks(plainer) else witness

    def _values(self, witness: Witness, read: Iterable[str]) -> Iterator[str]:
        patterns = {pattern.name for channel in self.channels for pattern in channel.patterns}
        for name in dict.fromkeys(read):
            if name not in witness.values:
                continue
            value = witness.values[name]
            if name in patterns and value is not None:
                value = value == 1
            yield f"{name} = {print_value(value, self.attributes[name].type)}"

    def _rows(self, witness: Witness) -> Iterator[str]:
        for name, fields in self.rows.items():
            each = [
                ", ".join(f"{f} = {print_value(v, fields[f].type)}" for f, v in row.items())
                for row in witness.rows.get(name, ())
            ]
            if each:
                records = (f"{{ {values} }}" if values else "{}" for values in each)
                yield f"{name} {', '.join(records)}"


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
