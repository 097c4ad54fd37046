"""Whether interpreter and kernels agree on a program, given as text, and on customers.

What a failed property prints calls ``disagreements``; so do the cases of ``test_found.py``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.properties.cases import Subject
from tests.properties.programs import Generated, built_from_text
from tests.properties.schema import FieldSpec, Schema

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.interpret import Customer, Moment, Record
from interact.compiler.core.program import Attribute, Program
from interact.stdlib.types import INT, TEXT, Value

FORMS = 6
"""How often the batch of the customers is made, each time in other lanes."""
LENGTHS = (1, 64, 65, 1025, 0)


def disagreements(
    text: str, customers: Sequence[Customer], now: int, store: KernelStore
) -> tuple[str, ...]:
    """Return how the kernels' answers differ, for the first form of a batch in which they do."""
    generated = built_from_text(text, Moment(now))
    schema = schema_of(generated.program, customers)
    return tried(Generated(generated.module, text, generated.program, schema, Moment(now)),
                 customers, store)  # fmt: skip


def tried(
    generated: Generated, customers: Sequence[Customer], store: KernelStore
) -> tuple[str, ...]:
    """Try customers as batches of several lengths and forms, and one by one."""
    subject, moment = Subject.of(generated, store), generated.moment
    decisions = subject.decide(customers, moment)
    lengths = LENGTHS if len(customers) == 1 else (len(customers),)
    for form in range(FORMS):
        rows = [i % len(customers) for i in range(lengths[form % len(lengths)])]
        batch, expected = [customers[i] for i in rows], [decisions[i] for i in rows]
        what = subject.try_batch(random.Random(form), batch, expected, moment)
        if what:
            return what
    found = subject.try_single(customers, decisions, moment, 3)
    return next((what for _, what in found), ())


def schema_of(program: Program, customers: Sequence[Customer]) -> Schema:
    """Return the attributes of a program's first audience, with the texts that customers have."""
    audience = program.audiences[0]
    records = [c.values for c in customers]
    key, profile, session = (
        tuple(_spec(a, records) for a in group)
        for group in (audience.key, audience.profile, audience.session)
    )
    rows = {
        many.name: tuple(
            _spec(f, [r for c in customers for r in c.rows.get(many.name, ())]) for f in many.fields
        )
        for many in audience.rows
    }
    return Schema(key, profile, session, rows)


def _spec(attribute: Attribute, records: Sequence[Record]) -> FieldSpec:
    values = [record.get(attribute.name) for record in records]
    texts = tuple(dict.fromkeys(v for v in values if isinstance(v, str)))
    small = attribute.type == INT and all(map(_is_small, values))
    return FieldSpec(attribute.name, attribute.type, attribute.nullable, 0.0, small,
                     (texts or ("",)) if attribute.type == TEXT else ("",))  # fmt: skip


def _is_small(value: Value) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31
