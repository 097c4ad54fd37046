"""The rows of parts as one stream: damaged pages are found, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from interact.runtime.campaign.columns import OF_HISTORY
from interact.runtime.campaign.parts import Part

_ROWS = 1 << 16
_KINDS: dict[str, Any] = {
    "at": pa.timestamp("us", "UTC"),
    "segments": pa.list_(pa.string()),
    "extra": pa.map_(pa.string(), pa.string()),
    "score": pa.float64(),
    "rank": pa.int32(),
    "candidates": pa.int32(),
    "propensity": pa.float64(),
    "matched": pa.bool_(),
}
"""Types of the history's own columns; the others are text."""


class DamagedPart(Exception):
    """A part cannot be read to its end."""

    def __init__(self, part: Part, reason: str) -> None:
        super().__init__(reason)
        self.part, self.reason = part, reason


def key_kinds(batch: list[Part]) -> dict[str, str]:
    """Return the type of each key column; names that differ in case are one.

    A key is BIGINT when it is an integer in all parts, else VARCHAR.
    """
    kinds: dict[str, str] = {}
    names: dict[str, str] = {}
    for part in batch:
        for key in part.keys:
            name = names.setdefault(key.lower(), key)
            whole = pa.types.is_integer(part.schema.field(key).type)
            if kinds.setdefault(name, "BIGINT") == "BIGINT" and not whole:
                kinds[name] = "VARCHAR"
    return dict(sorted(kinds.items()))


def rows_of(batch: list[Part], damaged: list[DamagedPart]) -> Any:
    """Return the rows of parts as a reader of record batches.

    They have the columns of the history, those of ``key_kinds``, and ``interact_part`` and
    ``interact_channel``. Where a page is not what was written, reading fails, and ``damaged`` gets
    the reason; whoever reads the stream may lose it on the way.
    """
    keys = key_kinds(batch)
    schema = pa.schema(
        [(c, _KINDS.get(c, pa.string())) for c in OF_HISTORY[batch[0].table]]
        + [(k, pa.int64() if kind == "BIGINT" else pa.string()) for k, kind in keys.items()]
        + [("interact_part", pa.string()), ("interact_channel", pa.string())]
    )
    read = (rows for part in batch for rows in _rows(part, schema, damaged))
    return pa.RecordBatchReader.from_batches(schema, read)


def _rows(part: Part, schema: Any, damaged: list[DamagedPart]) -> Iterator[Any]:
    try:
        with pq.ParquetFile(part.path, page_checksum_verification=True) as file:
            for rows in file.iter_batches(_ROWS, columns=_needed(part)):
                yield _shaped(rows, part, schema)
    except (OSError, pa.ArrowException) as error:
        damaged.append(DamagedPart(part, str(error).splitlines()[0]))
        raise damaged[0] from error


def _needed(part: Part) -> list[str]:
    return [*OF_HISTORY[part.table], *part.keys]


def _shaped(rows: Any, part: Part, schema: Any) -> Any:
    names = {n.lower(): i for i, n in enumerate(rows.schema.names)}
    channel = part.name.split("channel=")[1].split("/")[0]
    own = {"interact_part": part.name, "interact_channel": channel}
    columns = []
    for field in schema:
        if (value := own.get(field.name)) is not None:
            columns.append(pa.repeat(pa.scalar(value), len(rows)))
        elif (at := names.get(field.name.lower())) is not None:
            columns.append(_cast(rows.column(at), field.type))
        else:
            columns.append(pa.nulls(len(rows), field.type))
    return pa.record_batch(columns, schema=schema)


def _cast(column: Any, kind: Any) -> Any:
    if column.type == kind:
        return column
    return pc.cast(column, kind)
