"""A table of customers: 20 columns, some with nulls, four texts in dictionaries."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEY = "id"
FLAGS = ("mortgage", "card", "optin")
TEXTS = {
    "region": tuple(f"R{i}" for i in range(10)),
    "state": tuple(f"S{i}" for i in range(50)),
    "pref": tuple(f"P{i}" for i in range(4)),
    "risk": tuple(f"K{i}" for i in range(5)),
}
NULLS = {"age": 0.02, "tenure": 0.02, "credit": 0.02, "balance": 0.02, "income": 0.1, "last": 0.02}
"""The share of nulls of each column that has some."""

WHOLE = ("age", "tenure", "products", "credit", "visits", "apps", "last")
FLOATS = ("balance", "income", "spend30", "spend90", "churn")


def make_customers(count: int, seed: int = 0) -> pa.Table:
    """Return ``count`` customers, the same for the same seed."""
    random = np.random.default_rng(seed)
    columns: dict[str, Any] = {KEY: pa.array(np.arange(count, dtype=np.int64))}
    for name, values in _numbers(random, count).items():
        missing = random.random(count) < NULLS[name] if name in NULLS else None
        columns[name] = pa.array(values, mask=missing)
    for name, share in zip(FLAGS, (0.3, 0.6, 0.8), strict=True):
        columns[name] = pa.array(random.random(count) < share)
    for name, texts in TEXTS.items():
        codes = random.integers(0, len(texts), count).astype(np.int32)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(texts))
    return pa.table(columns)


def _numbers(random: np.random.Generator, count: int) -> dict[str, npt.NDArray[Any]]:
    whole = {
        "age": random.integers(18, 90, count),
        "tenure": random.integers(0, 360, count),
        "products": random.integers(0, 9, count),
        "credit": random.integers(300, 850, count),
        "visits": random.poisson(4, count),
        "apps": random.poisson(7, count),
        "last": 20_000 + random.integers(0, 700, count),
    }
    floats = {
        "balance": random.lognormal(8, 1.5, count),
        "income": random.lognormal(10.5, 0.6, count),
        "spend30": random.lognormal(6, 1, count),
        "spend90": random.lognormal(7, 1, count),
        "churn": random.random(count),
    }
    return {name: values.astype(np.int32) for name, values in whole.items()} | floats
