"""Customers in CSV files with a header line.

The columns are read as the types that they are needed as. An empty field, ``NULL``, ``null``
or ``\\N`` without quotes is null. Booleans are 1, true, t, yes, y and 0, false, f, no, n; dates
and times are ISO 8601, a time without zone in UTC; durations are seconds. The delimiter is the
one of comma, semicolon, tab and bar that the header has most of.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from interact.runtime.batch.bitmaps import unpack, validity
from interact.runtime.batch.csv_errors import (
    explained,
    help_for,
    is_header_alone,
    line_of,
    opened_bytes,
    refuse_other,
)
from interact.runtime.batch.files import unreadable
from interact.runtime.batch.numbers import scaled
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import Inspected, Task
from interact.runtime.errors import DataError
from interact.stdlib.types import MAX_SCALE, Kind

_BLOCK_BYTES = 4 << 20
_HEADER_BYTES = 1 << 20
NULLS = ["", "NULL", "null", "\\N"]
TRUE = ["1", "true", "True", "TRUE", "t", "T", "yes", "Yes", "YES", "y", "Y"]
FALSE = ["0", "false", "False", "FALSE", "f", "F", "no", "No", "NO", "n", "N"]

# What Arrow's parser makes of a column; times and durations then need a second step.
_PARSED = {
    Kind.BOOL: pa.bool_(),
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.DECIMAL: pa.decimal128(38, MAX_SCALE),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.string(),
    Kind.DURATION: pa.decimal128(38, MAX_SCALE),
}
_FINAL = {Kind.TIMESTAMP: pa.timestamp("us", "UTC"), Kind.DURATION: pa.duration("us")}


@dataclass(frozen=True, slots=True)
class CsvReader:
    """Parses a file block by block, on all cores; what is not needed is not converted."""

    columns: Sequence[str] | None
    needed: tuple[Needed, ...]

    def inspect(self, file: str) -> Inspected:
        """Read the header. The types are the needed ones; others are text."""
        kinds = self._kinds()
        names, _ = header_of(file)
        types = [kinds.get(name, Kind.TEXT) for name in names]
        fields = [_FINAL.get(kind, _PARSED[kind]) for kind in types]
        return Inspected(pa.schema(zip(names, fields, strict=True)), None)

    def read(self, task: Task) -> Iterator[pa.RecordBatch]:
        """Read a file from its start."""
        row = 2  # the header is row 1
        names, delimiter = header_of(task.file)
        wanted = [name for name in names if self.columns is None or name in self.columns]
        try:
            for batch in self._open(task.file, wanted, delimiter, threads=True):
                yield self._finished(batch, task.file, row, delimiter)
                row += batch.num_rows
        except pa.ArrowInvalid as error:
            if is_header_alone(error):
                return
            raise self._placed(task.file, wanted, names, delimiter) or unreadable(
                task.file, error
            ) from error
        except OSError as error:
            raise unreadable(task.file, error) from error

    def _kinds(self) -> dict[str, Kind]:
        # a `many` is described as text, which the check of the schema then refuses
        return {n.column: Kind.TEXT if n.is_many else n.type.kind for n in self.needed}

    def _open(self, file: str, wanted: Sequence[str], delimiter: str, *, threads: bool) -> Any:
        kinds = self._kinds()
        options = pa.csv.ConvertOptions(
            column_types={name: _PARSED[kinds.get(name, Kind.TEXT)] for name in wanted},
            include_columns=list(wanted),
            null_values=NULLS,
            true_values=TRUE,
            false_values=FALSE,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        return pa.csv.open_csv(
            opened_bytes(file),
            read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=threads),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=options,
        )

    def _finished(self, batch: Any, file: str, row: int, delimiter: str) -> Any:
        kinds = self._kinds()
        for place, name in enumerate(batch.schema.names):
            if (kind := kinds.get(name)) in _FINAL:
                at = _Place(file, name, row, delimiter)
                finish = _timestamps if kind is Kind.TIMESTAMP else _durations
                batch = batch.set_column(place, name, finish(batch.column(place), at))
        return batch

    def _placed(
        self, file: str, wanted: Sequence[str], names: Sequence[str], delimiter: str
    ) -> DataError | None:
        """Read again in one thread up to the error, as only so Arrow knows the row."""
        try:
            for _ in self._open(file, wanted, delimiter, threads=False):
                pass
        except pa.ArrowInvalid as error:
            return explained(file, names, delimiter, str(error))
        return None


def header_of(file: str) -> tuple[list[str], str]:
    """Return the names of the columns of a CSV file, and the delimiter."""
    try:
        with opened_bytes(file) as data:
            start = data.read(_HEADER_BYTES)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, error) from error
    refuse_other(file, start)
    text = start.decode("utf-8-sig", errors="replace").lstrip("\r\n")
    line = text.split("\n", 1)[0].rstrip("\r")
    if not line:
        raise DataError(f"{file} is empty; its first line should name the columns")
    delimiter = max(",;\t|", key=line.count)
    try:
        return next(csv.reader(io.StringIO(text), delimiter=delimiter)), delimiter
    except csv.Error as error:
        raise DataError(
            f"{file} is not a CSV file: {error}",
            help="name a Parquet file .parquet; end the lines of a CSV file with line feeds",
        ) from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where values stand: a column of a file, from a row on."""

    file: str
    column: str
    row: int
    delimiter: str

    def refused(self, offset: int, value: object, why: str, help: str) -> DataError:
        line = line_of(self.file, self.row + offset, self.delimiter)
        place = f"{self.file}, line {line}, column `{self.column}`"
        return DataError(f"{place}: '{value}' {why}", help=help)


