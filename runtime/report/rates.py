"""Rates with their uncertainty, and whether two of them differ by more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z95 = 1.959963984540054
_FEW = 5
_ROUNDING = 1e-7


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

    The interval is Newcombe's, of two Wilson intervals; the test is the pooled z-test, and Fisher's
    exact one where less than five of anything are expected.

    >>> found = difference(120, 1000, 90, 1000)
    >>> round(found.value, 3), round(found.lift, 3), round(found.chance, 3)
    (0.03, 0.333, 0.029)
    >>> round(difference(3, 3, 0, 3).chance, 3)
    0.1
    """
    first, second = rate(successes, trials), rate(base, base_trials)
    if first is None or second is None:
        return None
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    chance = _chance(successes, trials, base, base_trials)
    lift = value / second.value if second.value else None
    return Difference(value, value - below, value + above, lift, chance)


def _chance(successes: int, trials: int, base: int, base_trials: int) -> float:
    whole, hits = trials + base_trials, successes + base
    expected = min(trials, base_trials) * min(hits, whole - hits) / whole
    if expected < _FEW:
        return _exact(successes, trials, base_trials, hits)
    share = hits / whole
    error = math.sqrt(share * (1 - share) * (1 / trials + 1 / base_trials))
    return math.erfc(abs(successes / trials - base / base_trials) / error / math.sqrt(2))


def _exact(successes: int, trials: int, base_trials: int, hits: int) -> float:
    """Return the probability of all divisions of the hits that are no more probable than this.

    Source: R. A. Fisher, The Design of Experiments, 1935.
    """

    def weight(mine: int) -> float:
        return _log_choose(trials, mine) + _log_choose(base_trials, hits - mine)

    seen = weight(successes) + _ROUNDING
    among = range(max(0, hits - base_trials), min(hits, trials) + 1)
    likely = min(max(hits * trials // (trials + base_trials), among[0]), among[-1])
    most = max(weight(likely), weight(successes))
    total = sum(math.exp(weight(n) - most) for n in among)
    return min(sum(math.exp(w - most) for n in among if (w := weight(n)) <= seen) / total, 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
