"""A stub scorer and small customer files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

OFFERS = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        pa.field("rank", pa.int8(), nullable=False),
        pa.field("offer", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
    ]
)
SEGMENTS = pa.schema(
    [pa.field("id", pa.int64(), nullable=False), pa.field("segment", pa.string(), nullable=False)]
)


@dataclass(frozen=True)
class Counts:
    """A report: customers seen, and the first id of each batch, in order."""

    customers: int
    firsts: tuple[int, ...]

    def merge(self, other: Counts) -> Counts:
        return Counts(self.customers + other.customers, self.firsts + other.firsts)


@dataclass(frozen=True)
class Scored:
    offers: Any
    segments: Any
    report: Counts

    @property
    def tables(self) -> tuple[tuple[str, Any], ...]:
        return ("offers", self.offers), ("segments", self.segments)


class StubScorer:
    """Gives every customer as many offers as asked, all a function of its id."""

    def __init__(self, offers: int = 3, before: Callable[[Any], None] = lambda batch: None) -> None:
        self.offers = offers
        self.before = before

    def score(self, batch: Any, /) -> Scored:
        self.before(batch)
        ids = batch.column("id").to_numpy(zero_copy_only=False)
        many = np.repeat(ids, self.offers)
        rank = np.tile(np.arange(1, self.offers + 1, dtype=np.int8), len(ids))
        codes = pa.array(((many * 7 + rank) % 5).astype(np.int32))
        texts = pa.array([f"offer {i}" for i in range(5)])
        offers = pa.RecordBatch.from_arrays(
            [
                pa.array(many),
                pa.array(rank),
                pa.DictionaryArray.from_arrays(codes, texts),
                pa.array(many % 101 / 7),
            ],
            schema=OFFERS,
        )
        segment = pa.array(ids % 3).cast(pa.string())
        segments = pa.RecordBatch.from_arrays([pa.array(ids), segment], schema=SEGMENTS)
        return Scored(offers, segments, Counts(len(ids), tuple(ids[:1].tolist())))


@pytest.fixture
def scorer() -> StubScorer:
    return StubScorer()


@pytest.fixture
def make_scorer() -> type[StubScorer]:
    return StubScorer


def customers(rows: int, start: int = 0) -> pa.Table:
    ids = np.arange(start, start + rows, dtype=np.int64)
    text = pa.DictionaryArray.from_arrays(
        pa.array((ids % 3).astype(np.int32)), pa.array(["red", "green", "blue"])
    )
    return pa.table({"id": ids, "colour": text.cast(pa.string()), "balance": ids / 4})


@pytest.fixture
def make_customers() -> Callable[..., pa.Table]:
    return customers


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., str]:
    """Write customers to a Parquet file below the test's folder, and return its path."""

    def write(name: str, rows: int, *, start: int = 0, group: int = 1000) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(customers(rows, start), path, row_group_size=group)
        return str(path)

    return write
