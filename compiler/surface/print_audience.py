"""Audiences as text."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.surface.ast import Audience, Field, Many
from interact.compiler.surface.layout import Lines, block, flat, items, optional, separator
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_part import print_type


def print_audience(audience: Audience) -> Lines:
    body: list[str] = []
    if len(audience.key) == 1:
        body += _key(audience)
    elif audience.key:
        body += block("key", print_fields(audience.key))
    if audience.profile:
        body += block("profile", print_fields(audience.profile))
    body += flat(map(_many, audience.many))
    if audience.session:
        body += block("session", print_fields(audience.session))
    return block(f"audience {audience.name.text}{optional(' ', audience.doc)}", body)


def _key(audience: Audience) -> Lines:
    """Yield a key of one field, set off from rows whose name could be taken for a clause."""
    is_followed = audience.many and not audience.profile
    mark = separator(audience.many[0].name.text if is_followed else "")
    for line in print_fields(audience.key):
        yield f"key {line}{mark}"


def _many(many: Many) -> Lines:
    notes = optional(" from ", many.column) + optional(" ", many.doc)
    return block(f"{many.name.text}: many{notes}", print_fields(many.fields))


def print_fields(fields: Sequence[Field]) -> Lines:
    return items(fields, lambda field: f"{field.name.text}:", _field)


def _field(field: Field) -> str:
    default = "" if field.default is None else f" = {print_expression(field.default)}"
    notes = optional(" from ", field.column) + optional(" ", field.doc)
    return print_type(field.type) + default + notes
