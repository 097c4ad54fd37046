"""Hash kernels against their definition in plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from interact.stdlib.chance import hash_int, hash_text, seed_of

SEED = 0xFFFF_0123_4567_89AB
TEXTS = ["", "a", "seven77", "eight888", "nine99999", "grün", "日本語のテキスト", "x" * 33]


def test_int_keys(kernels: Any, rng: Any, words: int) -> None:
    keys = rng.choice(np.array([0, 1, -1, 2**63 - 1, -(2**63), 42], np.int64), 64 * words)
    out, chained = np.empty(64 * words, np.int64), np.empty(64 * words, np.int64)
    kernels("hash.i64", keys, SEED, out, words=words)
    assert out.tolist() == [hash_int(int(k), SEED) for k in keys]
    kernels("hash.i64.chain", keys, out, chained, words=words)
    assert chained.tolist() == [hash_int(int(k), int(h)) for k, h in zip(keys, out, strict=True)]


def test_text_keys(kernels: Any, rng: Any, words: int) -> None:
    texts = [TEXTS[i] for i in rng.integers(0, len(TEXTS), 64 * words)]
    pieces = [t.encode() for t in texts]
    offsets = np.cumsum([0, *map(len, pieces)]).astype(np.int64)
    data = np.frombuffer(b"".join(pieces) + b"?", np.uint8)
    out, chained = np.empty(64 * words, np.int64), np.empty(64 * words, np.int64)
    kernels("hash.text", offsets, data, SEED, out, words=words)
    assert out.tolist() == [hash_text(t, SEED) for t in texts]
    kernels("hash.text.chain", offsets, data, out, chained, words=words)
    assert chained.tolist() == [hash_text(t, int(h)) for t, h in zip(texts, out, strict=True)]


def test_hashes_spread_evenly_and_differ_by_seed() -> None:
    shares = [hash_int(i, seed_of("2026-h1")) / 2**53 for i in range(4000)]
    assert 0.45 < sum(shares) / 4000 < 0.55
    assert 300 < sum(s < 0.1 for s in shares) < 500
    assert hash_int(1, seed_of("a")) != hash_int(1, seed_of("b"))
