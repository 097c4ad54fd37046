"""The value types of the language and the form in which values are computed.

A value is held as a plain Python object by the interpreter and as one lane of a block by the
kernels; both use the same *machine form*, so that a constant, a cell of a column and a result
compare without conversion:

===========  ==================  ========================================
type         machine form        unit
===========  ==================  ========================================
bool         bool                a bit
int          int                 64 bit
float        float               never NaN: NaN is null
decimal(s)   int                 value times 10**s, 64 bit
text         str                 a code into a dictionary, in kernels
enumeration   str                 as a text, which the compiler makes of it
date         int                 days since 1970-01-01
timestamp    int                 microseconds since 1970-01-01T00:00Z
duration     int                 microseconds
===========  ==================  ========================================
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from interact.stdlib.records import record

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
MAX_SCALE = 9
MICROSECONDS_PER_DAY = 86_400_000_000

Value: TypeAlias = bool | int | float | str | None


class Kind(StrEnum):
    """What sort of value a type describes."""

    __hash__ = str.__hash__  # that of enumerations is a Python function

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    ENUM = "enumeration"
    """A member of a declared enumeration, until the compiler makes it the text that it is."""
    NULL = "null"
    """The bare literal ``null``, before its context gives it a type."""
    FRACTION = "fraction"
    """A literal such as ``0.5``, before its context makes it a decimal or a float."""
    ERROR = "error"
    """What an expression has when a diagnostic has already been given for it."""


@record
class Type:
    """A value type. ``scale`` is the number of decimal places and only decimals have one."""

    kind: Kind
    scale: int = 0

    def __str__(self) -> str:
        return f"decimal({self.scale})" if self.kind is Kind.DECIMAL else self.kind.value

    @property
    def is_numeric(self) -> bool:
        return self.kind in (Kind.INT, Kind.FLOAT, Kind.DECIMAL, Kind.FRACTION)

    @property
    def is_integral(self) -> bool:
        """Whether the machine form is a 64-bit integer beside a validity mask."""
        return self.kind in _INTEGRAL


@record
class EnumType(Type):
    """An enumeration: its members in order, and the text that stands for each in data."""

    name: str = ""
    members: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


_INTEGRAL = frozenset({Kind.INT, Kind.DECIMAL, Kind.DATE, Kind.TIMESTAMP, Kind.DURATION})

BOOL = Type(Kind.BOOL)
INT = Type(Kind.INT)
FLOAT = Type(Kind.FLOAT)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)
TIMESTAMP = Type(Kind.TIMESTAMP)
DURATION = Type(Kind.DURATION)
NULL = Type(Kind.NULL)
ERROR = Type(Kind.ERROR)


def decimal(scale: int) -> Type:
    """Return the decimal type with ``scale`` places."""
    return Type(Kind.DECIMAL, scale)
