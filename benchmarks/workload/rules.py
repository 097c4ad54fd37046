"""Segments and rules: what everybody decides, in no language yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from benchmarks.workload.customers import FLAGS, TEXTS, WHOLE

ZONES = 4
TOP = 3
"""Offers that a zone shows."""

CAP = 100.0
"""No score is higher."""

Test: TypeAlias = tuple[str, str, float | int]
"""A column, ``>=`` or ``<=``, and a number."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers who have the flag, if any, and pass all tests; without both, all others."""

    flag: str | None
    tests: tuple[Test, ...]


SEGMENTS = (
    Segment("optin", (("balance", ">=", 20_000.0), ("credit", ">=", 700))),
    Segment(None, (("balance", ">=", 8_000.0), ("products", ">=", 4))),
    Segment(None, (("churn", ">=", 0.8),)),
    Segment(None, (("tenure", "<=", 12),)),
    Segment(None, (("age", "<=", 25),)),
    Segment(None, (("income", ">=", 60_000.0),)),
    Segment(None, (("visits", ">=", 6),)),
    Segment(None, ()),
)
"""A customer is in the first that fits."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An offer in a zone, to customers of ``segments`` who have the flag and pass all tests.

    The score is ``min(CAP, base + (weight * column + weight * column))``.
    """

    zone: int
    segments: tuple[int, ...]
    tests: tuple[Test, Test, Test]
    flag: str
    text: str
    texts: tuple[str, ...]
    base: float
    terms: tuple[tuple[str, float], tuple[str, float]]


_RANGES = {
    "age": (18, 90),
    "tenure": (0, 360),
    "products": (0, 9),
    "credit": (300, 850),
    "visits": (0, 10),
    "apps": (0, 14),
    "balance": (500, 20_000),
    "income": (15_000, 90_000),
    "spend30": (50, 3_000),
    "spend90": (200, 6_000),
    "churn": (0, 1),
    "last": (20_000, 20_700),
}
_SCORED = ("products", "visits", "apps", "spend30", "churn")


def make_rules(count: int, seed: int = 1) -> tuple[Rule, ...]:
    """Return ``count`` rules, those of a zone together; their order breaks ties."""
    random = np.random.default_rng(seed)
    return tuple(_rule(number * ZONES // count, random) for number in range(count))


def _rule(zone: int, random: np.random.Generator) -> Rule:
    segments = sorted(random.choice(len(SEGMENTS), size=4, replace=False).tolist())
    columns = random.choice(list(_RANGES), size=3, replace=False).tolist()
    first, second, third = (_test(column, random) for column in columns)
    text = str(random.choice(list(TEXTS)))
    known = TEXTS[text]
    chosen = sorted(random.choice(len(known), size=max(2, len(known) // 2), replace=False).tolist())
    x, y = (_term(c, random) for c in random.choice(_SCORED, size=2, replace=False).tolist())
    return Rule(
        zone,
        tuple(segments),
        (first, second, third),
        str(random.choice(FLAGS)),
        text,
        tuple(known[i] for i in chosen),
        round(random.uniform(1, 60), 2),
        (x, y),
    )


def _test(column: str, random: np.random.Generator) -> Test:
    low, high = _RANGES[column]
    bound = low + (high - low) * random.uniform(0.1, 0.5)
    operator = ">=" if random.random() < 0.7 else "<="
    return column, operator, int(bound) if column in WHOLE else round(bound, 2)


def _term(column: str, random: np.random.Generator) -> tuple[str, float]:
    return column, round(random.uniform(0, 10) / _RANGES[column][1], 8)
