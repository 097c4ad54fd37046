"""Rates with their uncertainty, and whether two of them differ by more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """Successes of trials: the rate, and the bounds of its 95 % confidence interval."""

    value: float
    low: float
    high: float


def rate(successes: int, trials: int) -> Rate | None:
    """Return a rate with the interval of Wilson, which holds for few trials too; None for none.

    Source: E. B. Wilson, Probable Inference, 1927.

    >>> found = rate(10, 100)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.1, 0.055, 0.174)
    >>> rate(0, 0) is None
    True
    """
    if trials <= 0:
        return None
    share, z2 = successes / trials, _Z95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    spread = share * (1 - share) / trials + z2 / (4 * trials**2)
    half = _Z95 * math.sqrt(max(spread, 0.0)) / (1 + z2 / trials)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Rate(share, min(low, share), max(high, share))  # rounding must not part them


@dataclass(frozen=True, slots=True)
class Difference:
    """What one rate is above another.

    Attributes:
        value: The first less the second, between ``low`` and ``high`` with 95 % confidence.
        lift: The difference as a part of the second; None when that is zero.
        chance: How probable a difference of this size is when there is none (two-sided).
    """

    value: float
    low: float
    high: float
    lift: float | None
    chance: float


def difference(successes: int, trials: int, base: int, base_trials: int) -> Difference | None:
    """Compare two rates; None when one has no trials.

    The interval is Newcombe's, of two Wilson intervals; the test is the pooled z-test.

    >>> found = difference(120, 1000, 90, 1000)
    >>> round(found.value, 3), round(found.lift, 3), round(found.chance, 3)
    (0.03, 0.333, 0.029)
    """
    first, second = rate(successes, trials), rate(base, base_trials)
    if first is None or second is None:
        return None
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    pooled = (successes + base) / (trials + base_trials)
    error = math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / base_trials))
    chance = 1.0 if error == 0 else math.erfc(abs(value) / error / math.sqrt(2))
    lift = value / second.value if second.value else None
    return Difference(value, value - below, value + above, lift, chance)
