"""What a run needs from the customer data, and whether a file has it.

==============  ================================================================  ==========
declared type   Arrow types that serve                                            lane
==============  ================================================================  ==========
bool            bool                                                              bits
int             int8 … int32, uint8, uint16                                       i32
int             uint32, int64, uint64, decimals without places                    i64
float           every number                                                      f64
decimal(s)      every number                                                      i64
text            string, large_string, string_view, dictionaries of these          code
date            date32, date64, timestamp (its day in UTC)                        i32
timestamp       timestamp (without zone: UTC), date32, date64                     i64
duration        duration                                                          i64
many            list, large_list, fixed_size_list, list_view of struct            rows
any of them     null
==============  ================================================================  ==========
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, assert_never

import pyarrow as pa

from interact.compiler.columnar.batch import Lane
from interact.runtime.errors import SchemaError
from interact.stdlib.types import NULL, Kind, Type

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Needed:
    """An attribute that the run reads.

    Attributes:
        name: The attribute, as the strategy calls it.
        column: The column of the data, or the field of a row of a ``many``.
        type: The declared type; without meaning for a ``many``.
        nullable: Whether null was declared possible. A null is a null either way; where none
            was declared they are counted.
        fields: What is needed of the rows of a ``many``; empty for every other attribute.
        many: Whether this is a ``many``, which may need no fields when rows are only counted.
    """

    name: str
    column: str
    type: Type = NULL
    nullable: bool = True
    fields: tuple[Needed, ...] = ()
    many: bool = False

    @property
    def is_many(self) -> bool:
        return self.many or bool(self.fields)


@dataclass(frozen=True, slots=True)
class Problem:
    """A column that does not serve.

    Attributes:
        found: Its type; empty when there is none of that name.
        times: How many have the name.
    """

    column: str
    expected: str
    found: str
    nearest: str = ""
    times: int = 1

    def __str__(self) -> str:
        if self.times > 1:
            return f"column `{self.column}` is there {self.times} times"
        if self.found:
            return f"column `{self.column}` should be {self.expected}, but is {self.found}"
        hint = f"; did you mean `{self.nearest}`?" if self.nearest else ""
        return f"column `{self.column}` is missing, {self.expected} was expected{hint}"


def check_schema(needed: Sequence[Needed], schema: pa.Schema) -> list[Problem]:
    """Return every column that is missing or of a type that does not serve."""
    return _check_fields(needed, list(schema), "")


def require_schema(needed: Sequence[Needed], schema: pa.Schema, where: str) -> None:
    """Check the schema of the data in ``where``.

    Raises:
        SchemaError: With a line for each column that does not serve.
    """
    problems = check_schema(needed, schema)
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise SchemaError(
            f"{where} does not hold what the strategy reads:{lines}", help=_help(problems, schema)
        )


def _help(problems: Sequence[Problem], schema: pa.Schema) -> str:
    if any(problem.times > 1 for problem in problems):
        return "give each column a name of its own"
    if all(problem.found for problem in problems):
        return "convert these columns, or change the types that the audience declares"
    shown = ", ".join(f"`{name}`" for name in schema.names[:_SHOWN])
    more = f" and {len(schema.names) - _SHOWN} more" if len(schema.names) > _SHOWN else ""
    return (
        f"the columns are {shown}{more}; an attribute may have another name than its column: "
        'age: int from "AGE_YEARS"'
    )


def _check_fields(needed: Sequence[Needed], found: list[pa.Field], path: str) -> list[Problem]:
    problems: list[Problem] = []
    for need in needed:
        same = [field for field in found if field.name == need.column]
        if len(same) == 1:
            problems += _check_type(need, same[0].type, path)
        else:
            problems.append(_absent(need, same, found, path))
    return problems


def _absent(need: Needed, same: list[pa.Field], found: list[pa.Field], path: str) -> Problem:
    expected = describe(need)
    if same:
        return Problem(path + need.column, expected, str(same[0].type), times=len(same))
    names = {field.name.lower(): field.name for field in found}
    close = get_close_matches(need.column.lower(), names, n=1, cutoff=0.7)
    return Problem(path + need.column, expected, "", names[close[0]] if close else "")


def _check_type(need: Needed, found: pa.DataType, path: str) -> list[Problem]:
    found = storage_type(found)
    if pa.types.is_null(found):
        return []
    if not need.is_many:
        good = serves(need.type, found)
        return [] if good else [Problem(path + need.column, describe(need), str(found))]
    if not is_list(found) or not _is_rows(found.value_type):
        return [Problem(path + need.column, describe(need), str(found))]
    rows = storage_type(found.value_type)
    if pa.types.is_null(rows):
        return []
    fields = [rows.field(i) for i in range(rows.num_fields)]
    return _check_fields(need.fields, fields, f"{path}{need.column}.")


def _is_rows(found: pa.DataType) -> bool:
    found = storage_type(found)
    return bool(pa.types.is_struct(found) or pa.types.is_null(found))


def describe(need: Needed) -> str:
    """Return what was expected, for a message."""
    return "a list of rows" if need.is_many else str(need.type)


def storage_type(found: pa.DataType) -> pa.DataType:
    """Return the type that an extension type is stored in, and any other type as it is."""
    return found.storage_type if isinstance(found, pa.BaseExtensionType) else found


def is_list(found: pa.DataType) -> bool:
    """Return whether the type is one of Arrow's five lists."""
    t = pa.types
    tests = (t.is_list, t.is_large_list, t.is_fixed_size_list, t.is_list_view, t.is_large_list_view)
    return any(test(found) for test in tests)


