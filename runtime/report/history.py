"""The files of a history, as reports read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interact.runtime.campaign.columns import RESPONSE_TYPES, quoted
from interact.runtime.campaign.duck import parquet
from interact.runtime.errors import DataError
from interact.runtime.history.locks import reading
from interact.runtime.history.parts import check_history, key_columns, open_part, parts_in
from interact.runtime.report.activity import NO_ACTIVITY
from interact.runtime.report.cube import Period
from interact.runtime.report.sources import run, told

_TYPES = " ".join(f"WHEN '{kind}' THEN {n}" for kind, n in RESPONSE_TYPES.items())
_OF_FILES = {
    "contacts": 'SELECT event, interact_day AS day, "at" AS contacted, interact_channel AS channel,'
    " offer, code, zone, point, rule, bundle, segments, treatment FROM {rows}",
    "responses": "SELECT interact_day AS day, interact_channel AS channel, kind, treatment,"
    f" CASE kind {_TYPES} ELSE 0 END AS counts FROM {{rows}}",
    "activity": 'SELECT interact_day AS day, "at" AS happened, interact_channel AS channel, kind,'
    " category, name, concat_ws(chr(31), {who}) AS customer, session FROM {rows}",
}
_EMPTY = {
    "contacts": "SELECT '' AS event, NULL::DATE AS day, NULL::TIMESTAMPTZ AS contacted,"
    " '' AS channel, '' AS offer, '' AS code, '' AS zone, '' AS point, '' AS rule, '' AS bundle,"
    " []::VARCHAR[] AS segments, '' AS treatment WHERE false",
    "responses": "SELECT NULL::DATE AS day, '' AS channel, '' AS kind, '' AS treatment,"
    " 0 AS counts WHERE false",
    "activity": NO_ACTIVITY,
}


@dataclass(slots=True)
class HistorySource:
    """The files of a history, without those that cannot be read."""

    folder: str
    notes: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return self.folder

    def fill(self, db: Any, period: Period) -> None:
        """Read the files once; nobody takes them away meanwhile.

        Raises:
            UsageError: There is no history.
            DataError: A file is damaged.
        """
        history = check_history(self.folder)
        with reading(history), told(self.folder):
            run(db, period, {**_EMPTY, **dict(self._queries(db, history, period))})

    def _queries(self, db: Any, history: Path, period: Period) -> Iterator[tuple[str, str]]:
        for table in _OF_FILES:
            keys: dict[str, None] = {}
            files = []
            for part in parts_in(history, [table]):
                if table != "responses" and not period.includes(part.day):
                    continue  # a response may come long after its contact
                try:
                    with open_part(part) as opened:
                        keys |= dict.fromkeys(key_columns(part, opened.schema_arrow))
                except DataError as error:
                    self.notes.append(f"left out: {error.message}")
                    continue
                files.append(str(part.path.absolute()))
            if files:
                who = ", ".join(["audience", *(quoted(k) for k in keys)])
                yield table, _OF_FILES[table].format(rows=_once(db, _rows(files)), who=who)


def _rows(files: list[str]) -> str:
    options = ", union_by_name = true, filename = 'interact_file'"
    return (
        "(SELECT *, regexp_extract(interact_file, 'channel=([^/]*)/[^/]*$', 1) AS interact_channel,"
        " regexp_extract(interact_file, 'date=([^/]*)/[^/]*/[^/]*$', 1)::DATE AS interact_day"
        f" FROM {parquet(files, options)})"
    )


def _once(db: Any, rows: str) -> str:
    """Return rows without those that a second host wrote again when the first was killed.

    Only rows that have such names can be there twice, and mostly there are none of them.
    """
    repeatable = "(contains(event, '!') OR contains(event, '~'))"
    if not db.execute(f"SELECT 1 FROM {rows} WHERE {repeatable} LIMIT 1").fetchall():
        return rows
    first = 'row_number() OVER (PARTITION BY event ORDER BY "at") = 1'
    return (
        f"(SELECT * FROM {rows} WHERE NOT {repeatable} UNION ALL"
        f" SELECT * FROM {rows} WHERE {repeatable} QUALIFY {first})"
    )
