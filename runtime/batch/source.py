"""Where a run's customers come from: files, cut into tasks that can be read on their own.

A task is a file, or some row groups of one, and holds about ``BATCHES`` batches of customers where
the format allows to start inside a file. It reads as record batches of exactly ``batch_rows``
customers (the last may be shorter), with the needed columns only, whatever the sizes in which
they were stored: so what comes of a task depends on nothing but the task. Batches of very many
columns have fewer customers, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa

from interact.runtime.batch.files import Format, Stamp, find_files, misnamed, stamp_of
from interact.runtime.batch.plain_texts import without_codes, without_views
from interact.runtime.batch.schema import Needed, require_schema
from interact.runtime.errors import DataError, SchemaError

BATCH_ROWS = 128 * 1024
BATCHES = 4
PART_ROWS = BATCHES * BATCH_ROWS
_MOST_COLUMNS = 64  # in a batch of BATCH_ROWS
_LEAST_ROWS = 8 * 1024


@dataclass(frozen=True, slots=True)
class Task:
    """Row groups ``first_group`` to ``last_group`` (inclusive) of a file.

    Attributes:
        index: The place of the task in the run, from 0.
        file: The path.
        first_group: Counted from 0; a format without row groups has one.
        last_group: Below ``first_group`` when the file has no rows.
        rows: How many customers there are; None when only reading tells.
        limit: Read no more customers than this; None for all.
        batch_rows: How many customers a batch has.
    """

    index: int
    file: str
    first_group: int
    last_group: int
    rows: int | None
    limit: int | None = None
    batch_rows: int = BATCH_ROWS


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file's schema, and the rows of each row group; None when only reading tells."""

    schema: pa.Schema
    groups: tuple[int, ...] | None


class FileReader(Protocol):
    """One file format. Errors of the file are a ``DataError``."""

    def inspect(self, file: str) -> Inspected: ...
    def read(self, task: Task) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """The customers of a run.

    Attributes:
        path: As the user gave it.
        schema: That of the first file, of which the others hold the same needed columns.
        tasks: In file order.
        rows: How many customers there are; None when only reading tells.
        columns: What is read of them; None for all.
        stamps: Of the files, when the tasks were cut.
    """

    path: str
    schema: pa.Schema
    tasks: tuple[Task, ...]
    rows: int | None
    reader: FileReader
    columns: Sequence[str] | None = None
    stamps: Mapping[str, Stamp] = field(default_factory=dict)

    def read(self, task: Task) -> Iterator[pa.RecordBatch]:
        """Read a task; one batch without rows when there are none.

        Raises:
            DataError: The file cannot be read, or was written again meanwhile.
        """
        self._check_unchanged(task.file)
        yield from self._batches(task)
        self._check_unchanged(task.file)

    def _check_unchanged(self, file: str) -> None:
        if file in self.stamps and stamp_of(file) != self.stamps[file]:
            raise DataError(
                f"{file} was written while it was read",
                help="write files aside and rename them, and run again",
            )

    def _batches(self, task: Task) -> Iterator[pa.RecordBatch]:
        read = _first(without_views(self.reader.read(task)), task.limit)
        batches = rebatch(read, task.batch_rows)
        first = next(batches, None)
        yield _no_rows(self.schema, self.columns) if first is None else first
        yield from batches


def open_source(
    path: str,
    columns: Sequence[str] | None = None,
    *,
    needed: Sequence[Needed] = (),
    limit: int | None = None,
) -> Source:
    """Find the files behind ``path`` and check that they hold what is needed.

    Args:
        path: A file, a folder that is searched with all its sub-folders, or a glob.
        columns: Read these columns only; None for those of ``needed``, or all without any.
        needed: What the columns must be; a CSV file is read as these types.
        limit: Stop after the first so many customers, in file order.

    Raises:
        UsageError: There is no such file, or its format is not known.
        DataError: A file cannot be read, or does not hold what is needed.
    """
    files, format = find_files(path)
    if columns is None and needed:
        columns = list(dict.fromkeys(need.column for need in needed))
    if format is Format.CSV:
        _refuse_rows(path, needed)
    reader = _reader(format, columns, needed)
    first: Inspected | None = None
    tasks: list[Task] = []
    rows = batch_rows(needed)
    stamps = {file: stamp_of(file) for file in files}
    for file in files:
        found = reader.inspect(file)
        first = first or found
        _check(file, found.schema, files[0], first.schema, columns, needed)
        tasks += _cut(file, found.groups, len(tasks), rows)
    assert first is not None
    planned = tuple(tasks) if limit is None else _limited(tasks, limit, reader)
    return Source(path, first.schema, planned, _total(planned), reader, columns, stamps)


def _no_rows(schema: pa.Schema, columns: Sequence[str] | None) -> pa.RecordBatch:
    names = schema.names if columns is None else columns
    read = pa.schema([schema.field(name) for name in names])
    (batch,) = without_views([pa.RecordBatch.from_pylist([], read)])
    return batch


