"""Chance as a hash: a customer falls into the same sample on every host, in batch and session.

The hash is SplitMix64 as a sponge: ``mix`` adds the golden gamma to a 64-bit state and scrambles
it; each part of a key is XORed into the state between two steps. The top 53 bits are the result,
so that dividing by 2**53 is an exact float in [0, 1).

Source:
    Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
"""

from __future__ import annotations

from collections.abc import Iterable

_ALL = (1 << 64) - 1
BITS = 53
"""Bits of a hash."""


def mix(state: int) -> int:
    """One step of SplitMix64 on a 64-bit state.

    >>> hex(mix(0))
    '0xe220a8397b1dcdaf'
    """
    z = (state + 0x9E3779B97F4A7C15) & _ALL
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _ALL
    return z ^ (z >> 31)


def hash_int(key: int, seed: int) -> int:
    """Hash a 64-bit integer key to [0, 2**53).

    A key of several parts chains: the hash of one part is the seed of the next.

    >>> hash_int(42, 0), hash_int(-1, 7)
    (2730533576063469, 5969443732830338)
    """
    return mix(mix(seed & _ALL) ^ (key & _ALL)) >> (64 - BITS)


def hash_text(key: str, seed: int) -> int:
    """Hash a text key, by the 8-byte little-endian pieces of its UTF-8, then its length in bytes.

    >>> hash_text("ann", 0), hash_text("", 0)
    (2130247007484828, 1249383295688599)
    """
    data = key.encode()
    state = mix(seed & _ALL)
    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        state = mix(state ^ int.from_bytes(data[start : start + 8], "little"))
    state = mix(state ^ int.from_bytes(data[whole:], "little"))
    return mix(state ^ len(data)) >> (64 - BITS)


def seed_of(name: str) -> int:
    """The seed that a name stands for, such as the ``"2026-h1"`` of a sample.

    >>> seed_of("2026-h1") == hash_text("2026-h1", 0)
    True
    """
    return hash_text(name, 0)


def customer_hash(seed: str, key: Iterable[int | str]) -> int:
    """Hash a customer's key, of ints (dates are ints) and texts, under the seed of a sample.

    >>> customer_hash("2026-h1", (7, "x")) == hash_text("x", hash_int(7, seed_of("2026-h1")))
    True
    """
    state = seed_of(seed)
    for part in key:
        state = hash_text(part, state) if isinstance(part, str) else hash_int(part, state)
    return state
