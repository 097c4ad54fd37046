"""Rows of a query, which come in batches: SQLite, DuckDB and PostgreSQL, for reading only."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from interact.runtime.errors import DataError, UsageError
from interact.runtime.tables.rows import Broken, Chunk, TableSpec

_ROWS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Query:
    """The rows of a query, in its order."""

    spec: TableSpec

    def columns(self) -> Sequence[str]:
        """Return the columns of the query, for which it is run once."""
        for names, _ in self._batches(1):
            return names
        return ()

    def read(self, columns: Sequence[str], broken: Broken) -> Iterator[Chunk]:
        first = 1
        for _, rows in self._batches(_ROWS):
            yield Chunk(self.spec.told, first, rows.select(list(columns)))
            first += rows.num_rows

    def _batches(self, size: int) -> Iterator[tuple[Sequence[str], Any]]:
        if self.spec.path.startswith(_POSTGRES):
            return _postgres(self.spec, size)
        scheme, _, place = self.spec.path.partition(":///")
        if scheme not in _READERS:
            raise UsageError(
                f"the table {self.spec.name}: no database is known as {scheme}",
                help="write sqlite:///FILE, duckdb:///FILE or postgresql://USER@HOST/DATABASE",
            )
        if not os.path.exists(place):
            raise UsageError(f"the table {self.spec.name}: there is no database {place}")
        return _READERS[scheme](self.spec, place, size)


def _failed(spec: TableSpec, error: Exception) -> DataError:
    told = " ".join(str(error).split())
    return DataError(f"{spec.told} failed: {told}", help="try it in the database")


def _sqlite(spec: TableSpec, place: str, size: int) -> Iterator[tuple[Sequence[str], Any]]:
    try:
        opened = sqlite3.connect(f"file:{quote(place)}?mode=ro", uri=True)
        try:
            cursor = opened.execute(spec.query)
            names = [column[0] for column in cursor.description or ()]
            yield names, _batch(names, cursor.fetchmany(size))
            while rows := cursor.fetchmany(size):
                yield names, _batch(names, rows)
        finally:
            opened.close()
    except sqlite3.Error as error:
        raise _failed(spec, error) from error


def _batch(names: Sequence[str], rows: list[tuple[Any, ...]]) -> Any:
    """Return rows as columns; one whose values are of several types is of texts."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    return pa.RecordBatch.from_arrays([_array(column) for column in columns], list(names))


def _array(values: list[Any]) -> Any:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        texts = [v if v is None or isinstance(v, bytes) else str(v).encode() for v in values]
        return pa.array(texts, pa.binary())


def _duckdb(spec: TableSpec, place: str, size: int) -> Iterator[tuple[Sequence[str], Any]]:
    duckdb = _library("duckdb", spec)
    try:
        with duckdb.connect(place, read_only=True) as opened:
            reader: Any = opened.sql(spec.query).to_arrow_reader(size)
            names = reader.schema.names
            yield names, pa.RecordBatch.from_pylist([], reader.schema)
            for rows in reader:
                yield names, rows
    except duckdb.Error as error:
        raise _failed(spec, error) from error


def _postgres(spec: TableSpec, size: int) -> Iterator[tuple[Sequence[str], Any]]:
    psycopg = _library("psycopg", spec)
    reading = "-c default_transaction_read_only=on"
    try:
        with (
            psycopg.connect(spec.path, options=reading, application_name="interact") as opened,
            opened.cursor(name="rows") as cursor,
        ):
            cursor.execute(spec.query)
            names = [column.name for column in cursor.description or ()]
            yield names, _batch(names, cursor.fetchmany(size))
            while rows := cursor.fetchmany(size):
                yield names, _batch(names, rows)
    except psycopg.Error as error:
        raise _failed(spec, error) from error


def _library(name: str, spec: TableSpec) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the table {spec.name} needs {name}", help="pip install 'interact-dsl[profiles]'"
        ) from error


_POSTGRES = ("postgresql://", "postgres://")
_READERS = {"sqlite": _sqlite, "duckdb": _duckdb}
