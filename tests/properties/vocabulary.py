"""What generated programs and customers are made of: values with an edge, and words."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import INT_MAX, INT_MIN, MICROSECONDS_PER_DAY, Kind, Value

DAY = MICROSECONDS_PER_DAY
WORDS = (
    "gold", "Gold card", "", " ", "silver", "GOLD", "straße", "ÄÖÜ", "日本語", "e\u0301", "🎉 x",
    "a_b%c", "back\\slash", 'quo"te', "tab\tline\n", " 12 ", "-3.5", "1e3", "2026-03-14",
    "2026-03-14T15:09:26Z", "true", "no", "a;b;c", "null", "İ", "x" * 40, "\u0000", "0",
)  # fmt: skip
SIZES = (1, 2, 3, 31, 32, 33, 63, 64, 65, 126, 127, 128, 129, 130, 300)
"""Numbers of distinct texts at which the kernels change their way."""

INTS = (0, 1, -1, 2, 3, 5, -7, 10, 18, 65, 100, 650, 10_000, 2**31 - 1, -(2**31), 2**31)
WIDE_INTS = (2**53 + 1, -(2**53) - 1, 10**18, INT_MAX, INT_MIN, INT_MAX - 1, INT_MIN + 1)
FLOATS = (0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.5, 0.1, 0.8, 100.0, 1e-9, 1e9, 12345.678, -99.99)
WIDE_FLOATS = (1e308, -1e308, 5e-324, 2.0**63, -(2.0**63), 2.0**53, 709.8, 1e22)
INFINITE = (math.inf, -math.inf)


def words(size: int) -> tuple[str, ...]:
    """Return ``size`` distinct texts, the interesting ones first."""
    return (WORDS + tuple(f"word {i}" for i in range(size)))[:size]


def any_int(chance: random.Random) -> int:
    if chance.random() < 0.1:
        return chance.choice(WIDE_INTS)
    if chance.random() < 0.5:
        return chance.choice(INTS)
    return chance.randrange(-1000, 1000)


def small_int(chance: random.Random) -> int:
    """Return an int that fits in 32 bits."""
    return chance.choice((chance.randrange(-200, 200), chance.choice(INTS[:-1])))


def any_float(chance: random.Random) -> float:
    if chance.random() < 0.1:
        return chance.choice(WIDE_FLOATS)
    if chance.random() < 0.5:
        return chance.choice(FLOATS)
    return round(chance.uniform(-100, 100), chance.randrange(5))


def any_day(chance: random.Random, today: int) -> int:
    if chance.random() < 0.15:
        return chance.choice((FIRST_DAY, LAST_DAY, FIRST_DAY - 1, LAST_DAY + 1, -1, 0, 59, 11_016))
    if chance.random() < 0.05:
        return chance.choice((2**31 - 1, -(2**31)))
    return today + chance.choice((0, 0, 1, -1, -7, -30, -365, chance.randrange(-9_000, 900)))


def any_instant(chance: random.Random, today: int) -> int:
    if chance.random() < 0.1:
        return chance.choice((FIRST_INSTANT, LAST_INSTANT, FIRST_INSTANT - 1, INT_MIN, INT_MAX))
    days = min(max(any_day(chance, today), -(10**8)), 10**8)
    return days * DAY + chance.choice((0, 1, DAY - 1, chance.randrange(DAY)))


def any_duration(chance: random.Random) -> int:
    if chance.random() < 0.1:
        return chance.choice(WIDE_INTS)
    return chance.choice(
        (0, DAY, -DAY, 30 * DAY, 3_600_000_000, 1, chance.randrange(-99, 99) * DAY)
    )


Draw = Callable[[random.Random, int], Value]
DRAWS: dict[Kind, Draw] = {
    Kind.BOOL: lambda chance, today: chance.random() < 0.5,
    Kind.INT: lambda chance, today: any_int(chance),
    Kind.FLOAT: lambda chance, today: any_float(chance),
    Kind.DECIMAL: lambda chance, today: any_int(chance) * chance.choice((1, 1, 10, 100)) % 2**62,
    Kind.DATE: any_day,
    Kind.TIMESTAMP: any_instant,
    Kind.DURATION: lambda chance, today: any_duration(chance),
}
"""How a value of a kind is drawn; texts come from the vocabulary of their attribute."""
