"""Where reports read: a history of files, or a campaign database.

Each kind says in SQL what contacts and responses are; what is counted of them is in ``cube``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from interact.runtime.campaign.columns import RESPONSE_TYPES
from interact.runtime.campaign.parts import BadPart, names_in, read_part
from interact.runtime.errors import DataError, UsageError
from interact.runtime.report.cube import Period, cube_query, kinds_query

MEMORY = "600MB"
_EMPTY_CONTACTS = (
    "SELECT NULL::DATE AS day, NULL::TIMESTAMPTZ AS contacted, '' AS channel, '' AS offer,"
    " '' AS code, '' AS zone, '' AS point, '' AS rule, '' AS bundle, []::VARCHAR[] AS segments,"
    " '' AS treatment WHERE false"
)
_EMPTY_RESPONSES = (
    "SELECT NULL::DATE AS day, '' AS channel, '' AS kind, '' AS treatment, 0 AS counts WHERE false"
)


class Source(Protocol):
    """Fills tables that the sections read."""

    @property
    def notes(self) -> list[str]:
        """What people should know of the source."""

    def fill(self, db: Any, period: Period) -> None:
        """Make the tables ``cube`` and ``kinds`` in a database in memory."""


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
        raise UsageError(f"not a database: {name}", help="use duckdb:///FILE or postgresql://…")
    return HistorySource(name)


def connect() -> Any:
    """Return a database in memory that stays small.

    Raises:
        UsageError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise UsageError(
            "reports need duckdb, which is not installed",
            help="pip install 'interact-dsl[report]'",
        ) from error
    db = duckdb.connect()
    for setting in (
        f"memory_limit = '{MEMORY}'",
        "preserve_insertion_order = false",
        "TimeZone = 'UTC'",
    ):
        db.execute(f"SET {setting}")
    return db


@dataclass(slots=True)
class HistorySource:
    """The files of a history, without those that cannot be read."""

    folder: str
    notes: list[str] = field(default_factory=list)

    def fill(self, db: Any, period: Period) -> None:
        """Read the files once.

        Raises:
            UsageError: There is no history.
        """
        contacts = self._files("contacts")
        responses = self._files("responses")
        types = " ".join(f"WHEN '{kind}' THEN {n}" for kind, n in RESPONSE_TYPES.items())
        run(
            db,
            period,
            _EMPTY_CONTACTS
            if not contacts
            else 'SELECT "at"::DATE AS day, "at" AS contacted, interact_channel AS channel, offer,'
            f" code, zone, point, rule, bundle, segments, treatment FROM {_rows(contacts)}",
            _EMPTY_RESPONSES
            if not responses
            else 'SELECT "at"::DATE AS day, interact_channel AS channel, kind, treatment,'
            f" CASE kind {types} ELSE 0 END AS counts FROM {_rows(responses)}",
            self.folder,
        )

    def _files(self, table: str) -> list[str]:
        found = []
        for kind, path in names_in(self.folder):
            if kind != table:
                continue
            part = read_part(self.folder, table, path)
            if isinstance(part, BadPart):
                self.notes.append(f"{part.name} is left out: {part.reason}")
            else:
                found.append(part.path)
        return found


@dataclass(slots=True)
class DuckDbSource:
    """The tables of a campaign database in a DuckDB file."""

    file: str
    notes: list[str] = field(default_factory=list)

    def fill(self, db: Any, period: Period) -> None:
        """Read the tables of the file.

        Raises:
            UsageError: There is no such file.
            DataError: It is no campaign database, or another process has it.
        """
        import duckdb

        if not Path(self.file).exists():
            raise UsageError(f"no such file: {self.file}")
        try:
            db.execute(f"ATTACH {literal(self.file)} AS campaign (READ_ONLY)")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise DataError(f"cannot open {self.file}: {reason}") from error
        run(db, period, campaign_contacts("campaign.main."), campaign_responses("campaign.main."),
            self.file)  # fmt: skip


def campaign_contacts(schema: str = "") -> str:
    """Return the contacts of a campaign database as SQL."""
    return (
        "SELECT CAST(ContactDateTime AT TIME ZONE 'UTC' AS DATE) AS day,"
        " ContactDateTime AS contacted, Channel AS channel, OfferName AS offer,"
        " OfferCode AS code, Zone AS zone, InteractionPoint AS point, Rule AS rule,"
        " Bundle AS bundle, Segments AS segments, h.TreatmentCode AS treatment"
        f" FROM {schema}UA_DtlContactHist AS h"
        f" JOIN {schema}UA_Treatment AS t ON t.TreatmentCode = h.TreatmentCode"
    )


def campaign_responses(schema: str = "") -> str:
    """Return the responses of a campaign database as SQL."""
    return (
        "SELECT CAST(ResponseDateTime AT TIME ZONE 'UTC' AS DATE) AS day, Channel AS channel,"
        " r.ResponseTypeCode AS kind, TreatmentCode AS treatment,"
        f" CountsAsResponse AS counts FROM {schema}UA_ResponseHistory AS r"
        f" JOIN {schema}UA_UsrResponseType AS k ON k.ResponseTypeCode = r.ResponseTypeCode"
    )


def run(db: Any, period: Period, contacts: str, responses: str, name: str) -> None:
    """Make ``cube`` and ``kinds`` of what DuckDB reads itself.

    Raises:
        DataError: It cannot be read.
    """
    import duckdb

    try:
        for table, query in (("cube", cube_query), ("kinds", kinds_query)):
            text, values = query(period, contacts, responses)
            db.execute(f"CREATE TEMP TABLE {table} AS {text}", values)
    except duckdb.Error as error:
        raise DataError(f"cannot read {name}: {str(error).splitlines()[0]}") from error


def _rows(files: list[str]) -> str:
    escaped = (re.sub(r"([*?\[])", r"[\1]", f) for f in files)
    listed = ", ".join(map(literal, escaped))
    return (
        f"(SELECT *, regexp_extract(part, 'channel=([^/]*)/[^/]*$', 1) AS interact_channel"
        f" FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false,"
        " filename = 'part'))"
    )


def literal(text: str) -> str:
    """Return a text as SQL writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
