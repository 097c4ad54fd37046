"""Write visitors of the outdoor shop: made up.

``python make_customers.py`` writes the 500 visitors that lie beside it, again and the same. The
first ones are those whom the page offers to be.
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
NAMES = ["Ada", "Ben", "Cem", "Dina", "Eli", "Fay", "Gus", "Hana", "Ivo", "Juna"]
FAVOURITES = ["tents", "boots", "jackets", "stoves"]
FIRST = [
    ("Ada", True, 9, 64000, "jackets", 20),
    ("Ben", False, 3, 0, "boots", 500),
    ("Cem", False, 0, 0, None, None),
]
"""Name, member, orders, cents spent, favourite, days since the last order."""


def make_customers(count: int, random: np.random.Generator) -> pa.Table:
    """Return ``count`` visitors."""
    orders = random.poisson(2.5, count)
    visitors = [
        (
            NAMES[random.integers(len(NAMES))],
            bool(random.random() < 0.1 + 0.08 * number),
            int(number),
            int(number * random.integers(20, 120) * 100),
            FAVOURITES[random.integers(4)] if number >= 2 else None,
            int(random.exponential(200)) if number else None,
        )
        for number in orders
    ]
    names, member, orders, spent, favourite, ago = zip(*(FIRST + visitors)[:count], strict=True)
    days = [None if since is None else TODAY - since for since in ago]
    return pa.table(
        {
            "visitor_id": pa.array(np.arange(1, count + 1)),
            "first_name": pa.array(names).dictionary_encode(),
            "member": pa.array(member),
            "orders": pa.array(orders, pa.int32()),
            "spent": pa.array(np.array(spent) / 100).cast(pa.decimal128(9, 2)),
            "favourite": pa.array(favourite).dictionary_encode(),
            "last_order": pa.array(days, pa.int32()).cast(pa.date32()),
        }
    )


def main() -> None:
    """Write the file."""
    arguments = argparse.ArgumentParser(description="Write visitors of the outdoor shop.")
    arguments.add_argument("--customers", type=int, default=500, metavar="N")
    arguments.add_argument("--out", type=Path, default=HERE / "customers.parquet", metavar="FILE")
    chosen = arguments.parse_args()
    table = make_customers(chosen.customers, np.random.default_rng(SEED))
    pq.write_table(table, chosen.out, compression="zstd")
    print(f"{len(table):,} visitors in {chosen.out}")


if __name__ == "__main__":
    main()
