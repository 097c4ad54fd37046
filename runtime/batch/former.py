"""What stays of the tables of a former run when another one takes its place.

The rows of a former run that stay are put into the working folder before it is published, so the
new run has all of them, or nothing changes. A file that stays whole is linked, not copied.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

from interact.runtime.batch.files import reason_of
from interact.runtime.batch.key_texts import key_texts
from interact.runtime.batch.sink_format import OutputFormat, open_writer
from interact.runtime.errors import OutputError, UsageError

_PREFIX = "former"
_PARSED = pa.csv.ParseOptions(newlines_in_values=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of whose former rows some stay: all, or with ``key`` those of other keys."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Former:
    """The run in a folder that another one takes the place of, and the tables it goes on with."""

    folder: str
    tables: Sequence[Kept]
    format: OutputFormat

    def check(self, overwrite: bool) -> None:
        """Refuse former tables that new rows do not fit.

        Raises:
            UsageError: One has other columns, or is of another format.
        """
        for table in self.tables if overwrite else ():
            for path in _files(os.path.join(self.folder, table.name)):
                _check(path, table, self.format)

    def keep(self, working: str) -> dict[str, int]:
        """Put the rows that stay into the working folder; return how many, by table.

        Raises:
            OutputError: They cannot be written.
        """
        return {t.name: keep_former(self.folder, working, t, self.format) for t in self.tables}


def _check(path: str, table: Kept, format: OutputFormat) -> None:
    if not path.endswith(f".{format}"):
        raise UsageError(
            f"{path} is not {format}, so rows of a snapshot cannot be added to it",
            help=f"choose another --format than {format}, or another --out",
        )
    found = _schema(path, format)
    same = found.names == table.schema.names
    if not same or (format is not OutputFormat.CSV and not found.equals(table.schema)):
        raise UsageError(
            f"{path} has other columns than the snapshot {table.name}",
            help="choose another --out, or declare the snapshot with `replace`",
        )


def keep_former(folder: str, working: str, table: Kept, format: OutputFormat) -> int:
    """Put the rows that stay of a table in ``folder`` beside those in ``working``; count them.

    Raises:
        OutputError: They cannot be written.
    """
    made = os.path.join(working, table.name)
    os.makedirs(made, exist_ok=True)
    names = list(_numbered(os.path.join(folder, table.name)))
    new = _keys(made, table, format) if table.key else None
    count = 0
    try:
        for path, name in names:
            if new is None:
                _link(path, os.path.join(made, name))
                count += _rows(path, table, format)
            else:
                found = _read(path, table, format)
                rest = found.filter(pc.invert(_is_in(found, new, table)))
                with pa.OSFile(os.path.join(made, name), "wb") as file:
                    writer = open_writer(format, file, table.schema)
                    writer.write(rest)
                    writer.close()
                count += rest.num_rows
    except (OSError, pa.ArrowException) as error:
        place = os.path.join(folder, table.name)
        raise OutputError(f"cannot keep the rows in {place}: {reason_of(error)}") from error
    return count


def _files(folder: str) -> list[str]:
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, n) for n in sorted(os.listdir(folder)) if not n.startswith(".")]


def _numbered(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the files of a former table with the names that they have from now on."""
    files = _files(folder)
    parts = [os.path.basename(path).split("-", 2) for path in files]
    last = max((int(p[1]) for p in parts if p[0] == _PREFIX), default=0)
    for path, part in zip(files, parts, strict=True):
        name = os.path.basename(path)
        yield path, name if part[0] == _PREFIX else f"{_PREFIX}-{last + 1:05d}-{name}"


def _link(path: str, to: str) -> None:
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)


def _keys(folder: str, table: Kept, format: OutputFormat) -> Any:
    parts = [_texts(_read(path, table, format), table) for path in _files(folder)]
    return pa.chunked_array(parts, pa.large_string())


def _is_in(found: Any, new: Any, table: Kept) -> Any:
    return pc.is_in(_texts(found, table), new)


def _texts(found: Any, table: Kept) -> Any:
    """Return the key of each row as one text; a null is as good as any other value."""
    return key_texts([found.column(name) for name in table.key]).combine_chunks()


def _schema(path: str, format: OutputFormat) -> pa.Schema:
    match format:
        case OutputFormat.PARQUET:
            return pq.read_schema(path)
        case OutputFormat.ARROW:
            with pa.OSFile(path, "rb") as file:
                return pa.ipc.open_file(file).schema
        case OutputFormat.CSV:
            with pa.csv.open_csv(path, parse_options=_PARSED) as reader:
                return reader.schema


def _rows(path: str, table: Kept, format: OutputFormat) -> int:
    if format is OutputFormat.PARQUET:
        return int(pq.read_metadata(path).num_rows)
    return int(_read(path, table, format).num_rows)


def _read(path: str, table: Kept, format: OutputFormat) -> Any:
    match format:
        case OutputFormat.PARQUET:
            return pq.read_table(path)
        case OutputFormat.ARROW:
            with pa.OSFile(path, "rb") as file:
                return pa.ipc.open_file(file).read_all()
        case OutputFormat.CSV:
            types = {f.name: f.type for f in table.schema}
            options = pa.csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            )
            return pa.csv.read_csv(path, parse_options=_PARSED, convert_options=options)
