"""What is wrong with a CSV file, in the words of this project: file, line, column, value."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from interact.runtime.batch.files import unreadable
from interact.runtime.errors import DataError

_IN_COLUMN = re.compile(r"In CSV column #(\d+): (?:Row #(\d+): )?(.*)", re.DOTALL)
_WRONG_VALUE = re.compile(
    r"CSV conversion error to ([^:]*): invalid value '(.*)'|The string '(.*)' (?:is not|cannot)"
    r"|Error converting '(.*)' to decimal",
    re.DOTALL,
)
_WRONG_WIDTH = re.compile(r"CSV parse error: Row #(\d+): Expected (\d+) columns, got (\d+)")
_TYPES = {"int64": "an int", "double": "a float", "bool": "a bool", "date32[day]": "a date"}
_COMMA = re.compile(r"[+-]?[\d.]+,\d+$")
_SEPARATED = re.compile(r"[+-]?\d{1,3}([,' _]\d{3})+(\.\d+)?$")
_MARKED = re.compile(r"\W{0,3}?([+-]?\d+(?:\.\d+)?)\s?(?:\W{1,2}|[A-Z]{3})?$")  # a currency
_MISSING = frozenset(("na", "n/a", "nan", "none", "nil", "-", "?", ".", "#n/a", "missing"))
_FORMS = {
    "a bool": "write true or false, or 1 or 0",
    "a date": "write dates as 2026-01-31",
    "a timestamp": "write times as 2026-01-31T12:30:00, with a zone such as Z if not in UTC",
}


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


def refuse_other(file: str, start: bytes) -> None:
    """Refuse a file that is named like a CSV file and is something else, by its first bytes.

    Raises:
        DataError: It is a Parquet file, compressed, or a text in UTF-16.
    """
    if start.startswith(b"PAR1"):
        raise DataError(f"{file} is a Parquet file", help="name it .parquet")
    if start.startswith(b"\x1f\x8b"):
        raise DataError(f"{file} is compressed by gzip", help="name it .csv.gz")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{file} is a text in UTF-16", help="save the file in the encoding UTF-8")


def is_header_alone(error: Exception) -> bool:
    """Return whether nothing is wrong but that a file ends behind its header."""
    return str(error).startswith("CSV parse error: Empty CSV file")


def opened_bytes(file: str) -> Any:
    """Return the bytes of a file, as they were before it was compressed."""
    return pa.input_stream(file, compression="gzip" if file.lower().endswith(".gz") else None)


def line_of(file: str, row: int, delimiter: str) -> int:
    """Return the line on which a row ends; Arrow counts rows from 1 and leaves empty lines out."""
    with opened_bytes(file) as data:
        opened = io.TextIOWrapper(data, encoding="utf-8", errors="replace", newline="")
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
    if "cannot be represented" in told and (large := _WRONG_VALUE.match(told)):
        return f"'{large[3]}' is too large a number", "declare the attribute as a float"
    if "would cause data loss" in told:
        told = "a number has more than 9 digits after the point, or 29 before it"
        return told, "round it, or declare the attribute as a float"
    wrong = _WRONG_VALUE.match(told)
    if wrong is None:
        return told, ""
    if "precision not supported" in told:
        return f"'{wrong[4]}' is too large a number", "declare the attribute as a float"
    value = wrong[2] if wrong[2] is not None else wrong[3]
    kind = _TYPES.get(wrong[1] or "", "a number")
    return f"'{value}' is not {kind}", help_for(value, kind)


def help_for(value: str, kind: str) -> str:
    """Return how to write a value that is not of its kind, such as ``a date``."""
    if not value:
        return "leave the quotes out where there is no value"
    if value.strip().lower() in _MISSING:
        return "leave the field empty where there is no value"
    if value != value.strip():
        return "remove the blanks around the value"
    if kind == "a date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "there is no such day"
    return _FORMS.get(kind) or _help_for_number(value, kind)


def _help_for_number(value: str, kind: str) -> str:
    if value.startswith("+"):
        return f"write it without a plus sign: {value[1:]}"
    if kind != "an int" and _COMMA.match(value) and "." not in value:
        return "write decimals with a point"
    if _SEPARATED.match(value):
        return "write it without separators: " + re.sub("[,' _]", "", value)
    if kind == "an int" and re.fullmatch(r"-?\d+\.\d+", value):
        return "write a whole number, or declare the attribute as decimal(2) or float"
    if kind == "an int" and re.fullmatch(r"-?\d+", value):
        return "whole numbers have 64 bits; declare the attribute as text"
    marked = _MARKED.match(value)
    return f"write the number alone: {marked[1]}" if marked else ""
