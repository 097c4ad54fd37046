"""The order of candidates: one sortable 64-bit key."""

from __future__ import annotations

import math
import struct

MAX_RANK = 0xFFFF
"""The largest rank; a channel has at most so many rules."""

FACTORS = (0x9E3B, 0xD1B5, 0xA52D)
"""Odd, and so without a common factor with 65536."""
_SIGN = 1 << 63
_ALL = (1 << 64) - 1


def sort_key(score: float, rank: int, pinned: bool) -> int:
    """The key of a candidate: the larger one wins; 0 is no candidate.

    From the highest bit: 1 bit for a pinned offer, the 47 leading bits of the score (as an
    unsigned number in the order of the floats: some ten digits), 16 bits that favour the lower
    rank, which is the order of declaration. Scores equal in those digits tie; -0.0 ties with 0.0.

    Args:
        score: A score; only finite scores are candidates.
        rank: 0 to 65535.
        pinned: Pinned offers come before all others.

    >>> sort_key(80.0, 1, False) > sort_key(79.99, 0, False) > sort_key(-1.0, 0, False) > 0
    True
    >>> sort_key(80.0, 0, False) > sort_key(80.0, 1, False)
    True
    >>> sort_key(-5.0, 9, True) > sort_key(1e300, 0, False)
    True
    >>> sort_key(math.inf, 0, True)
    0
    """
    if not math.isfinite(score):
        return 0
    bits: int
    (bits,) = struct.unpack("<Q", struct.pack("<d", score + 0.0))
    image = bits ^ (_ALL if bits & _SIGN else _SIGN)
    return (pinned << 63) | (image >> 17 << 16) | (0xFFFF - rank)


def shuffled(rank: int, chance: int) -> int:
    """The place of a rank in an order by chance: a permutation of 0 to 65535 for each ``chance``.

    Args:
        rank: 0 to 65535.
        chance: A hash of 53 bits.

    >>> sorted(shuffled(rank, 42) for rank in range(65536)) == list(range(65536))
    True
    """
    for step, factor in enumerate(FACTORS):
        rank ^= (chance >> 16 * step) & 0xFFFF
        rank = rank * factor & 0xFFFF
        rank ^= rank >> 8
    return rank


def key_rank(key: int) -> int:
    """The rank in a key.

    >>> key_rank(sort_key(80.0, 12, False))
    12
    """
    return 0xFFFF - (key & 0xFFFF)