def _durations(seconds: Any, at: _Place) -> Any:
    values, bad = scaled(seconds, 6)
    present = unpack(validity(seconds), len(seconds))
    if bad is not None and (lost := np.flatnonzero(bad & present)).size:
        first = int(lost[0])
        value = seconds[first].as_py().normalize()
        raise at.refused(first, f"{value:f}", "seconds are too many", "about 292,000 years fit")
    return pa.array(values, mask=~present).cast(_FINAL[Kind.DURATION])


# a date alone, a time with its zone, and a time without
_DATE, _ZONED = r"^\d{4}-\d\d-\d\d$", r":\d\d(\.\d+)?([zZ]|[+-]\d\d(:?\d\d)?)$"


def with_zone(column: Any) -> Any:
    """Return the texts of times with the zone that they are without, and of dates as times."""
    return pc.if_else(
        pc.match_substring_regex(column, _DATE),
        pc.binary_join_element_wise(column, "00:00:00Z", " "),
        pc.if_else(
            pc.match_substring_regex(column, _ZONED),
            column,
            pc.binary_join_element_wise(column, "Z", ""),
        ),
    )


def _timestamps(column: Any, at: _Place) -> Any:
    """Parse ISO 8601 times; one without zone is in UTC."""
    timed = with_zone(column)
    try:
        return timed.cast(_FINAL[Kind.TIMESTAMP])
    except pa.ArrowInvalid:
        return _shorter_timestamps(column, timed, at)


def _shorter_timestamps(column: Any, timed: Any, at: _Place) -> Any:
    """Parse times of which some are finer than a microsecond, or none."""
    shorter = pc.replace_substring_regex(timed, r"(\.\d{6})\d+", r"\1")
    try:
        return shorter.cast(_FINAL[Kind.TIMESTAMP])
    except pa.ArrowInvalid:
        for place, value in enumerate(shorter):
            try:
                value.cast(_FINAL[Kind.TIMESTAMP])
            except pa.ArrowInvalid as error:
                text = column[place].as_py()
                help = help_for(text, "a timestamp")
                raise at.refused(place, text, "is not a timestamp", help) from error
        raise
