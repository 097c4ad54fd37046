"""Parameters of calls: name, value and type, as machine values of declared attributes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from interact.compiler.core.program import Attribute
from interact.runtime.errors import DataError
from interact.runtime.host.results import NameValue, ParameterType
from interact.runtime.host.wishes import RESERVED
from interact.runtime.values import to_machine
from interact.stdlib.types import Kind, Value

MOST_TEXT: Final = 1 << 15
"""Characters of a value that a call can send."""
_MOST_DIGITS: Final = 20
_NUMBER: Final = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*", re.I)
_EXACT: Final = 2**53
_TRUE, _FALSE = ("true", "1", "yes", "y"), ("false", "0", "no", "n")


def reserved(parameters: Sequence[NameValue]) -> Mapping[str, object]:
    """Return the reserved parameters by name in small letters.

    >>> reserved([NameValue("UACIOfferTrackingCode", "t1", "string")])
    {'uacioffertrackingcode': 't1'}
    """
    found = {p.name.lower(): p.value for p in parameters}
    return {name: value for name, value in found.items() if name.startswith(RESERVED)}


def machine_value(attribute: Attribute, value: object) -> Value:
    """Return a parameter's value as its attribute is declared.

    Raises:
        DataError: It is not of that type, or too long.
    """
    if isinstance(value, str) and len(value) > MOST_TEXT:
        raise DataError(f"{attribute.name} has more than {MOST_TEXT:,} characters")
    convert = to_machine(attribute.name, attribute.type)
    try:
        return convert(_as_declared(attribute.type.kind, value))
    except (ValueError, InvalidOperation, DataError) as error:
        raise DataError(
            f"{attribute.name} is declared {attribute.type}, and {value!r:.60} is not one"
        ) from error


def wire_type(kind: Kind) -> ParameterType:
    """Return how the API types values of a kind.

    >>> wire_type(Kind.DECIMAL), wire_type(Kind.DATE), wire_type(Kind.BOOL)
    ('numeric', 'datetime', 'string')
    """
    if kind in (Kind.INT, Kind.FLOAT, Kind.DECIMAL):
        return "numeric"
    return "datetime" if kind in (Kind.DATE, Kind.TIMESTAMP) else "string"


def _as_declared(kind: Kind, value: object) -> object:
    """Return what clients send, numbers as texts included, as ``to_machine`` takes it."""
    if value is None:
        return None
    match kind:
        case Kind.BOOL:
            return _truth(value)
        case Kind.TEXT:
            return _told(value)
        case Kind.INT:
            return _whole(number_text(value)) if isinstance(value, str) else value
        case Kind.FLOAT:
            return _finite(number_text(value)) if isinstance(value, str) else _finite(value)
        case Kind.DECIMAL:
            return Decimal(number_text(value) if isinstance(value, str) else str(value))
        case Kind.DATE:
            return _day(value)
        case Kind.TIMESTAMP:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        case _:
            return value


def number_text(text: str) -> str:
    """Return a text that is a number, in the digits and signs that other languages know, too.

    Raises:
        ValueError: It is none.
    """
    if _NUMBER.fullmatch(text) is None:
        raise ValueError
    return text


def _finite(value: Any) -> float:
    number = float(value)
    if math.isinf(number):
        raise ValueError
    return number


def _whole(text: str) -> int:
    """Return a whole number; one of a billion digits is refused before it is one."""
    exact = Decimal(text)
    if exact.adjusted() > _MOST_DIGITS:
        raise ValueError
    return int(exact)


def _told(value: object) -> str:
    """Return a value as a text; a whole number without a point."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return str(int(value)) if is_whole and isinstance(value, float) else str(value)


def _truth(value: object) -> bool:
    told = str(value).lower().removesuffix(".0")
    if told not in (*_TRUE, *_FALSE):
        raise ValueError
    return told in _TRUE


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else datetime.fromisoformat(str(value)).date()
