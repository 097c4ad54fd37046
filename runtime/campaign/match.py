"""Responses that the session did not match find their contact by its treatment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from interact.runtime.campaign.report import Report

_MICROSECONDS = 86_400_000_000
_FITS = (
    "EXISTS (SELECT 1 FROM UA_DtlContactHist AS c WHERE c.TreatmentCode = r.TreatmentCode"
    " AND r.TreatmentCode <> '' AND epoch_us(r.ResponseDateTime) - epoch_us(c.ContactDateTime)"
    " BETWEEN 0 AND ?)"
)


def match(db: Any, days: int, report: Report) -> None:
    """Move responses that have a contact to the history; let go of those that are too old."""
    window = days * _MICROSECONDS
    db.execute(
        "CREATE OR REPLACE TEMP TABLE found AS SELECT r.Event FROM interact_UnmatchedResponse"
        f" AS r WHERE r.State = 'waiting' AND {_FITS}",
        [window],
    )
    moved = db.execute(
        "INSERT INTO UA_ResponseHistory BY NAME SELECT * EXCLUDE (State), 'import' AS MatchedBy"
        " FROM interact_UnmatchedResponse WHERE Event IN (SELECT Event FROM found)"
    ).fetchone()
    db.execute("DELETE FROM interact_UnmatchedResponse WHERE Event IN (SELECT Event FROM found)")
    oldest = int(datetime.now(UTC).timestamp() * 1e6) - window
    aged = db.execute(
        "UPDATE interact_UnmatchedResponse SET State = 'aged out'"
        " WHERE State = 'waiting' AND epoch_us(ResponseDateTime) < ?",
        [oldest],
    ).fetchone()
    waiting = "SELECT count(*) FROM interact_UnmatchedResponse WHERE State = 'waiting'"
    report.matched, report.aged_out = int(moved[0]), int(aged[0])
    report.waiting = int(db.execute(waiting).fetchone()[0])
