"""Lists of rows of every Arrow type through ``adapt``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.batch.adapting import chunked, read

from interact.runtime.batch.adapt import Losses, adapt
from interact.runtime.batch.schema import Needed, check_schema
from interact.stdlib.types import (
    INT,
    TEXT,
    decimal,
)

ROW = pa.struct([("product", pa.string()), ("balance", pa.decimal128(10, 2)), ("other", pa.int8())])
LISTS = [
    pa.list_(ROW),
    pa.large_list(ROW),
    pa.list_(ROW, 2),
    pa.list_view(ROW),
    pa.large_list_view(ROW),
]
ROWS = st.none() | st.fixed_dictionaries(
    {
        "product": st.none() | st.sampled_from(["x", "y"]),
        "balance": st.none() | st.integers(-999, 999).map(lambda v: Decimal(v).scaleb(-2)),
        "other": st.none(),
    }
)


@pytest.mark.parametrize("found", LISTS, ids=lambda t: str(t).split("<")[0])
@settings(max_examples=40)
@given(data=st.data())
def test_lists_of_rows(found: pa.DataType, data: Any) -> None:
    size = 2 if pa.types.is_fixed_size_list(found) else None
    one = st.lists(ROWS, min_size=size or 0, max_size=size or 4)
    values = data.draw(st.lists(st.none() | one, max_size=30))
    array = chunked(data.draw, pa.array(values, pa.list_(ROW)).cast(found) if size else
                    as_list(values, found))  # fmt: skip
    need = Needed(
        "accounts", "accounts", fields=(Needed("p", "product", TEXT),
                                        Needed("b", "balance", decimal(2), nullable=False)),
    )  # fmt: skip
    table = pa.table({"accounts": array})
    assert check_schema([need], table.schema) == []
    losses = Losses()
    rows = adapt(table, [need], losses).rows["accounts"]
    assert rows.offsets.tolist() == np.cumsum([0] + [len(v or []) for v in values]).tolist()
    flat = [row or {} for value in values for row in value or []]
    assert read(rows.columns["p"], len(flat)) == [row.get("product") for row in flat]
    balances = [row.get("balance") for row in flat]
    expected = [None if b is None else int(b * 100) for b in balances]
    assert read(rows.columns["b"], len(flat)) == expected
    assert losses.unexpected_nulls["accounts.b"] == expected.count(None)


def as_list(values: list[Any], found: pa.DataType) -> Any:
    return pa.array(values, found)


def test_a_list_view_may_be_in_any_order() -> None:
    rows = pa.array([{"a": 1}, {"a": 2}, {"a": 3}])
    array = pa.ListViewArray.from_arrays(
        pa.array([2, 0, 0], pa.int32()), pa.array([1, 2, 0], pa.int32()), rows
    )
    need = Needed("m", "m", fields=(Needed("a", "a", INT),))
    found = adapt(pa.record_batch({"m": array}), [need]).rows["m"]
    assert found.offsets.tolist() == [0, 1, 3, 3]
    assert read(found.columns["a"], 3) == [3, 1, 2]


def test_null_lists_over_rows_have_no_rows() -> None:
    rows = pa.array([{"a": 1}, {"a": 2}, {"a": 3}])
    array = pa.ListArray.from_arrays(
        pa.array([0, 1, 2, 3], pa.int32()), rows, mask=pa.array([False, True, False])
    )
    need = Needed("m", "m", fields=(Needed("a", "a", INT),))
    found = adapt(pa.record_batch({"m": array}), [need]).rows["m"]
    assert found.offsets.tolist() == [0, 1, 1, 2]
    assert read(found.columns["a"], 2) == [1, 3]
