"""Write subscribers of the mobile network: made up.

``python make_customers.py`` writes the 3,000 subscribers that lie beside it, again and the same.
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
NAMES = ["Ada", "Amir", "Bela", "Chen", "Dina", "Emil", "Hana", "Igor", "Jun", "Lea"]
PLANS = ["start", "plus", "max"]
FEES = np.array([1500, 3000, 5500])


def texts(codes: np.ndarray, values: list[str]) -> pa.Array:
    """Return codes into ``values`` as texts in a dictionary."""
    return pa.DictionaryArray.from_arrays(codes.astype("int8"), pa.array(values))


def make_customers(count: int, random: np.random.Generator) -> pa.Table:
    """Return ``count`` subscribers."""
    plan = random.choice(3, count, p=[0.45, 0.4, 0.15])
    fee = FEES[plan] + random.integers(0, 500, count)
    bad_network = random.random(count) < 0.06
    complaints = random.poisson(0.15 + 1.2 * bad_network)
    churn = (random.beta(2, 2.5, count) + 0.15 * bad_network).clip(0, 1).round(3)
    end = TODAY + random.integers(-20, 700, count)
    return pa.table(
        {
            "subscriber_id": pa.array(np.arange(1, count + 1)),
            "first_name": texts(random.integers(0, len(NAMES), count), NAMES),
            "plan": texts(plan, PLANS),
            "monthly_fee": pa.array(fee / 100).cast(pa.decimal128(8, 2)),
            "contract_end": pa.array(
                end.astype("int32"), pa.date32(), mask=random.random(count) < 0.3
            ),
            "churn_risk": pa.array(churn),
            "data_share": pa.array(
                random.beta(3, 2, count).round(2), mask=random.random(count) < 0.05
            ),
            "complaints": pa.array(complaints.astype("int16")),
            "opted_in": pa.array(random.random(count) < 0.65),
            "bad_network": pa.array(bad_network.astype("int8")),
            "leaving": pa.array((random.random(count) < 0.01 + 0.05 * churn).astype("int8")),
            "wary": pa.array((random.random(count) < 0.08).astype("int8")),
        }
    )


def main() -> None:
    """Write the file."""
    arguments = argparse.ArgumentParser(description="Write subscribers of the mobile network.")
    arguments.add_argument("--customers", type=int, default=3_000, metavar="N")
    arguments.add_argument("--out", type=Path, default=HERE / "customers.parquet", metavar="FILE")
    chosen = arguments.parse_args()
    table = make_customers(chosen.customers, np.random.default_rng(SEED))
    pq.write_table(table, chosen.out, compression="zstd")
    print(f"{len(table):,} subscribers in {chosen.out}")


if __name__ == "__main__":
    main()
