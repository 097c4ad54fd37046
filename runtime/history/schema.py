"""The tables of the history.

``<history>/contacts/date=2026-11-24/channel=Website/part-<writer>-<segment>.parquet``, and
``responses/`` and ``activity/`` likewise. Days are those of ``at``, in UTC.

=============  ==================  ===============================================================
column         type                what it is
=============  ==================  ===============================================================
event          text                unique; a row that comes twice has the same
decision       text                which call made the offer
at             timestamp, UTC      when it was shown, or when the customer reacted
audience       text                the audience level
key columns    int64 or text       who, named as the audience names them, with ``Key_`` before a
                                   name that is in this table; null for a visitor
treatment      text                the code of this offer in this decision
offer, code    text                name and code of the offer
zone, point    text                where
rule           text                the rule that proposed it
segments       list of text        the customer's segments
bundle         text                the digest of what decided
session        text                the session
extra          map, text to text   session attributes that were asked for
score          float64             contacts only
rank           int32               contacts only: the place in its list
candidates     int32               contacts only: how many rules were considered
propensity     float64             contacts only: of the offer to be in its list, by chance
kind           text                responses: accept, reject, or a custom type; activity: posted
                                   for an event, met for a pattern
name           text                activity only: of the event or pattern
category       text                activity only: what it was declared with
matched        bool                responses only: whether the session knew the treatment
writer         text                who wrote it: a process of a host
sequence       int64               which of its rows: from 1 on, over all tables
=============  ==================  ===============================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import pyarrow as pa

from interact.runtime.history.events import Contact, Decided, Event, Happening, KeyValue, Response

_CODE = pa.dictionary(pa.int32(), pa.string())
_OF_OFFERS: dict[str, Any] = {
    "event": pa.string(),
    "decision": pa.string(),
    "at": pa.timestamp("us", "UTC"),
    "audience": _CODE,
    "treatment": pa.string(),
    "offer": _CODE,
    "code": _CODE,
    "zone": _CODE,
    "point": _CODE,
    "rule": _CODE,
    "segments": pa.list_(pa.string()),
    "bundle": _CODE,
    "session": pa.string(),
    "extra": pa.map_(pa.string(), pa.string()),
}
_COLUMNS: dict[type, dict[str, Any]] = {
    Contact: {
        **_OF_OFFERS,
        "score": pa.float64(),
        "rank": pa.int32(),
        "candidates": pa.int32(),
        "propensity": pa.float64(),
    },
    Response: {**_OF_OFFERS, "kind": _CODE, "matched": pa.bool_()},
    Happening: {
        "event": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "audience": _CODE,
        "name": _CODE,
        "kind": _CODE,
        "category": _CODE,
        "bundle": _CODE,
        "session": pa.string(),
    },
}
_COLUMNS[Decided] = {
    "event": pa.string(),
    "at": pa.timestamp("us", "UTC"),
    "audience": _CODE,
    "bundle": _CODE,
    "session": pa.string(),
    "inputs": pa.string(),
    "outcome": pa.string(),
}
ORIGIN: dict[str, Any] = {"writer": _CODE, "sequence": pa.int64()}
TABLES: dict[str, type[Event]] = {
    "contacts": Contact,
    "responses": Response,
    "activity": Happening,
    "decisions": Decided,
}
KeyNames = Sequence[str]


def own_columns(table: str) -> tuple[str, ...]:
    """Return the columns that a table has beside the key columns, in order."""
    return (*_COLUMNS[TABLES[table]], *ORIGIN)


_OWN = {name.lower() for columns in (*_COLUMNS.values(), ORIGIN) for name in columns}


def key_column(key: str) -> str:
    """Return the column of a key; one that would take the place of another has a prefix.

    >>> key_column("customer_id"), key_column("zone"), key_column("Key_zone")
    ('customer_id', 'Key_zone', 'Key_zone')
    """
    return f"Key_{key}" if key.lower() in _OWN else key


def table_of(
    events: Sequence[Event],
    key_names: KeyNames,
    writer: str = "",
    sequences: Sequence[int | None] = (),
) -> Any:
    """Return events of one sort, channel and audience as a table.

    Args:
        events: At least one.
        key_names: The key columns of their audience.
        writer: Who wrote them.
        sequences: Which of the writer's rows they are.
    """
    columns: dict[str, Any] = {}
    for name, kind in _COLUMNS[type(events[0])].items():
        columns[name] = _column([getattr(e, name) for e in events], kind)
        if name == "audience":
            parts = zip_longest(*(e.key or (None,) * len(key_names) for e in events))
            columns |= {n: _key_column(list(p)) for n, p in zip(key_names, parts, strict=True)}
    columns["writer"] = _column([writer] * len(events), _CODE)
    columns["sequence"] = _column(list(sequences) or [None] * len(events), pa.int64())
    return pa.table(columns)


def _column(values: list[Any], kind: Any) -> Any:
    if pa.types.is_map(kind):
        return pa.array([list(v.items()) for v in values], kind)
    if pa.types.is_list(kind):
        return pa.array([list(v) for v in values], kind)
    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, kind)


def _key_column(values: list[KeyValue | None]) -> Any:
    """Return keys in the type that the channel's audience gives them all; visitors have none."""
    if any(isinstance(v, str) for v in values):
        return pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.array(values, pa.int64())
