"""``text(x)``: the canonical spelling of every type, as text interpolation uses it."""

from __future__ import annotations

from decimal import Decimal

from interact.stdlib.builtin import Group
from interact.stdlib.calendar import civil, is_date, is_instant
from interact.stdlib.types import MICROSECONDS_PER_DAY

GROUP = Group("conversions")
builtin = GROUP.builtin

_UNITS = (
    (MICROSECONDS_PER_DAY, "day"),
    (3_600_000_000, "hour"),
    (60_000_000, "minute"),
    (1_000_000, "second"),
)


@builtin(
    "text(x: bool) -> text",
    examples=[
        ("text(42)", '"42"'),
        ("text(true)", '"true"'),
        ("text(2026-03-14)", '"2026-03-14"'),
        ("text(36 hours)", '"36 hours"'),
        ("text(null)", "null"),
    ],
)
def text_bool(x: bool) -> str:
    """Spell a value.

    Decimals show all their places, floats the fewest digits that give the same float, timestamps
    are ISO in UTC, and durations use the largest unit that divides them.
    """
    return "true" if x else "false"


@builtin("text(x: int) -> text")
def text_int(x: int) -> str:
    return str(x)


@builtin("text(x: decimal, unit x) -> text")
def text_decimal(x: int, unit: int) -> str:
    whole, rest = divmod(abs(x), unit)
    places = len(str(unit)) - 1
    fraction = f".{rest:0{places}}" if places else ""
    return f"{'-' if x < 0 else ''}{whole}{fraction}"


@builtin("text(x: float) -> text")
def text_float(x: float) -> str:
    plain = format(Decimal(repr(x + 0.0)), "f")  # -0.0 equals 0.0, and is spelled like it
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@builtin("text(x: text) -> text")
def text_text(x: str) -> str:
    return x


@builtin("text(x: date) -> text")
def text_date(x: int) -> str | None:
    if not is_date(x):
        return None
    year, month, day = civil(x)
    return f"{year:04}-{month:02}-{day:02}"


@builtin("text(x: timestamp) -> text")
def text_timestamp(x: int) -> str | None:
    if not is_instant(x):
        return None
    date, time = divmod(x, MICROSECONDS_PER_DAY)
    seconds, rest = divmod(time, 1_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text_date(date)}T{clock}{_fraction(rest)}Z"


@builtin("text(x: duration) -> text")
def text_duration(x: int) -> str:
    for size, unit in _UNITS:
        if x % size == 0 and x != 0:
            return f"{x // size} {unit}{'' if abs(x) == size else 's'}"
    whole, rest = divmod(abs(x), 1_000_000)
    return f"{'-' if x < 0 else ''}{whole}{_fraction(rest)} seconds"


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06}".rstrip("0") if microseconds else ""
