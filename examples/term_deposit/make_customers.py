"""Write made-up customers in the schema of the UCI Bank Marketing data.

The shares of jobs, loans and outcomes resemble those of the published set; no row of it is here.
``python make_customers.py [--customers N] [--out FILE]`` writes the same rows every time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 62
HERE = Path(__file__).parent
Random = np.random.Generator

JOBS = {
    "blue-collar": 21, "management": 21, "technician": 17, "admin.": 11, "services": 9,
    "retired": 5, "self-employed": 4, "entrepreneur": 3, "unemployed": 3, "housemaid": 3,
    "student": 2, "unknown": 1,
}  # fmt: skip
MONTHS = {
    "may": 30, "jul": 15, "aug": 14, "jun": 12, "nov": 9, "apr": 6, "feb": 6, "jan": 3,
    "oct": 2, "sep": 1, "mar": 1, "dec": 1,
}  # fmt: skip
MARITAL = {"married": 60, "single": 28, "divorced": 12}
EDUCATION = {"secondary": 51, "tertiary": 29, "primary": 15, "unknown": 5}
CONTACT = {"cellular": 65, "unknown": 29, "telephone": 6}
OUTCOMES = {"failure": 60, "other": 22, "success": 18}


def pick(random: Random, shares: dict[str, int], count: int) -> np.ndarray:
    """Draw texts with the given shares."""
    weights = np.array(list(shares.values()), float)
    return random.choice(list(shares), count, p=weights / weights.sum())


def yes(random: Random, share: float | np.ndarray, count: int) -> np.ndarray:
    """Draw yes with probability ``share``, else no."""
    return np.where(random.random(count) < share, "yes", "no")


def make_customers(count: int, random: Random) -> pa.Table:
    """Return customers with a running ``customer_id``."""
    job = pick(random, JOBS, count)
    working_age = (random.gamma(12, 1.9, count) + 18).clip(19, 60)
    age = np.select(
        [job == "student", job == "retired"],
        [random.integers(18, 31, count), random.integers(52, 88, count)],
        working_age,
    ).astype(int)
    wealth = random.lognormal(6.2, 1.5, count) * (1 + (age > 55))
    balance = np.where(random.random(count) < 0.09, -random.integers(1, 1_500, count), wealth)
    known = random.random(count) < 0.18
    outcome = np.where(known, pick(random, OUTCOMES, count), "unknown")
    subscribed = 0.08 + 0.5 * (outcome == "success") + 0.1 * (job == "student")
    return pa.table(
        {
            "customer_id": np.arange(1, count + 1),
            "age": age,
            "job": job,
            "marital": pick(random, MARITAL, count),
            "education": pick(random, EDUCATION, count),
            "default": yes(random, 0.02, count),
            "balance": balance.astype(int),
            "housing": yes(random, np.where(age < 60, 0.58, 0.15), count),
            "loan": yes(random, 0.16, count),
            "contact": pick(random, CONTACT, count),
            "day": random.integers(1, 32, count),
            "month": pick(random, MONTHS, count),
            "duration": random.lognormal(5.2, 0.8, count).astype(int),
            "campaign": random.geometric(0.37, count).clip(1, 50),
            "pdays": np.where(known, random.integers(1, 400, count), -1),
            "previous": np.where(known, random.geometric(0.35, count), 0),
            "poutcome": outcome,
            "y": yes(random, subscribed, count),
        }
    )


def main() -> None:
    """Write the file."""
    arguments = argparse.ArgumentParser(description="Write customers of the term deposit example.")
    arguments.add_argument("--customers", type=int, default=2_000, metavar="N")
    arguments.add_argument("--out", type=Path, default=HERE / "customers.parquet", metavar="FILE")
    chosen = arguments.parse_args()
    table = make_customers(chosen.customers, np.random.default_rng(SEED))
    pq.write_table(table, chosen.out, compression="zstd")
    print(f"{chosen.customers:,} customers in {chosen.out}")


if __name__ == "__main__":
    main()
