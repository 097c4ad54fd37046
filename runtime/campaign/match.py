"""Responses that the session did not match find their contact by what was posted with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from interact.runtime.campaign.columns import EXTENDED
from interact.runtime.campaign.database import Database
from interact.runtime.campaign.report import Report
from interact.runtime.campaign.tables import key_columns, small
from interact.runtime.errors import UsageError

WINNERS: Final = {
    "latest": "ContactDateTime DESC",
    "first": "ContactDateTime",
    "score": "Score DESC, ContactDateTime DESC",
}
"""Which of several contacts a response belongs to; ties go to the name of the contact's row."""
_WAITING = "interact_UnmatchedResponse"


@dataclass(frozen=True, slots=True)
class Matching:
    """How responses find contacts.

    Attributes:
        days: How long after a contact a response can belong to it.
        by: What the posted code may be, the first that fits counts: ``treatment``, ``offer`` (its
            code or its name), or a column of the contacts that holds alternate codes.
        winner: Which of several contacts is taken, a key of ``WINNERS``.
    """

    days: int = 30
    by: tuple[str, ...] = ("treatment", "offer")
    winner: str = "latest"


DEFAULT: Final = Matching()


def match(db: Database, how: Matching, report: Report) -> None:
    """Move responses that have a contact to the history; let go of those that are too old.

    Raises:
        UsageError: There is no such column of alternate codes.
    """
    tables = db.tables()
    columns = small(tables[EXTENDED[0].lower()])
    for name in how.by:
        if name not in ("treatment", "offer") and name.lower() not in columns:
            raise UsageError(
                f"no column {name} to match responses by",
                help="interact serve --keep NAME gives contacts a column",
            )
    if _count(db) == 0:
        return
    report.matched = _move(db, how, [c for c in tables[_WAITING.lower()] if c.lower() in columns])
    oldest = datetime.now(UTC) - timedelta(days=how.days)
    report.aged_out = db.change(
        f"UPDATE {_WAITING} SET State = 'aged out'"
        " WHERE State = 'waiting' AND ResponseDateTime < $1",
        oldest,
    )
    report.waiting = _count(db)


def _count(db: Database) -> int:
    return int(db.rows(f"SELECT count(*) FROM {_WAITING} WHERE State = 'waiting'")[0][0])


def _move(db: Database, how: Matching, columns: list[str]) -> int:
    """Insert the matched responses with their contact's treatment; return how many.

    A response of a visitor without a key is the contact's customer's.
    """
    keys = key_columns(db)
    copied = [c for c in columns if c.lower() not in ("treatmentcode", *keys)]
    own = ("TrackingCode", "ResponseDateTime", "ResponseTypeCode")
    listed = [db.name(c) for c in (*own, *copied)]
    who = [db.name(k) for k in keys]
    nobody = " AND ".join(f"r.{k} IS NULL" for k in who) or "true"
    candidates = " UNION ALL ".join(
        _candidates(db, name, place, how) for place, name in enumerate(how.by)
    )
    sources = [
        *(f"r.{c}" for c in listed),
        *(f"CASE WHEN {nobody} THEN best.{k} ELSE r.{k} END" for k in who),
    ]
    order = f"interact_place, {WINNERS[how.winner]}, interact_contact"
    moved = db.change(
        f"INSERT INTO UA_ResponseHistory ({', '.join([*listed, *who])}, TreatmentCode, MatchedBy)"
        f" SELECT {', '.join(sources)}, best.TreatmentCode, best.interact_how"
        f" FROM {_WAITING} AS r JOIN (SELECT *, row_number()"
        f" OVER (PARTITION BY interact_response ORDER BY {order}) AS interact_turn"
        f" FROM ({candidates}) AS every_one"
        ") AS best ON best.interact_response = r.Event AND best.interact_turn = 1"
    )
    db.change(
        f"DELETE FROM {_WAITING} AS r WHERE EXISTS"
        " (SELECT 1 FROM UA_ResponseHistory AS had WHERE had.Event = r.Event)"
    )
    return moved


def _candidates(db: Database, name: str, place: int, how: Matching) -> str:
    """Return a query of the contacts that responses can belong to."""
    treatments, fits = "", "c.TreatmentCode = r.TrackingCode"
    if name != "treatment":
        fits = f"{_same_customer(db)} AND "
        if name == "offer":
            treatments = " JOIN UA_Treatment AS t ON t.TreatmentCode = c.TreatmentCode"
            fits += "(t.OfferCode = r.TrackingCode OR t.OfferName = r.TrackingCode)"
        else:
            fits += f"CAST(c.{db.name(name)} AS VARCHAR) = r.TrackingCode"
    who = "".join(f"c.{db.name(k)}, " for k in key_columns(db))
    return (
        f"SELECT r.Event AS interact_response, c.Event AS interact_contact, {who}c.TreatmentCode,"
        f" {place} AS interact_place,"
        f" '{name.replace(chr(39), chr(39) * 2)}' AS interact_how, c.ContactDateTime,"
        f" coalesce(c.Score, 0) AS Score FROM {_WAITING} AS r JOIN UA_DtlContactHist AS c"
        f" ON c.ContactDateTime <= r.ResponseDateTime AND c.ContactDateTime >="
        f" r.ResponseDateTime - INTERVAL '{how.days * 24} hours' AND c.ContactDateTime >="
        f" (SELECT min(ResponseDateTime) FROM {_WAITING} WHERE State = 'waiting')"
        f" - INTERVAL '{how.days * 24} hours'{treatments}"
        f" WHERE r.State = 'waiting' AND r.TrackingCode <> '' AND {fits}"
    )


def _same_customer(db: Database) -> str:
    """Return a condition on response and contact, in a form that both databases can hash."""
    keys = key_columns(db)
    same = [
        f"coalesce(CAST(c.{k} AS VARCHAR), '') = coalesce(CAST(r.{k} AS VARCHAR), '')"
        for k in map(db.name, keys)
    ]
    given = " OR ".join(f"r.{db.name(k)} IS NOT NULL" for k in keys) or "false"
    return " AND ".join(["c.AudienceLevel = r.AudienceLevel", *same, f"({given})"])


def matching(days: int, by: str, winner: str) -> Matching:
    """Return how to match, from the words of a command.

    Raises:
        UsageError: Nothing to match by.
    """
    names = tuple(dict.fromkeys(n.strip() for n in by.split(",") if n.strip()))
    if not names:
        raise UsageError("nothing to match responses by", help="such as treatment,offer")
    return Matching(days, names, winner)
