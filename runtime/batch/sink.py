"""Where a run's results go: ``<table>/part-00007.<format>`` for each task, ``run.json`` last.

A part is written under a hidden name and renamed when it is whole, so a part that has its
name is complete, whoever is killed; and the names depend on the tasks only, so a repeated
task replaces its own part by the same. The whole folder appears at the end (``staging``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from interact.runtime.batch.files import reason_of
from interact.runtime.batch.sink_format import OutputFormat, TableWriter, open_writer, table_of
from interact.runtime.batch.staging import MANIFEST, Staging, stage
from interact.runtime.errors import OutputError

OpenFile = Callable[[str], Any]


@dataclass(slots=True)
class Sink:
    """A run's output folder. Use it in a ``with`` block, and ``commit`` at the end of it.

    Attributes:
        folder: Where the results shall be.
        format: Of the tables.
        overwrite: Whether a former run may be replaced.
        looked_up: Columns that get statistics: the key.
        open_file: Opens a file for writing; a seam for tests.
    """

    folder: str
    format: OutputFormat = OutputFormat.PARQUET
    overwrite: bool = False
    looked_up: Sequence[str] = ()
    open_file: OpenFile = lambda path: pa.OSFile(path, "wb")
    staging: Staging | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.staging = stage(self.folder, overwrite=self.overwrite)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.staging is not None:
            self.staging.discard()
            self.staging = None

    def part(self, task: int, piece: int = 0) -> Part:
        """Start the results of a task, or of a piece of a task that is written in several."""
        assert self.staging is not None, "a sink is used in a with block"
        name = f"part-{task:05d}" + (f"_{piece:04d}" if piece else "")
        return Part(self.staging.folder, f"{name}.{self.format}", self)

    @property
    def working(self) -> str:
        """The folder that is put in its place when it is committed."""
        assert self.staging is not None, "a sink is used in a with block"
        return self.staging.folder

    def commit(self, manifest: Mapping[str, Any]) -> None:
        """Write ``run.json`` and put the folder in its place."""
        assert self.staging is not None, "a sink is used in a with block"
        path = os.path.join(self.staging.folder, MANIFEST)
        with _reported(os.path.join(self.folder, MANIFEST)):
            with open(path + ".tmp", "w", encoding="utf-8") as out:
                json.dump(manifest, out, indent=2, ensure_ascii=False)
                out.write("\n")
                out.flush()
                os.fsync(out.fileno())
            os.replace(path + ".tmp", path)
            self.staging.publish()
        self.staging = None


@dataclass(slots=True)
class Part:
    """The results of one task: a file for each table. ``close`` gives them their names."""

    folder: str
    name: str
    sink: Sink
    rows: dict[str, int] = field(default_factory=dict)
    _open: dict[str, tuple[TableWriter, Any]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.discard()

    def write(self, table: str, data: Any) -> None:
        """Append a record batch or table; the first one tells the schema."""
        with _reported(self._said(table)):
            if table not in self._open:
                self._open[table] = self._start(table, data.schema)
            self._open[table][0].write(table_of(data))
        self.rows[table] = self.rows.get(table, 0) + data.num_rows

    def close(self) -> None:
        """Finish all files and rename them."""
        for table, (writer, file) in self._open.items():
            with _reported(self._said(table)):
                writer.close()
                file.close()
                _sync(self._hidden(table))
                os.replace(self._hidden(table), os.path.join(self.folder, table, self.name))

    def discard(self) -> None:
        """Let go of all files; the hidden ones go with the working folder."""
        for writer, file in self._open.values():
            for opened in (writer, file):
                with suppress(pa.ArrowException, OSError):  # an earlier error is the one to tell
                    opened.close()

    def _start(self, table: str, schema: pa.Schema) -> tuple[TableWriter, Any]:
        os.makedirs(os.path.join(self.folder, table), exist_ok=True)
        file = self.sink.open_file(self._hidden(table))
        return open_writer(self.sink.format, file, schema, self.sink.looked_up), file

    def _said(self, table: str) -> str:
        return os.path.join(self.sink.folder, table, self.name)

    def _hidden(self, table: str) -> str:
        return os.path.join(self.folder, table, f".{self.name}.{os.getpid()}.tmp")


def _sync(path: str) -> None:
    """Wait until a file is on the disk, which is also when some disks say that they are full."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class _reported:
    """Turns a failure to write ``path`` into an ``OutputError``."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            raise OutputError(
                f"cannot write {self.path}: {reason_of(error)}",
                help="nothing was published; free space or choose another folder, and run again",
            ) from error
