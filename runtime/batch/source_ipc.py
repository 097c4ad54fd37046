"""Customers in Arrow IPC files (also called Feather) and streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from interact.runtime.batch.files import reason_of, unreadable
from interact.runtime.batch.source import Inspected, Task
from interact.runtime.batch.texts import not_utf8
from interact.runtime.errors import DataError


@dataclass(frozen=True, slots=True)
class IpcReader:
    """Maps files into memory, so that what is not compressed is not even copied."""

    columns: Sequence[str] | None
    stream: bool

    def inspect(self, file: str) -> Inspected:
        """Read the schema; a file also tells its rows, a stream does not."""
        with self._open(file, None) as opened:
            return Inspected(opened.schema, None if self.stream else (opened.count_rows(),))

    def read(self, task: Task) -> Iterator[pa.RecordBatch]:
        """Read the whole file, as a file of batches is cheap to walk through."""
        with self._open(task.file, self.columns) as opened:
            for batch in opened if self.stream else _batches(opened):
                batch = batch if self.columns is None else batch.select(list(self.columns))
                _check(batch, task.file)
                yield batch

    @contextmanager
    def _open(self, file: str, columns: Sequence[str] | None) -> Iterator[Any]:
        try:
            with pa.memory_map(file) as data:
                opened = self._reader(data, None)
                if columns is not None and (self.stream or not _is_mapped(data, opened)):
                    data.seek(0)
                    opened = self._reader(data, [opened.schema.names.index(c) for c in columns])
                yield opened
        except (pa.ArrowException, OSError) as error:
            raise unreadable(file, error) from error

    def _reader(self, data: Any, fields: list[int] | None) -> Any:
        opens = pa.ipc.open_stream if self.stream else pa.ipc.open_file
        return opens(data, options=pa.ipc.IpcReadOptions(included_fields=fields))


def _batches(opened: Any) -> Iterator[pa.RecordBatch]:
    for number in range(opened.num_record_batches):
        yield opened.get_batch(number)


def _check(batch: pa.RecordBatch, file: str) -> None:
    """Refuse columns whose parts do not fit together: Arrow and kernels would read beside them."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error):
                raise not_utf8(name) from error
            raise DataError(
                f"{file} is damaged in column `{name}`: {reason_of(error)}",
                help="write or copy the file again",
            ) from error


def _is_mapped(data: Any, opened: Any) -> bool:
    """Return whether batches of a file are views on it: not compressed, and all columns together.

    Choosing fields would copy them.
    """
    if not opened.num_record_batches:
        return False
    buffers = [
        b for c in opened.get_batch(0).columns for b in c.buffers() if b is not None and b.size
    ]
    data.seek(0)
    start = data.read_buffer(1).address
    return all(start <= b.address < start + data.size() for b in buffers)
