"""Customers in Parquet files."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interact.runtime.batch.files import misnamed, unreadable
from interact.runtime.batch.plain_texts import has_coded_rows
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import Inspected, Task
from interact.runtime.errors import DataError
from interact.stdlib.types import Kind

_BUFFER_BYTES = 1 << 20
_KEPT_FOOTERS = 64


@dataclass(frozen=True, slots=True)
class ParquetReader:
    """Reads the pages of the needed columns as they are wanted.

    Text columns come out as dictionaries, which is how they are stored: twice as fast as
    texts, and what the kernels want. ``pre_buffer`` stays off, as it holds every row group
    of a task in memory.
    """

    columns: Sequence[str] | None
    needed: tuple[Needed, ...]
    footers: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    lock: Any = field(default_factory=threading.Lock)

    def inspect(self, file: str) -> Inspected:
        """Read the footer of a file."""
        with self._open(file, ()) as opened:
            meta = opened.metadata
            groups = tuple(meta.row_group(i).num_rows for i in range(meta.num_row_groups))
            return Inspected(opened.schema_arrow, groups)

    def read(self, task: Task) -> Iterator[pa.RecordBatch]:
        """Decode in the caller's thread, without the interpreter's lock."""
        texts = [n.column for n in self.needed if n.type.kind is Kind.TEXT]
        with self._open(task.file, texts) as opened:
            try:
                for groups in _together(task, opened.schema_arrow):
                    yield from opened.iter_batches(
                        batch_size=task.batch_rows,
                        row_groups=groups,
                        columns=self._leaves(opened),
                        use_threads=False,
                    )
            except (pa.ArrowException, OSError) as error:
                raise unreadable(task.file, error) from error

    def _open(self, file: str, texts: Sequence[str]) -> Any:
        """Open a file; ``texts``, which it must have, come out as dictionaries."""
        try:
            opened = pq.ParquetFile(
                file,
                metadata=self.footers.get(file),
                read_dictionary=list(texts),
                buffer_size=_BUFFER_BYTES,
                pre_buffer=False,
                page_checksum_verification=True,
            )
        except pa.ArrowInvalid as error:
            raise DataError(
                f"{file} is not a Parquet file, or its end is missing",
                help="write or copy the file again",
            ) from error
        except UnicodeDecodeError as error:
            raise misnamed(file) from error
        except (pa.ArrowException, OSError) as error:
            raise unreadable(file, error) from error
        self._keep(file, opened.metadata)
        return opened

    def _keep(self, file: str, footer: Any) -> None:
        with self.lock:
            self.footers[file] = footer
            if len(self.footers) > _KEPT_FOOTERS:
                self.footers.popitem(last=False)

    def _leaves(self, opened: Any) -> list[str] | None:
        """Return the paths of the columns to read; of a ``many``, those of its needed fields."""
        if self.columns is None:
            return None
        rows = {n.column: [part.column for part in n.fields] for n in self.needed if n.is_many}
        paths = [opened.schema.column(i).path for i in range(len(opened.schema))]
        chosen = [name for name in self.columns if name not in rows]
        for name, fields in rows.items():
            ends = tuple("." + field for field in fields)
            leaves = [path for path in paths if path.startswith(name + ".")]
            # of rows that are only counted one field is enough; those that are all null have none
            chosen += [leaf for leaf in leaves if leaf.endswith(ends)] or leaves[:1] or [name]
        return chosen


def _together(task: Task, schema: pa.Schema) -> list[list[int]]:
    """Return the row groups of a task that are read at once: all, as far as Arrow can."""
    groups = list(range(task.first_group, task.last_group + 1))
    return [[group] for group in groups] if has_coded_rows(schema) else [groups]