def batch_rows(needed: Sequence[Needed]) -> int:
    """Return how many customers a batch has of whom this is read.

    >>> batch_rows([Needed("age", "age")] * 64), batch_rows([Needed("age", "age")] * 500)
    (131072, 16384)
    """
    width = sum(max(1, len(need.fields)) for need in needed)
    rows = BATCH_ROWS
    while rows > _LEAST_ROWS and rows * width > BATCH_ROWS * _MOST_COLUMNS:
        rows //= 2
    return rows


def _refuse_rows(path: str, needed: Sequence[Needed]) -> None:
    rows = ", ".join(f"`{need.name}`" for need in needed if need.is_many)
    if rows:
        raise SchemaError(
            f"the strategy reads the rows of {rows}, and CSV files cannot hold rows: {path}",
            help="write the customers as Parquet or Arrow, with a list of structs",
        )


def _reader(format: Format, columns: Sequence[str] | None, needed: Sequence[Needed]) -> FileReader:
    from interact.runtime.batch import source_csv, source_ipc, source_parquet

    match format:
        case Format.PARQUET:
            return source_parquet.ParquetReader(columns, tuple(needed))
        case Format.CSV:
            return source_csv.CsvReader(columns, tuple(needed))
        case Format.IPC_FILE | Format.IPC_STREAM:
            return source_ipc.IpcReader(columns, stream=format is Format.IPC_STREAM)


def _check(
    file: str,
    schema: pa.Schema,
    first_file: str,
    first: pa.Schema,
    columns: Sequence[str] | None,
    needed: Sequence[Needed],
) -> None:
    """Refuse a file without what is needed, or with rows that differ from those of the first."""
    try:
        require_schema(needed, schema, file)
        names = schema.names
    except UnicodeDecodeError as error:
        raise misnamed(file) from error
    read = {n.column for n in needed if not n.is_many}  # whatever serves is read as it comes
    for name in first.names if columns is None else columns:
        if name not in names:
            raise SchemaError(f"{file} has no column `{name}`")
        here, there = schema.field(name).type, first.field(name).type
        if here != there and name not in read:
            raise SchemaError(
                f"column `{name}` is {here} in {file}, but {there} in {first_file}",
                help="write all files of a run with the same schema",
            )


def _cut(file: str, groups: tuple[int, ...] | None, index: int, batch_rows: int) -> list[Task]:
    """Gather row groups into tasks of about ``BATCHES`` batches, at least one."""
    if not groups:
        last, rows = (0, None) if groups is None else (-1, 0)
        return [Task(index, file, 0, last, rows, batch_rows=batch_rows)]
    tasks = [Task(index, file, 0, 0, groups[0], batch_rows=batch_rows)]
    for group, rows in enumerate(groups[1:], 1):
        task = tasks[-1]
        assert task.rows is not None
        if task.rows + rows <= BATCHES * batch_rows:
            tasks[-1] = replace(task, last_group=group, rows=task.rows + rows)
        else:
            tasks.append(Task(index + len(tasks), file, group, group, rows, None, batch_rows))
    return tasks


def _limited(tasks: Iterable[Task], limit: int, reader: FileReader) -> tuple[Task, ...]:
    """Keep the tasks of the first ``limit`` customers; count where only reading tells."""
    kept: list[Task] = []
    for task in tasks:
        rows = task.rows
        if rows is None:
            rows = sum(batch.num_rows for batch in _first(reader.read(task), limit))
        taken = min(rows, limit)
        if taken or not kept:
            kept.append(replace(task, index=len(kept), rows=taken, limit=taken))
        limit -= taken
        if limit == 0:
            break
    return tuple(kept)


def _total(tasks: Iterable[Task]) -> int | None:
    counts = [task.rows for task in tasks]
    return None if None in counts else sum(count for count in counts if count is not None)


def _first(batches: Iterator[pa.RecordBatch], limit: int | None) -> Iterator[pa.RecordBatch]:
    if limit is None:
        yield from batches
        return
    while limit > 0 and (batch := next(batches, None)) is not None:
        batch = batch.slice(0, limit)
        limit -= batch.num_rows
        yield batch


def rebatch(batches: Iterable[pa.RecordBatch], rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """Cut and join record batches into ones of ``rows`` rows, the last excepted.

    A batch of the right size passes as it is; no batch without rows comes out.
    """
    held: list[Any] = []
    count = 0
    for batch in batches:
        while count + batch.num_rows >= rows:
            held.append(batch.slice(0, rows - count))
            yield _joined(held)
            batch = batch.slice(rows - count)
            held, count = [], 0
        if batch.num_rows:
            held.append(batch)
            count += batch.num_rows
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    try:
        return pa.concat_batches(batches)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _joined_plain(batches)


def _joined_plain(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Join batches whose dictionaries together have more texts than there are codes."""
    try:
        return pa.concat_batches([without_codes(batch) for batch in batches])
    except pa.ArrowInvalid as error:
        raise DataError(f"batches of a file do not fit together: {error}") from error
