"""What is wrong with a CSV file, in the words of this project: file, line, column, value."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

import pyarrow as pa

from interact.runtime.batch.files import unreadable
from interact.runtime.errors import DataError

_IN_COLUMN = re.compile(r"In CSV column #(\d+): (?:Row #(\d+): )?(.*)", re.DOTALL)
_WRONG_VALUE = re.compile(
    r"CSV conversion error to ([^:]*): invalid value '(.*)'|The string '(.*)' is not", re.DOTALL
)
_WRONG_WIDTH = re.compile(r"CSV parse error: Row #(\d+): Expected (\d+) columns, got (\d+)")
_TYPES = {"int64": "an int", "double": "a float", "bool": "a bool", "date32[day]": "a date"}
_COMMA = re.compile(r"[+-]?[\d.]+,\d+$")


def explained(file: str, names: Sequence[str], delimiter: str, message: str) -> DataError:
    """Return the error that Arrow's message about a CSV file means."""
    if wide := _WRONG_WIDTH.match(message):
        line = line_of(file, int(wide[1]), delimiter)
        return DataError(
            f"{file}, line {line}: {wide[3]} fields, and the header names {wide[2]} columns",
            help="put texts that hold the delimiter in quotes",
        )
    found = _IN_COLUMN.match(message)
    if found is None:
        return unreadable(file, pa.ArrowInvalid(message))
    place = f"{file}, line {line_of(file, int(found[2]), delimiter)}" if found[2] else file
    reason, help = _reason(found[3])
    return DataError(f"{place}, column `{names[int(found[1])]}`: {reason}", help=help)


def line_of(file: str, row: int, delimiter: str) -> int:
    """Return the line on which a row ends; Arrow counts rows from 1 and leaves empty lines out."""
    with open(file, encoding="utf-8", errors="replace", newline="") as opened:
        reader = csv.reader(opened, delimiter=delimiter)
        count = 0
        for fields in reader:
            count += bool(fields)
            if count == row:
                return reader.line_num
    return row


def _reason(told: str) -> tuple[str, str]:
    """Return what is wrong with a value, and what to do about it."""
    if "invalid UTF8" in told:
        return "the text is not UTF-8", "save the file in the encoding UTF-8"
    if "would cause data loss" in told:
        return "a number has more than 9 digits after the point", "round it"
    wrong = _WRONG_VALUE.match(told)
    if wrong is None:
        return told, ""
    value = wrong[2] if wrong[2] is not None else wrong[3]
    kind = _TYPES.get(wrong[1] or "", "a number")
    return f"'{value}' is not {kind}", _help(value, kind)


def _help(value: str, kind: str) -> str:
    if value.startswith("+"):
        return f"write it without a plus sign: {value[1:]}"
    if kind in ("a number", "a float") and _COMMA.match(value):
        return "write decimals with a point"
    return ""
