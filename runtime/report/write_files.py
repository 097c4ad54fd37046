"""Reports as a folder of tables, one file a section."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal

from interact.runtime.errors import OutputError
from interact.runtime.report.model import Cell, Column, Kind, Report, Section

Format = Literal["csv", "parquet"]
FORMATS: Final[tuple[Format, ...]] = ("csv", "parquet")


def write_files(report: Report, folder: str, form: Format) -> list[str]:
    """Write each section as a file of its name, and return their paths.

    Files of an earlier report are replaced, each at once.

    Raises:
        OutputError: One cannot be written.
    """
    made = []
    try:
        os.makedirs(folder, exist_ok=True)
        for section in report.sections:
            path = Path(folder) / f"{section.name}.{form}"
            hidden = path.with_name(f".{path.name}.tmp")
            _write(table_of(section), str(hidden), form)
            os.replace(hidden, path)
            made.append(str(path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"cannot write the report to {folder}: {reason}") from error
    return made


def table_of(section: Section) -> Any:
    """Return a section as an Arrow table; rates are parts of one, moments are in UTC."""
    import pyarrow as pa

    kinds = {
        Kind.TEXT: pa.string(),
        Kind.COUNT: pa.int64(),
        Kind.DAY: pa.date32(),
        Kind.MOMENT: pa.timestamp("us", "UTC"),
    }
    values = list(zip(*section.rows, strict=True)) or [()] * len(section.columns)
    arrays = [
        pa.array(list(column), kinds.get(about.kind, pa.float64()))
        for column, about in zip(values, section.columns, strict=True)
    ]
    return pa.table(arrays, [c.name for c in section.columns])


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it."""
    return {
        "source": report.source,
        "first": None if report.first is None else report.first.isoformat(),
        "last": None if report.last is None else report.last.isoformat(),
        "channels": list(report.channels),
        "notes": list(report.notes),
        "figures": {f.title: f.value for f in report.figures},
        "sections": {s.name: [_record(s.columns, row) for row in s.rows] for s in report.sections},
    }


def _record(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> dict[str, Any]:
    return {c.name: _plain(v) for c, v in zip(columns, row, strict=True)}


def _plain(value: Cell) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _write(table: Any, path: str, form: Format) -> None:
    if form == "csv":
        import pyarrow.csv as csv

        csv.write_csv(table, path)
    else:
        import pyarrow.parquet as pq

        pq.write_table(table, path)
