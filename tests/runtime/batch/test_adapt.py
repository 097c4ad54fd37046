"""Columns of Arrow through ``adapt``: nulls, garbage below them, and what is copied."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from tests.runtime.batch.adapting import read

from interact.runtime.batch.adapt import Losses, adapt
from interact.runtime.batch.schema import Needed
from interact.stdlib.types import (
    BOOL,
    DATE,
    DURATION,
    FLOAT,
    INT,
    TEXT,
    TIMESTAMP,
    Type,
    decimal,
)

ALL_TYPES = [BOOL, INT, FLOAT, decimal(2), TEXT, DATE, TIMESTAMP, DURATION]


@pytest.mark.parametrize("declared", ALL_TYPES, ids=str)
@pytest.mark.parametrize("length", [0, 1, 70])
def test_a_column_of_nulls_serves_every_type(declared: Type, length: int) -> None:
    needed = [Needed("x", "x", declared, nullable=False)]
    losses = Losses()
    batch = adapt(pa.table({"x": pa.nulls(length)}), needed, losses)
    assert read(batch.columns["x"], length) == [None] * length
    assert losses.unexpected_nulls["x"] == length


def test_stored_lanes_are_not_copied() -> None:
    arrays = {"i": pa.array([1, 2], pa.int32()), "f": pa.array([1.0, None]), "d": pa.array([1, 2])}
    needed = [Needed("i", "i", INT), Needed("f", "f", FLOAT), Needed("d", "d", INT)]
    batch = adapt(pa.record_batch(arrays), needed)
    for name, array in arrays.items():
        assert batch.columns[name].data.ctypes.data == array.buffers()[1].address


def test_lanes_outlive_their_arrow_arrays() -> None:
    batch = adapt(pa.record_batch({"f": pa.array(np.arange(1000.0))}), [Needed("f", "f", FLOAT)])
    assert batch.columns["f"].data.sum() == 499_500


@pytest.mark.parametrize("kind", [pa.decimal128(12, 2), pa.decimal256(40, 2), pa.decimal128(12, 4)])
def test_decimal_lanes_are_contiguous(kind: pa.DataType) -> None:
    values = pa.array([Decimal("1.50"), None, Decimal("-2.25")], kind)
    batch = adapt(pa.table({"x": values}), [Needed("x", "x", decimal(2), True)])
    assert batch.columns["x"].data.flags.c_contiguous
    assert batch.columns["x"].data[[0, 2]].tolist() == [150, -225]
