"""A history of a website: days of contacts, and responses to some of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.runtime.history.publish import write_part

DAYS: Final = 30
OFFERS: Final = 40
_ZONES: Final = ("Home", "Cart", "Account", "Call")
_SEGMENTS: Final = (
    *(("High", "Treated"), ("High", "Control"), ("Mass",), ("AtRisk",)),
    *(("AtRisk", "Young"), ("Mass", "Young")),
)
_FIRST_DAY: Final = np.datetime64("2026-10-20", "us")
_DAY: Final = 86_400_000_000
Numbers = npt.NDArray[np.int64]


def write_history(folder: Path, contacts: int) -> int:
    """Write a history, unless it is there, and return how many rows it has in all."""
    if not folder.exists():
        made = folder.with_name(f"{folder.name}.part")
        for day in range(DAYS):
            _write_day(made, day, contacts // DAYS)
        made.rename(folder)
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet"))


def _write_day(folder: Path, day: int, count: int) -> None:
    rng = np.random.default_rng(day)
    offers, segments = rng.integers(0, OFFERS, count), rng.integers(0, len(_SEGMENTS), count)
    ids = np.arange(day * count, (day + 1) * count)
    date = np.datetime_as_string(_FIRST_DAY + np.timedelta64(day, "D"), "D")
    shown = _common(rng, "c", day, ids, offers, segments)
    shown |= {
        "score": pa.array(rng.random(count) * 100),
        "rank": pa.array(rng.integers(1, 4, count), pa.int32()),
        "candidates": pa.array(np.full(count, OFFERS), pa.int32()),
        "propensity": pa.nulls(count, pa.float64()),
    }
    answered = np.nonzero(rng.random(count) < 0.05 + 0.1 * offers / OFFERS)[0]
    came = _common(rng, "r", day, ids[answered], offers[answered], segments[answered])
    came |= {
        "kind": _named(["accept", "reject"], (rng.random(len(answered)) < 0.3).astype(np.int64)),
        "matched": pa.array(np.ones(len(answered), bool)),
    }
    for table, columns in (("contacts", shown), ("responses", came)):
        place = folder / table / f"date={date}" / "channel=Website"
        write_part(place, "part-w-1-Customer.parquet", pa.table(columns))


def _common(
    rng: np.random.Generator, table: str, day: int, ids: Numbers, offers: Numbers, segments: Numbers
) -> dict[str, Any]:
    count = len(ids)
    at = _FIRST_DAY.astype(np.int64) + day * _DAY + np.sort(rng.integers(0, _DAY, count))
    named = [f"Offer{i:02d}" for i in range(OFFERS)]
    lists = pa.array([list(_SEGMENTS[s]) for s in range(len(_SEGMENTS))])
    return {
        "event": _texts(table, ids),
        "decision": _texts("8c1d2e3f4a5b6c7d-", ids // 2),
        "at": pa.array(at, pa.timestamp("us", "UTC")),
        "audience": _named(["Customer"], np.zeros(count, np.int64)),
        "customer_id": pa.array(rng.integers(0, 1_000_000, count)),
        "treatment": _texts("8c1d2e3f4a5b6c7d-", ids),
        "offer": _named(named, offers),
        "code": _named([f"C-{i:02d}" for i in range(OFFERS)], offers),
        "zone": _named(_ZONES, offers % len(_ZONES)),
        "point": _named([f"place{i}" for i in range(8)], offers % 8),
        "rule": _named([f"Cards.{name}" for name in named], offers),
        "segments": lists.take(pa.array(segments)),
        "bundle": _named(["a" * 64, "b" * 64], np.full(count, int(day > DAYS // 2))),
        "session": _texts("s", ids // 4),
        "extra": pa.array([[]] * count, pa.map_(pa.string(), pa.string())),
    }


def _named(names: Iterable[str], codes: Numbers) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(names)))


def _texts(prefix: str, numbers: Numbers) -> Any:
    return pa.array([f"{prefix}{n}" for n in numbers.tolist()])
