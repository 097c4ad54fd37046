"""What serves, and what a message says about what does not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from interact.compiler.columnar.batch import Lane
from interact.runtime.batch.schema import Needed, check_schema, lane_of, require_schema
from interact.runtime.errors import SchemaError
from interact.stdlib.types import BOOL, DATE, INT, TEXT, decimal

ROWS = pa.list_(pa.struct([("product", pa.string()), ("balance", pa.string())]))


def test_one_error_lists_every_column_that_does_not_serve() -> None:
    needed = [
        Needed("customer_id", "customer_id", INT),
        Needed("balance", "balance", decimal(2)),
        Needed("opted_in", "opted_in", BOOL),
        Needed("accounts", "accounts", fields=(Needed("balance", "balance", decimal(2)),)),
        Needed("orders", "orders", many=True),
    ]
    schema = pa.schema(
        {"Customer_ID": pa.int64(), "balance": pa.string(), "accounts": ROWS, "orders": pa.int8()}
    )
    with pytest.raises(SchemaError) as caught:
        require_schema(needed, schema, "customers.parquet")
    assert caught.value.message == (
        "customers.parquet does not hold what the strategy reads:\n"
        "  column `customer_id` is missing, int was expected; did you mean `Customer_ID`?\n"
        "  column `balance` should be decimal(2), but is string\n"
        "  column `opted_in` is missing, bool was expected\n"
        "  column `accounts.balance` should be decimal(2), but is string\n"
        "  column `orders` should be a list of rows, but is int8"
    )


def test_two_columns_of_one_name_are_a_problem() -> None:
    schema = pa.schema([("a", pa.int8()), ("a", pa.int8())])
    (problem,) = check_schema([Needed("a", "a", INT)], schema)
    assert str(problem) == "column `a` is there 2 times"


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        (TEXT, pa.binary()),
        (TEXT, pa.int8()),
        (INT, pa.float64()),
        (INT, pa.decimal128(10, 2)),
        (INT, pa.bool_()),
        (BOOL, pa.int8()),
        (DATE, pa.string()),
        (DATE, pa.time32("s")),
    ],
    ids=str,
)
def test_types_that_do_not_serve(declared: object, found: pa.DataType) -> None:
    assert check_schema([Needed("a", "a", declared)], pa.schema({"a": found}))  # type: ignore[arg-type]


def test_the_lane_depends_on_types_only() -> None:
    assert lane_of(INT, pa.uint16()) is Lane.I32
    assert lane_of(INT, pa.uint32()) is Lane.I64
    assert lane_of(DATE, pa.timestamp("ns")) is Lane.I32
    assert lane_of(TEXT, pa.null()) is Lane.CODE


def test_a_column_without_any_value_serves_as_rows() -> None:
    need = Needed("m", "m", fields=(Needed("a", "a", INT),))
    for found in (pa.null(), pa.list_(pa.null())):
        assert check_schema([need], pa.schema({"m": found})) == []