def is_text(found: pa.DataType) -> bool:
    """Return whether the type holds text, in a dictionary or not."""
    if pa.types.is_dictionary(found):
        return is_text(found.value_type)
    t = pa.types
    return bool(t.is_string(found) or t.is_large_string(found) or t.is_string_view(found))


def _is_number(found: pa.DataType) -> bool:
    t = pa.types
    return bool(t.is_integer(found) or t.is_floating(found) or t.is_decimal(found))


def _is_whole(found: pa.DataType) -> bool:
    return bool(pa.types.is_integer(found) or (pa.types.is_decimal(found) and found.scale == 0))


def serves(declared: Type, found: pa.DataType) -> bool:
    """Return whether a column of Arrow type ``found`` can be read as ``declared``."""
    t = pa.types
    found = storage_type(found)
    if t.is_null(found):
        return True
    match declared.kind:
        case Kind.BOOL:
            return bool(t.is_boolean(found))
        case Kind.INT:
            return _is_whole(found)
        case Kind.FLOAT | Kind.DECIMAL:
            return _is_number(found)
        case Kind.TEXT:
            return is_text(found)
        case Kind.DATE | Kind.TIMESTAMP:
            return bool(t.is_date(found) or t.is_timestamp(found))
        case Kind.DURATION:
            return bool(t.is_duration(found))
        case Kind.ENUM | Kind.NULL | Kind.FRACTION | Kind.ERROR:
            return False  # not types that can be declared
        case _:
            assert_never(declared.kind)


_LANES: dict[Kind, Lane] = {
    Kind.BOOL: Lane.BITS,
    Kind.INT: Lane.I64,
    Kind.FLOAT: Lane.F64,
    Kind.DECIMAL: Lane.I64,
    Kind.TEXT: Lane.CODE,
    Kind.DATE: Lane.I32,
    Kind.TIMESTAMP: Lane.I64,
    Kind.DURATION: Lane.I64,
}

_SMALL_INTS = (pa.int8(), pa.int16(), pa.int32(), pa.uint8(), pa.uint16())


def lane_of(declared: Type, found: Any) -> Lane:
    """Return the lane that a column becomes: it depends on the types, never on the values."""
    if declared.kind is Kind.INT and storage_type(found) in _SMALL_INTS:
        return Lane.I32
    return _LANES[declared.kind]
