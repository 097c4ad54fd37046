"""Write households of the insurer: made up, but with the gaps that real ones have.

``python make_customers.py`` writes the 4,000 households that lie beside it, again and the same, and
the rows of two tables of offers: ``broker.csv`` and ``do_not_offer.parquet``.
``--customers N --out FILE`` writes as many as you like, the tables beside them.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

SEED = 20261124
TODAY = (date(2026, 11, 24) - date(1970, 1, 1)).days
HERE = Path(__file__).parent
CHUNK = 200_000

TITLES = ["Ms", "Mr", "Dr", "Family"]
NAMES = [
    "Abara", "Berg", "Costa", "Dubois", "Eklund", "Ferrari", "Garcia", "Haddad", "Ito", "Jansen",
    "Kaya", "Lindt", "Moreau", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Singh", "Tanaka",
    "Ueda", "Vogel", "Weber", "Xu", "Yilmaz", "Zhou",
]  # fmt: skip
SALUTATIONS = [f"{title} {name}" for title in TITLES for name in NAMES]
LINES = ["Motor", "Home", "Liability", "Legal", "Travel", "Life"]
LINE_SHARES = [0.34, 0.22, 0.20, 0.09, 0.08, 0.07]
TYPICAL_PREMIUM = [620, 210, 65, 190, 60, 310]
CLAIM_RATES = [0.35, 0.20, 0.12, 0.15, 0.10, 0.01]
TYPICAL_CLAIM = [1_900, 1_100, 600, 900, 450, 30_000]


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


def texts(codes: np.ndarray, values: list[str], missing: np.ndarray | None = None) -> pa.Array:
    """Return codes into ``values`` as texts in a dictionary."""
    indices = pa.array(codes.astype("int16"), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, pa.array(values))


def make_policies(random: np.random.Generator, adult_since: np.ndarray) -> pa.Array:
    """Return a list of policies for each household, the oldest from when it grew up."""
    counts = random.poisson(2.2, len(adult_since))
    offsets = np.concatenate([[0], np.cumsum(counts)])
    total = int(offsets[-1])
    line = random.choice(len(LINES), total, p=LINE_SHARES)
    premium = np.take(TYPICAL_PREMIUM, line) * random.lognormal(0, 0.35, total)
    age = random.exponential(2_200, total).clip(5, TODAY - np.repeat(adult_since, counts))
    began = TODAY - age.astype(int)
    ends = began + (1 + (TODAY - began) // 365) * 365  # policies run on, year by year
    ends = np.where(random.random(total) < 0.08, ends - 365, ends)  # but some were not renewed
    claims = random.poisson(np.take(CLAIM_RATES, line))
    paid = claims * np.take(TYPICAL_CLAIM, line) * random.lognormal(-0.2, 0.8, total)
    rows = pa.StructArray.from_arrays(
        [
            texts(line, LINES),
            decimals((premium * 100).astype(np.int64)),
            days(began),
            days(ends),
            pa.array(claims.astype("int16")),
            decimals((paid * 100).astype(np.int64), claims == 0),
        ],
        names=["line", "premium", "began", "ends", "claims", "paid"],
    )
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)


def make_households(count: int, first_id: int, random: np.random.Generator) -> pa.Table:
    """Return ``count`` households, numbered from ``first_id``."""
    born = TODAY - (random.gamma(3.2, 8.5, count) + 19).clip(19, 95) * 365.25
    age = (TODAY - born) / 365.25
    adults = 1 + (random.random(count) < 0.6)
    raising = (age > 24) & (age < 52)
    children = np.where(raising, random.poisson(0.5 * adults), 0)
    wealth = random.normal(0, 1, count) + (age - 40) / 30
    dwelling = np.digitize(wealth, [0.1, 0.7])
    space = (38 + 22 * adults + 14 * children + 25 * dwelling) * random.lognormal(0, 0.2, count)
    hazard = random.choice(3, count, p=[0.6, 0.3, 0.1])
    called = TODAY - random.exponential(200, count)
    return pa.table(
        {
            "household_id": pa.array(np.arange(first_id, first_id + count)),
            "salutation": texts(random.integers(0, len(SALUTATIONS), count), SALUTATIONS),
            "adults": pa.array(adults.astype("int8")),
            "children": pa.array(children.astype("int8")),
            "oldest_born": days(born),
            "dwelling": texts(dwelling, ["Rented", "Flat", "House"]),
            "living_space": pa.array(space.astype("int16"), mask=random.random(count) < 0.15),
            "hazard": texts(hazard, ["1", "2", "3"], random.random(count) < 0.06),
            "opted_in": pa.array(random.random(count) < 0.65),
            "last_called": days(called, random.random(count) < 0.45),
            "policies": make_policies(random, born.astype(int) + 18 * 365),
        }
    )


def make_broker_rows(count: int, random: np.random.Generator) -> pa.Table:
    """Return what brokers say of a tenth of the households; two rows are not as they should be."""
    chosen = np.sort(random.choice(count, max(count // 10, 1), replace=False)) + 1
    offer = np.take(["LEGAL", "LIFE-FAM", "LIAB", "TRAV-YEAR"], random.integers(0, 4, len(chosen)))
    until = TODAY + random.integers(-60, 200, len(chosen))
    tip = np.take(
        ["Ask for me", "We spoke of it", "Worth a call"], random.integers(0, 3, len(chosen))
    )
    told = pa.table(
        {
            "household_id": pa.array(chosen),
            "offer": pa.array(offer),
            "points": pa.array(random.integers(20, 100, len(chosen))),
            "until": days(until, random.random(len(chosen)) < 0.4),
            "tip": pa.array(tip, mask=random.random(len(chosen)) < 0.5),
        }
    )
    wrong = {"household_id": [1, 2], "offer": ["LEAGL", "LIAB"], "points": [80, None]}
    odd = pa.table({**wrong, "until": [None, None], "tip": [None, None]})
    return pa.concat_tables([told, odd.cast(told.schema)])


def make_suppressions(count: int, random: np.random.Generator) -> pa.Table:
    """Return the offers that a twentieth of the households do not want."""
    chosen = np.sort(random.choice(count, max(count // 20, 1), replace=False)) + 1
    offer = random.choice(3, len(chosen), p=[0.5, 0.3, 0.2])
    return pa.table(
        {
            "household_id": pa.array(chosen),
            "offer": texts(offer, ["LIAB", "TRAV-YEAR", "MOTOR-PLUS"]),
        }
    )


def write_tables(count: int, folder: Path) -> None:
    """Write the rows of tables of offers."""
    random = np.random.default_rng([SEED, 1])
    csv.write_csv(make_broker_rows(count, random), folder / "broker.csv")
    pq.write_table(make_suppressions(count, random), folder / "do_not_offer.parquet")


def main() -> None:
    """Write the file chunk by chunk, so that memory does not grow with it."""
    arguments = argparse.ArgumentParser(description="Write households of the insurer.")
    arguments.add_argument("--customers", type=int, default=4_000, metavar="N")
    arguments.add_argument("--out", type=Path, default=HERE / "customers.parquet", metavar="FILE")
    chosen = arguments.parse_args()
    random = np.random.default_rng(SEED)
    schema = make_households(1, 1, np.random.default_rng(SEED)).schema
    with pq.ParquetWriter(chosen.out, schema, compression="zstd") as file:
        for start in range(0, chosen.customers, CHUNK):
            count = min(CHUNK, chosen.customers - start)
            file.write_table(make_households(count, start + 1, random))
    write_tables(chosen.customers, chosen.out.parent)
    print(f"{chosen.customers:,} households in {chosen.out}")


if __name__ == "__main__":
    main()
