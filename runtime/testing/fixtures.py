"""Customers of files that tests name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

from interact.compiler.core.interpret import Customer
from interact.compiler.core.nodes import Aggregate, Attr, Expr, RowField, walk
from interact.compiler.core.program import Channel, Program, channel_expressions
from interact.compiler.core.tests import Expectation, Fixture, OfferShown
from interact.runtime.inputs import Input, inputs_of
from interact.runtime.lookup import each_customer, find_customer


def customers_of(
    fixture: Fixture, program: Program, channel: Channel, expectations: Iterable[Expectation]
) -> Iterator[Customer]:
    """Yield the customers of a file that lies beside the test, or the one with the key.

    Args:
        channel: Cut down to what the expectations depend on.

    Raises:
        InteractError: There is no such file or customer, or the file does not fit.
    """
    path = os.path.join(os.path.dirname(fixture.span.file), fixture.file)
    read = [*channel_expressions(channel), *_attributes(program, channel, expectations)]
    inputs = _inputs(program, channel, read)
    if fixture.key:
        yield find_customer(path, inputs, fixture.key)
    else:
        yield from each_customer(path, inputs)


def _attributes(
    program: Program, channel: Channel, expectations: Iterable[Expectation]
) -> Iterator[Expr]:
    """Yield what the expected attributes of offers are made of."""
    for claim in (e.claim for e in expectations):
        if isinstance(claim, OfferShown):
            wanted = {name for name, _ in claim.attributes}
            rules = (rule for rule in channel.rules if rule.offer == claim.offer)
            attributes = (a for rule in rules for a in program.attributes_of(rule))
            yield from (a.value for a in attributes if a.name in wanted)


def _inputs(program: Program, channel: Channel, read: Iterable[Expr]) -> list[Input]:
    """Return the attributes of an audience, and which of them expressions read."""
    parts = [part for expr in read for part in walk(expr)]
    names = {part.name for part in parts if isinstance(part, Attr)}
    names |= {part.rows for part in parts if isinstance(part, Aggregate)}
    fields = {(part.rows, part.name) for part in parts if isinstance(part, RowField)}
    return [
        replace(
            found,
            is_read=found.role == "key" or found.name in names,
            fields=tuple(replace(f, is_read=(found.name, f.name) in fields) for f in found.fields),
        )
        for found in inputs_of(program.audience_of(channel), states=channel.states)
    ]
