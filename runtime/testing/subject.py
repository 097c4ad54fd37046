"""The customer of a test, and what of it was read without being given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Audience, Channel, Share
from interact.compiler.core.tests import Given, Sample, Test
from interact.runtime.testing.noting import Noting
from interact.stdlib.types import Value


@dataclass(slots=True)
class Missing:
    """Names that were read and are neither given nor may be null."""

    names: dict[str, None] = field(default_factory=dict)


class _Watched(Noting):
    """Values that note which names are read in vain; others that are missing are null."""

    def __init__(
        self, values: Mapping[str, Value], needed: Mapping[str, str], missing: Missing
    ) -> None:
        super().__init__(values)
        self._needed, self._missing = needed, missing

    def __getitem__(self, name: str) -> Value:
        if name not in self and name in self._needed:
            self._missing.names[self._needed[name]] = None
        return super().__getitem__(name)


def customer_of(
    test: Test, audience: Audience, moment: Moment, base: Customer, missing: Missing
) -> Customer:
    """Return ``base`` with what a test gives; what is read and missing is noted.

    A session attribute that is not given has its default, a list of rows is empty.
    """
    frame = Frame(Customer({}), moment)

    def values(given: tuple[Given, ...]) -> dict[str, Value]:
        return {g.name: evaluate(g.value, frame) for g in given}

    known = {**_defaults(audience), **base.values, **values(test.given)}
    needed = {a.name: a.name for a in (*audience.profile, *audience.session) if not a.nullable}
    rows = dict(base.rows)
    for many in audience.rows:
        of_row = {f.name: f"{many.name}.{f.name}" for f in many.fields if not f.nullable}
        for given in (r for r in test.rows if r.rows == many.name):
            rows[many.name] = [_Watched(values(r), of_row, missing) for r in given.records]
    return Customer(_Watched(known, needed, missing), rows)


def undecided_sample(
    samples: Iterable[Sample],
    channel: Channel,
    audience: Audience,
    customer: Customer,
    members: list[bool],
) -> Sample | None:
    """Return a sample that a customer without a key would have to be drawn for."""
    if all(part.name in customer.values for part in audience.key):
        return None
    for sample in samples:
        for cell in (channel.cells[i] for i in sample.cells):
            is_reached = not cell.parents or any(members[i] for i in cell.parents)
            if isinstance(cell.test, Share) and is_reached:
                return sample
    return None


def _defaults(audience: Audience) -> dict[str, Value]:
    return {a.name: a.default.value for a in audience.session if isinstance(a.default, Const)}
