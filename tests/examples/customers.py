"""Rows of a customer file as the interpreter's customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from interact.compiler.core.interpret import Customer
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Attribute, Audience
from interact.stdlib.types import Kind, Type, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def customers_of(table: Any, audience: Audience) -> Iterator[Customer]:
    """Yield each row of an Arrow table with its values in the form of their declared types.

    Session attributes without a column have their defaults, as in a batch.
    """
    defaults = {a.name: a.default.value for a in audience.session if isinstance(a.default, Const)}
    for record in table.to_pylist():
        given = [a for a in audience.session if a.column in record]
        values = _record(record, (*audience.key, *audience.profile, *given))
        rows = {
            r.name: [_record(row or {}, r.fields) for row in record[r.column] or ()]
            for r in audience.rows
        }
        yield Customer({**defaults, **values}, rows)


def _record(record: Mapping[str, Any], attributes: Sequence[Attribute]) -> dict[str, Value]:
    return {a.name: machine_form(record.get(a.column), a.type) for a in attributes}


def machine_form(value: Any, declared: Type) -> Value:
    """Return a value that Arrow read as the language computes with it."""
    if value is None:
        return None
    match declared.kind:
        case Kind.INT:
            return int(value)
        case Kind.FLOAT:
            return float(value)
        case Kind.DECIMAL:
            scaled = Decimal(value).scaleb(declared.scale)
            return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))
        case Kind.DATE:
            return int((value - date(1970, 1, 1)).days)
        case Kind.TIMESTAMP:
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return int((moment - EPOCH) / MICROSECOND)
        case Kind.DURATION:
            return int(value / MICROSECOND)
        case _:
            return value  # type: ignore[no-any-return]
