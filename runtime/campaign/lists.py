"""Whom to call or write to: customers who accepted, or were shown an offer and did not answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import pyarrow as pa

from interact.runtime.campaign.columns import EXTENDED
from interact.runtime.campaign.database import Database
from interact.runtime.campaign.duck import literal
from interact.runtime.campaign.known import micros, moment
from interact.runtime.campaign.tables import key_columns, small
from interact.runtime.errors import UsageError

Kind = Literal["accepted", "unanswered"]
KINDS: Final[tuple[Kind, ...]] = ("accepted", "unanswered")
COLUMNS: Final = ("audience", "offer", "code", "treatment", "channel", "at", "score")
_TYPES: Final = {"at": pa.timestamp("us", "UTC"), "score": pa.float64()}
_OWN: Final = tuple((name, _TYPES.get(name, pa.string())) for name in COLUMNS)
_ARROW: Final = {"BIGINT": pa.int64(), "INTEGER": pa.int64(), "SMALLINT": pa.int64()}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Rows of key columns and ``COLUMNS``, as record batches that come when they are read."""

    schema: Any
    batches: Iterator[Any]


def follow_up(
    db: Database, kind: Kind, at: datetime, days: int, rest: int = 0, offers: tuple[str, ...] = ()
) -> FollowUp:
    """Return a customer and an offer in a row, the latest that happened.

    Args:
        db: The campaign database.
        kind: ``accepted`` are those who did; ``unanswered`` those who were shown an offer and
            neither accepted nor rejected it, that time or since.
        at: The end of the days looked at.
        days: How many there are.
        rest: How many days at the end to leave out, in which customers may still answer.
        offers: Names or codes; all when there are none.

    Raises:
        UsageError: Nothing was imported.
    """
    names = key_columns(db)
    if not names:
        raise UsageError("the database has no customers", help="run interact campaign import")
    keys = [db.name(name) for name in names]
    given = " OR ".join(f"h.{k} IS NOT NULL" for k in keys)
    wanted = _wanted(offers)
    source, time, score, condition = _ACCEPTED if kind == "accepted" else _UNANSWERED
    same = " AND ".join(
        f"coalesce(CAST(a.{k} AS VARCHAR), '') = coalesce(CAST(h.{k} AS VARCHAR), '')" for k in keys
    )
    listed = ", ".join(f"h.{k}" for k in keys)
    who = f"h.AudienceLevel, {listed}, t.OfferName"
    query = (
        f"SELECT {', '.join(keys)}, AudienceLevel, OfferName, OfferCode, TreatmentCode, Channel,"
        f" interact_happened, Score FROM (SELECT {who}, h.TreatmentCode, t.OfferCode, h.Channel,"
        f" {micros('h.' + time)} AS interact_happened, {score} AS Score, row_number() OVER"
        f" (PARTITION BY {who} ORDER BY h.{time} DESC, h.Event) AS interact_turn FROM {source} AS h"
        " JOIN UA_Treatment AS t ON t.TreatmentCode = h.TreatmentCode"
        f" WHERE h.{time} > {moment(at - timedelta(days=days))}"
        f" AND h.{time} <= {moment(at - timedelta(days=rest))} AND ({given}){wanted}"
        f" AND {condition.format(same=same)}) AS found WHERE interact_turn = 1"
        f" ORDER BY AudienceLevel, {', '.join(keys)}, OfferName"
    )
    kinds = small(db.tables()[EXTENDED[0].lower()])
    schema = pa.schema([(n, _ARROW.get(kinds[n], pa.string())) for n in names] + list(_OWN))
    return FollowUp(schema, (_shaped(batch, schema) for batch in db.stream(query)))


def _shaped(batch: Any, schema: Any) -> Any:
    columns = [c.cast(f.type) for c, f in zip(batch.columns, schema, strict=True)]
    return pa.record_batch(columns, schema=schema)


_ANSWERS = (
    "SELECT 1 FROM UA_ResponseHistory AS a JOIN UA_UsrResponseType AS k"
    " ON k.ResponseTypeCode = a.ResponseTypeCode"
)
_ACCEPTED = (
    "UA_ResponseHistory",
    "ResponseDateTime",
    "CAST(NULL AS DOUBLE PRECISION)",
    "EXISTS (SELECT 1 FROM UA_UsrResponseType AS k"
    " WHERE k.ResponseTypeCode = h.ResponseTypeCode AND k.CountsAsResponse = 1)",
)
_UNANSWERED = (
    "UA_DtlContactHist",
    "ContactDateTime",
    "h.Score",
    f"NOT EXISTS ({_ANSWERS} JOIN UA_Treatment AS u ON u.TreatmentCode = a.TreatmentCode"
    " WHERE k.CountsAsResponse IN (1, 2) AND u.OfferName = t.OfferName"
    " AND a.AudienceLevel = h.AudienceLevel AND {same}"
    " AND a.ResponseDateTime >= h.ContactDateTime)"
    f" AND NOT EXISTS ({_ANSWERS} WHERE k.CountsAsResponse IN (1, 2)"
    " AND a.TreatmentCode = h.TreatmentCode)",
)


def _wanted(offers: tuple[str, ...]) -> str:
    if not offers:
        return ""
    listed = ", ".join(map(literal, offers))
    return f" AND (t.OfferName IN ({listed}) OR t.OfferCode IN ({listed}))"
