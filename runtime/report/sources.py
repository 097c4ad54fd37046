"""Where reports read: a history of files, or a campaign database.

Each kind says in SQL what contacts and responses are; what is counted of them is in ``cube``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from interact.runtime.campaign.columns import RESPONSE_TYPES, quoted
from interact.runtime.campaign.database import HELP
from interact.runtime.campaign.duck import in_memory, literal, parquet, sparing
from interact.runtime.campaign.tables import nothing_imported
from interact.runtime.campaign.urls import without_password
from interact.runtime.errors import DataError, UsageError
from interact.runtime.history.locks import reading
from interact.runtime.history.parts import check_history, key_columns, open_part, parts_in
from interact.runtime.report.activity import NO_ACTIVITY, fill_activity
from interact.runtime.report.cube import Period, cube_query, kinds_query

_TYPES = " ".join(f"WHEN '{kind}' THEN {n}" for kind, n in RESPONSE_TYPES.items())
_OF_FILES = {
    "contacts": 'SELECT event, interact_day AS day, "at" AS contacted, interact_channel AS channel,'
    " offer, code, zone, point, rule, bundle, segments, treatment FROM {rows}",
    "responses": "SELECT interact_day AS day, interact_channel AS channel, kind, treatment,"
    f" CASE kind {_TYPES} ELSE 0 END AS counts FROM {{rows}}",
    "activity": 'SELECT interact_day AS day, "at" AS happened, interact_channel AS channel, kind,'
    " category, name, concat_ws(chr(31), {who}) AS customer, session FROM {rows}",
}
_TEXTS = {
    "Channel": "channel",
    "OfferName": "offer",
    "OfferCode": "code",
    "Zone": "zone",
    "InteractionPoint": "point",
    "Rule": "rule",
    "Bundle": "bundle",
}
_EMPTY = {
    "contacts": "SELECT '' AS event, NULL::DATE AS day, NULL::TIMESTAMPTZ AS contacted,"
    " '' AS channel, '' AS offer, '' AS code, '' AS zone, '' AS point, '' AS rule, '' AS bundle,"
    " []::VARCHAR[] AS segments, '' AS treatment WHERE false",
    "responses": "SELECT NULL::DATE AS day, '' AS channel, '' AS kind, '' AS treatment,"
    " 0 AS counts WHERE false",
    "activity": NO_ACTIVITY,
}


class Source(Protocol):
    """Fills tables that the sections read."""

    @property
    def shown(self) -> str:
        """Where it is, without a password."""

    @property
    def notes(self) -> list[str]:
        """What people should know of the source."""

    def fill(self, db: Any, period: Period) -> None:
        """Make the tables ``cube``, ``kinds`` and ``activity`` in a database in memory."""


def open_source(name: str) -> Source:
    """Return the source of a folder or URL.

    Raises:
        UsageError: It is neither.
    """
    if name.startswith(("postgresql:", "postgres:")):
        from interact.runtime.report.postgres import PostgresSource

        return PostgresSource(name)
    if name.startswith("duckdb:///") and name != "duckdb:///":
        return DuckDbSource(name.removeprefix("duckdb:///"))
    if "://" in name:
        raise UsageError(f"not a database: {without_password(name)}", help=HELP)
    return HistorySource(name)


def connect() -> Any:
    """Return a database in memory that stays small.

    Raises:
        UsageError: DuckDB is not installed.
    """
    return sparing(in_memory("report"))


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


@dataclass(slots=True)
class DuckDbSource:
    """The tables of a campaign database in a DuckDB file."""

    file: str
    notes: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return f"duckdb:///{self.file}"

    def fill(self, db: Any, period: Period) -> None:
        """Read the tables of the file.

        Raises:
            UsageError: There is no such file, or it is no campaign database.
            DataError: It cannot be read, or another process has it.
        """
        import duckdb

        if not Path(self.file).exists():
            raise UsageError(f"no such file: {self.file}")
        try:
            db.execute(f"ATTACH {literal(self.file)} AS campaign (READ_ONLY)")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise DataError(f"cannot open {self.file}: {reason}") from error
        tables = "SELECT lower(table_name) FROM duckdb_tables() WHERE database_name = 'campaign'"
        if ("ua_dtlcontacthist",) not in db.execute(tables).fetchall():
            raise nothing_imported()
        queries = {
            "contacts": campaign_contacts("campaign.main."),
            "responses": campaign_responses("campaign.main."),
            "activity": NO_ACTIVITY,
        }
        with told(self.file):
            run(db, period, queries)


def campaign_contacts(schema: str = "") -> str:
    """Return the contacts of a campaign database as SQL; other programs may have left nulls."""
    texts = ", ".join(f"coalesce({name}, '') AS {as_}" for name, as_ in _TEXTS.items())
    return (
        "SELECT h.Event AS event, CAST(ContactDateTime AT TIME ZONE 'UTC' AS DATE) AS day,"
        f" ContactDateTime AS contacted, {texts},"
        " coalesce(Segments, CAST(ARRAY[] AS VARCHAR[])) AS segments,"
        f" h.TreatmentCode AS treatment FROM {schema}UA_DtlContactHist AS h"
        f" JOIN {schema}UA_Treatment AS t ON t.TreatmentCode = h.TreatmentCode"
        " WHERE ContactDateTime IS NOT NULL"
    )


def campaign_responses(schema: str = "") -> str:
    """Return the responses of a campaign database as SQL, those without a contact too."""
    rows = "SELECT ResponseDateTime, Channel, ResponseTypeCode, {} AS treatment FROM {}{}"
    known = rows.format("TreatmentCode", schema, "UA_ResponseHistory")
    waiting = rows.format("TrackingCode", schema, "interact_UnmatchedResponse")
    return (
        "SELECT CAST(ResponseDateTime AT TIME ZONE 'UTC' AS DATE) AS day,"
        " coalesce(Channel, '') AS channel, coalesce(r.ResponseTypeCode, '') AS kind, treatment,"
        " coalesce(CountsAsResponse, 0) AS counts"
        f" FROM ({known} UNION ALL {waiting}) AS r LEFT JOIN {schema}UA_UsrResponseType AS k"
        " ON k.ResponseTypeCode = r.ResponseTypeCode"
    )


def run(db: Any, period: Period, queries: Mapping[str, str]) -> None:
    """Make ``cube``, ``kinds`` and ``activity`` of what DuckDB reads itself."""
    for table, query in (("cube", cube_query), ("kinds", kinds_query)):
        text, values = query(period, queries["contacts"], queries["responses"])
        db.execute(f"CREATE TEMP TABLE {table} AS {text}", values)
    fill_activity(db, period, queries["activity"])


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what DuckDB cannot read into a line.

    Raises:
        DataError: Something of a source cannot be read.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise DataError(f"cannot read {name}: {str(error).splitlines()[0]}") from error


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
