"""Responses that the session did not match find their contact by its treatment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from interact.runtime.campaign.database import Database
from interact.runtime.campaign.report import Report

_FITS = (
    "SELECT 1 FROM UA_DtlContactHist AS c WHERE c.TreatmentCode = r.TreatmentCode"
    " AND r.TreatmentCode <> '' AND c.ContactDateTime <= r.ResponseDateTime"
    " AND c.ContactDateTime >= r.ResponseDateTime - INTERVAL '{hours} hours'"
)


def match(db: Database, days: int, report: Report) -> None:
    """Move responses that have a contact to the history; let go of those that are too old."""
    had = db.tables()["interact_unmatchedresponse"]
    listed = ", ".join(db.name(c) for c in had if c.lower() != "state")
    report.matched = db.change(
        f"INSERT INTO UA_ResponseHistory ({listed}, MatchedBy) SELECT {listed}, 'import'"
        " FROM interact_UnmatchedResponse AS r WHERE State = 'waiting'"
        f" AND EXISTS ({_FITS.format(hours=days * 24)})"
    )
    db.change(
        "DELETE FROM interact_UnmatchedResponse AS r WHERE EXISTS"
        " (SELECT 1 FROM UA_ResponseHistory AS had WHERE had.Event = r.Event)"
    )
    oldest = datetime.now(UTC) - timedelta(days=days)
    report.aged_out = db.change(
        "UPDATE interact_UnmatchedResponse SET State = 'aged out'"
        " WHERE State = 'waiting' AND ResponseDateTime < $1",
        oldest,
    )
    waiting = "SELECT count(*) FROM interact_UnmatchedResponse WHERE State = 'waiting'"
    report.waiting = int(db.rows(waiting)[0][0])
