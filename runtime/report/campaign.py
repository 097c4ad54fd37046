"""The tables of a campaign database, as reports read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interact.runtime.campaign.duck import literal
from interact.runtime.campaign.tables import nothing_imported
from interact.runtime.errors import DataError, UsageError
from interact.runtime.report.activity import NO_ACTIVITY
from interact.runtime.report.cube import Period
from interact.runtime.report.sources import run, told

_TEXTS = {
    "Channel": "channel",
    "OfferName": "offer",
    "OfferCode": "code",
    "Zone": "zone",
    "InteractionPoint": "point",
    "Rule": "rule",
    "Bundle": "bundle",
}


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
