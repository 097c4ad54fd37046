"""Rows of a history: contacts and responses in one form, day by day, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from interact.runtime.errors import DataError
from interact.runtime.history.events import Event, decode
from interact.runtime.history.frames import read_log
from interact.runtime.history.log import LOGS
from interact.runtime.history.names import names_in
from interact.runtime.history.parts import Part, first_line, key_columns, open_part, parts_in
from interact.runtime.history.publish import table_name
from interact.runtime.history.schema import table_of
from interact.runtime.history.wanted import CONTACT, DECISION, Wanted

BATCH = 1 << 16
_BEFORE = ("at", "kind", "channel", "audience")
_AFTER = (
    *("treatment", "offer", "code", "zone", "point", "rule", "score", "rank", "candidates"),
    *("propensity", "matched", "name", "category", "segments", "session", "decision", "event"),
    *("bundle", "extra"),
)
_OF_DECISIONS = ("inputs", "outcome")
_TYPES = {
    "at": pa.timestamp("us", "UTC"),
    "score": pa.float64(),
    "rank": pa.int32(),
    "candidates": pa.int32(),
    "propensity": pa.float64(),
    "matched": pa.bool_(),
    "segments": pa.list_(pa.string()),
    "extra": pa.map_(pa.string(), pa.string()),
}
_KINDS = {"contacts": CONTACT, "decisions": DECISION}
_FORMAT = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True)
)


@dataclass(frozen=True, slots=True)
class _Group:
    """Files of one day, table, channel and form."""

    parts: tuple[Part, ...]
    keys: tuple[str, ...]
    schema: Any

    @property
    def first(self) -> Part:
        return self.parts[0]


class Selection:
    """Rows that are asked for.

    Whoever iterates shares the lock of the history.

    Attributes:
        schema: That of all tables; a key that has two types is text.
        keys: The key columns.
        logged: The names of events that are in logs.
    """

    def __init__(self, history: Path, wanted: Wanted) -> None:
        self._wanted = wanted
        logged = list(_logged(history, wanted))  # before the files: rows go that way
        parts = [p for p in parts_in(history, wanted.tables()) if wanted.takes_part(p)]
        self._groups = list(_groups(parts))
        named = {g.keys for g in self._groups}
        waiting = [
            (name, channel, keys, asked)
            for name, channel, keys, table in _tables(logged, named)
            if (asked := _named(table, keys, wanted)).num_rows
        ]
        keys: dict[str, Any] = {}
        for names, schema in [(g.keys, g.schema) for g in self._groups] + waiting_keys(waiting):
            for key in names:
                kind = schema.field(key).type
                keys[key] = kind if keys.get(key, kind) == kind else pa.string()
        named |= {names for _, names in logged if names is not None}
        wanted.check_key([key for names in sorted(named) for key in names])
        last = _OF_DECISIONS if "decisions" in wanted.tables() else ()
        before, after = (
            [(n, _TYPES.get(n, pa.string())) for n in names] for names in (_BEFORE, _AFTER + last)
        )
        self.keys = tuple(keys)
        self.schema = pa.schema([*before, *keys.items(), *after])
        self._waiting = [self._in_form(t, name, channel) for name, channel, _, t in waiting]
        self.logged = pa.array([e.event for e, _ in logged], pa.string())

    def days(self, newest_first: bool = False) -> Iterator[Iterator[Any]]:
        """Yield the tables of each day, whose rows are in no order; rows of logs come first.

        Raises (the iterators):
            DataError: A file is damaged.
        """
        yield iter(self._waiting)
        groups = self._groups[::-1] if newest_first else self._groups
        for _, of_day in groupby(groups, key=lambda g: g.first.day):
            yield (table for group in list(of_day) for table in self._rows(group))

    def _rows(self, group: _Group) -> Iterator[Any]:
        part = group.first
        try:
            condition = self._wanted.condition(group.keys, group.schema)
        except ValueError:
            return
        paths = [str(p.path) for p in group.parts]
        data = ds.dataset(paths, schema=group.schema, format=_FORMAT)
        try:
            for batch in data.to_batches(filter=condition, batch_size=BATCH):
                if batch.num_rows:
                    table = self._in_form(pa.table(batch), part.table, part.channel)
                    yield table.filter(pc.invert(pc.is_in(table["event"], self.logged)))
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                f"{part.name.rpartition('/')[0]}: {first_line(error)}",
                help="interact history verify names what is damaged",
            ) from error

    def _in_form(self, table: Any, name: str, channel: str) -> Any:
        count = table.num_rows
        given = {"channel": pa.array([channel], pa.string()).take(pa.array([0] * count))}
        if kind := _KINDS.get(name):
            given["kind"] = pa.array([kind], pa.string()).take(pa.array([0] * count))
        columns = []
        for column in self.schema:
            if column.name in given:
                columns.append(given[column.name])
            elif column.name in table.column_names:
                columns.append(table[column.name].cast(column.type))
            else:
                columns.append(pa.nulls(count, column.type))
        return pa.table(columns, schema=self.schema)


def _groups(parts: Sequence[Part]) -> Iterator[_Group]:
    """Yield files that have the same form, by day."""
    for _, of_folder in groupby(parts, key=lambda p: p.path.parent):
        forms: list[tuple[Any, list[Part]]] = []
        for part in of_folder:
            with open_part(part) as opened:
                schema = _plain(opened.schema_arrow)
            held = next((h for form, h in forms if form.equals(schema)), None)
            if held is None:
                forms.append((schema, held := []))
            held.append(part)
        for schema, held in forms:
            yield _Group(tuple(held), tuple(key_columns(held[0], schema)), schema)


def _plain(schema: Any) -> Any:
    """Return a schema with texts in place of dictionaries."""
    kinds = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in schema]
    return pa.schema(list(zip(schema.names, kinds, strict=True)))


_Logged = tuple[Event, tuple[str, ...] | None]
"""A row of a log, and its key columns; None when the writer did not tell them."""


def logged_events(history: Path) -> Iterator[tuple[tuple[str, ...], Event]]:
    """Yield rows of logs, with the names of their key columns; no names where none are told.

    Raises:
        DataError: A row cannot be read.
    """
    for segment in sorted((history / LOGS).glob("[!.]*/[0-9]*")):
        names = names_in(segment.parent)
        try:
            data = segment.read_bytes()
        except FileNotFoundError:
            continue  # published just now
        for one in read_log(data).frames:
            try:
                event = decode(one.payload)
            except msgspec.MsgspecError as error:
                raise DataError(
                    f"{segment.relative_to(history)}: a row cannot be read: {error}",
                    help="interact history verify names what is damaged",
                ) from error
            yield names.get(event.audience, ()), event


def _logged(history: Path, wanted: Wanted) -> Iterator[_Logged]:
    for told, event in logged_events(history):
        if wanted.takes(event):
            is_known = bool(told) and len(event.key) in (0, len(told))
            yield event, told if is_known else None


def _tables(
    logged: Sequence[_Logged], named: set[tuple[str, ...]]
) -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    """Yield rows of logs as tables, with their table, channel and key columns.

    Where a log does not tell how key columns are named, files may do so.
    """

    by_size = {len(names): names for names in sorted(named, reverse=True)}

    def keys_of(one: _Logged) -> tuple[str, ...]:
        size = len(one[0].key)
        return one[1] if one[1] is not None else by_size.get(size, _unnamed(size))

    def sort(one: _Logged) -> tuple[str, str, str, tuple[str, ...]]:
        return (table_name(one[0]), one[0].channel, one[0].audience, keys_of(one))

    for (table, channel, _, keys), rows in groupby(sorted(logged, key=sort), key=sort):
        yield table, channel, keys, table_of([event for event, _ in rows], keys)


def _unnamed(size: int) -> tuple[str, ...]:
    return tuple(f"key{i or ''}" for i in range(size))


def _named(table: Any, keys: tuple[str, ...], wanted: Wanted) -> Any:
    """Return the rows of a log whose parts of the key are those that are asked for by name."""
    if keys == _unnamed(len(keys)):
        return table
    try:
        condition = wanted.condition(keys, table.schema)
    except ValueError:
        return table.slice(0, 0)
    return table if condition is None else table.filter(condition)


def waiting_keys(waiting: Sequence[tuple[str, str, tuple[str, ...], Any]]) -> list[Any]:
    """Return key columns and schema of tables of logs."""
    return [(keys, table.schema) for _, _, keys, table in waiting]
