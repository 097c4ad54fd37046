"""Write customers of the retail bank: made up, but as lumpy as real ones.

``python make_customers.py`` writes the 5,000 customers that lie beside it, again and the same.
``--customers N --out FILE`` writes as many as you like.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20261124
TODAY = (date(2026, 11, 24) - date(1970, 1, 1)).days
HERE = Path(__file__).parent
CHUNK = 200_000

NAMES = [
    "Ada", "Ahmed", "Aisha", "Alba", "Amir", "Ana", "Anton", "Bela", "Ben", "Carla", "Chen",
    "Clara", "Dan", "Dina", "Elena", "Emil", "Emma", "Eva", "Farid", "Femi", "Finn", "Gita",
    "Hana", "Hugo", "Ida", "Igor", "Ines", "Ivan", "Jana", "Joan", "Jonas", "Jun", "Kai", "Kemal",
    "Lea", "Leo", "Lin", "Luca", "Maja", "Malik", "Mara", "Marc", "Mina", "Nadia", "Nils", "Noor",
    "Olga", "Omar", "Pia", "Priya", "Rafa", "Rosa", "Sami", "Sofia", "Tara", "Theo", "Uma",
    "Vera", "Wei", "Yara", "Zoe",
]  # fmt: skip
INTERESTS = ["travel", "home", "sport", "technology", "family", "savings", "none"]
INTEREST_SHARES = [0.14, 0.17, 0.11, 0.16, 0.13, 0.09, 0.20]
PRODUCTS = ["savings", "brokerage", "card", "loan", "mortgage"]
PRODUCT_SHARES = [0.36, 0.12, 0.27, 0.15, 0.10]
TYPICAL_BALANCE = [4_500, 14_000, 700, 5_200, 140_000]


def decimals(cents: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return whole cents as an Arrow decimal with two places."""
    words = np.stack([cents, cents >> 63], axis=1).astype("<i8")
    valid = None if missing is None else pa.array(~missing).buffers()[1]
    return pa.Array.from_buffers(
        pa.decimal128(12, 2), len(cents), [valid, pa.py_buffer(words.tobytes())]
    )


def days(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return days since 1970 as dates."""
    return pa.array(values.astype("int32"), pa.date32(), mask=missing)


def texts(codes: np.ndarray, values: list[str]) -> pa.Array:
    """Return codes into ``values`` as texts in a dictionary."""
    return pa.DictionaryArray.from_arrays(codes.astype("int8"), pa.array(values))


def make_accounts(random: np.random.Generator, since: np.ndarray) -> pa.Array:
    """Return a list of accounts for each customer, opened since the customer came."""
    counts = random.poisson(2.1, len(since))
    offsets = np.concatenate([[0], np.cumsum(counts)])
    total = int(offsets[-1])
    product = random.choice(len(PRODUCTS), total, p=PRODUCT_SHARES)
    cents = np.take(TYPICAL_BALANCE, product) * random.lognormal(-0.3, 0.9, total) * 100
    came = np.repeat(since, counts)
    opened = came + (random.random(total) * (TODAY - came)).astype(int)
    late = (random.random(total) < 0.06) & np.isin(product, (2, 3, 4))
    rows = pa.StructArray.from_arrays(
        [
            texts(product, PRODUCTS),
            decimals(cents.astype(np.int64), random.random(total) < 0.02),
            days(opened),
            pa.array(np.where(late, random.integers(1, 120, total), 0).astype("int16")),
        ],
        names=["product", "balance", "opened", "overdue"],
    )
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)


def make_customers(count: int, first_id: int, random: np.random.Generator) -> pa.Table:
    """Return ``count`` customers, numbered from ``first_id``."""
    born = TODAY - (random.gamma(9, 2.6, count) + 18).clip(18, 95) * 365.25
    since = np.maximum(born + 16 * 365.25, TODAY - random.exponential(3_000, count) - 20)
    wealth = random.normal(0, 1, count)
    income = np.exp(8.1 + 0.45 * wealth + random.normal(0, 0.3, count)) * 100
    balance = np.exp(7.4 + 1.1 * wealth + random.normal(0, 0.6, count)) * 100 - 35_000
    score = (655 + 60 * wealth + random.normal(0, 45, count)).clip(300, 850)
    churn = random.beta(1.4, 2.2, count)
    last_login = TODAY - random.exponential(30 + 120 * churn)
    return pa.table(
        {
            "customer_id": pa.array(np.arange(first_id, first_id + count)),
            "first_name": texts(random.integers(0, len(NAMES), count), NAMES),
            "birth_date": days(born, random.random(count) < 0.03),
            "customer_since": days(since),
            "balance": decimals(balance.astype(np.int64)),
            "monthly_income": decimals(income.astype(np.int64), random.random(count) < 0.12),
            "credit_score": pa.array(score.astype("int16"), mask=random.random(count) < 0.08),
            "churn_risk": pa.array(churn.round(3)),
            "card_affinity": pa.array(random.beta(2, 2, count).round(3)),
            "interest": texts(random.choice(len(INTERESTS), count, p=INTEREST_SHARES), INTERESTS),
            "opted_in": pa.array(random.random(count) < 0.7),
            "last_login": days(last_login, random.random(count) < 0.1),
            "accounts": make_accounts(random, since.astype(int)),
        }
    )


def main() -> None:
    """Write the file chunk by chunk, so that memory does not grow with it."""
    arguments = argparse.ArgumentParser(description="Write customers of the retail bank.")
    arguments.add_argument("--customers", type=int, default=5_000, metavar="N")
    arguments.add_argument("--out", type=Path, default=HERE / "customers.parquet", metavar="FILE")
    chosen = arguments.parse_args()
    random = np.random.default_rng(SEED)
    schema = make_customers(1, 1, np.random.default_rng(SEED)).schema
    with pq.ParquetWriter(chosen.out, schema, compression="zstd") as file:
        for start in range(0, chosen.customers, CHUNK):
            count = min(CHUNK, chosen.customers - start)
            file.write_table(make_customers(count, start + 1, random))
    print(f"{chosen.customers:,} customers in {chosen.out}")


if __name__ == "__main__":
    main()
