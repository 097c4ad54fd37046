"""Write stays in the hotels of the group: made up.

``python make_customers.py`` writes the 1,500 stays that lie beside it, again and the same.
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
SECONDS = TODAY * 86_400
HERE = Path(__file__).parent
HOTELS = ["VIE", "ZRH", "MUC", "TRN"]
GUESTS = ["Ada", "Bela", "Chen", "Dina", "Emil", "Hana", "Igor", "Lea"]
ORDERED = ["breakfast", "lunch", "dinner", "bar", "laundry", "room upgrade"]


def orders(count: int, random: np.random.Generator) -> pa.Array:
    """Return what was put on each room in the last two days."""
    counts = random.poisson(1.4, count)
    total = int(counts.sum())
    what = pa.array(ORDERED).take(pa.array(random.integers(0, len(ORDERED), total)))
    cents = random.integers(300, 9_000, total) * random.choice([1, 1, 1, -1], total)
    moments = (SECONDS - random.integers(0, 172_800, total)) * 1_000_000
    rows = pa.StructArray.from_arrays(
        [
            what,
            pa.array(cents / 100).cast(pa.decimal128(8, 2)),
            pa.array(moments).cast("timestamp[us]"),
        ],
        ["what", "amount", "at"],
    )
    return pa.ListArray.from_arrays(np.concatenate([[0], counts.cumsum()]).astype("int32"), rows)


def make_customers(count: int, random: np.random.Generator) -> pa.Table:
    """Return ``count`` stays."""
    arrival = TODAY - random.integers(0, 12, count)
    departure = np.maximum(arrival + random.choice([1, 2, 3, 5, 7, 14], count), TODAY)
    floors, sides = random.integers(1, 6, count), random.choice(["S", "N", "F"], count)
    rooms = [
        f"{f}{n:02}-{s}"
        for f, n, s in zip(floors, random.integers(1, 30, count), sides, strict=True)
    ]
    tiers = pa.array(["Blue", "Silver", "GLD"]).take(pa.array(random.integers(0, 3, count)))
    in_club = random.random(count) < 0.6
    return pa.table(
        {
            "hotel": pa.array(HOTELS).take(pa.array(np.arange(count) % len(HOTELS))),
            "booking": pa.array(1001 + np.arange(count) // len(HOTELS)),
            "guest": pa.array(GUESTS).take(pa.array(random.integers(0, len(GUESTS), count))),
            "arrival": pa.array(arrival.astype("int32")).cast(pa.date32()),
            "departure": pa.array(departure.astype("int32")).cast(pa.date32()),
            "room": pa.array(rooms),
            "rate": pa.array(random.integers(6_000, 32_000, count) / 100).cast(pa.decimal128(8, 2)),
            "tier": pa.array(
                [t if ok else None for t, ok in zip(tiers.to_pylist(), in_club, strict=True)]
            ),
            "party": pa.array(random.integers(1, 5, count)),
            "orders": orders(count, random),
            "regular": pa.array((random.random(count) < 0.1).astype("int8")),
        }
    )


def main() -> None:
    """Write the file."""
    arguments = argparse.ArgumentParser(description="Write stays in the hotels of the group.")
    arguments.add_argument("--customers", type=int, default=1_500, metavar="N")
    arguments.add_argument("--out", type=Path, default=HERE / "customers.parquet", metavar="FILE")
    chosen = arguments.parse_args()
    table = make_customers(chosen.customers, np.random.default_rng(SEED))
    pq.write_table(table, chosen.out, compression="zstd")
    print(f"{len(table):,} stays in {chosen.out}")


if __name__ == "__main__":
    main()
