"""What a campaign database knows of customers, as the states that decisions read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from interact.compiler.core.program import Audience
from interact.compiler.core.state import ACCEPTED, REJECTED, state_name
from interact.runtime.campaign.columns import key_column
from interact.runtime.campaign.database import Database
from interact.runtime.host.events.counting import Counting
from interact.stdlib.types import INT

Key = tuple[int | str, ...]
History = dict[str, Any]
"""States by name, of one offer: ``Gold.rejected``."""
_COUNTS_AS: Final = {1: ACCEPTED, 2: REJECTED}


def responses(
    db: Database, audience: Audience, offers: Collection[str], at: datetime
) -> Iterator[tuple[Key, str, History]]:
    """Yield customer, offer, and when it was last accepted or rejected, up to a time."""
    for *key, offer, counts, time in _responses(db, audience, offers, at):
        yield from _told(audience, key, offer, {state_name(offer, _COUNTS_AS[counts]): time})


def contacts(
    db: Database,
    audience: Audience,
    counting: Mapping[str, Counting],
    least: Mapping[str, int],
    at: datetime,
) -> Iterator[tuple[Key, str, History]]:
    """Yield customer, offer, and its contacts up to a time, as they are counted.

    Args:
        counting: How, for each offer.
        least: How many contacts there have to be; others are left out.
    """
    for *key, offer, times in _contacts(db, audience, least, at):
        history: History = {}
        for time in times:
            counting[offer].shown(offer, history, time)
        yield from _told(audience, key, offer, history)


def key_part(type_: object, value: object) -> int | str:
    """Return a part of a key as customers are told apart by.

    Raises:
        ValueError: It is no number where one was declared.
    """
    return int(str(value)) if type_ == INT else str(value)


def _told(
    audience: Audience, key: list[Any], offer: str, history: History
) -> Iterator[tuple[Key, str, History]]:
    """Yield a history, unless its key is none of this audience."""
    with suppress(ValueError):
        parts = zip(audience.key, key, strict=True)
        yield tuple(key_part(a.type, k) for a, k in parts), offer, history


def _responses(
    db: Database, audience: Audience, offers: Collection[str], at: datetime
) -> list[tuple[Any, ...]]:
    """Return key, offer, what it counts as, and when it last was that."""
    if not offers:
        return []
    keys = _keys(db, audience, "r")
    return db.rows(
        f"SELECT {keys}, t.OfferName, k.CountsAsResponse, max({micros('r.ResponseDateTime')})"
        " FROM UA_ResponseHistory AS r JOIN UA_Treatment AS t"
        " ON t.TreatmentCode = r.TreatmentCode JOIN UA_UsrResponseType AS k"
        " ON k.ResponseTypeCode = r.ResponseTypeCode WHERE r.AudienceLevel = $1"
        f" AND r.ResponseDateTime <= $2 AND k.CountsAsResponse IN (1, 2) AND {_given(keys)}"
        f" AND t.OfferName IN ({_texts(offers)})"
        f" GROUP BY {keys}, t.OfferName, k.CountsAsResponse",
        audience.name,
        at,
    )


def _contacts(
    db: Database, audience: Audience, least: Mapping[str, int], at: datetime
) -> list[tuple[Any, ...]]:
    """Return key, offer, and the times of contacts, where there are enough of them."""
    if not least:
        return []
    keys, time = _keys(db, audience, "c"), micros("c.ContactDateTime")
    enough = " OR ".join(
        f"(t.OfferName = {_texts([offer])} AND count(*) >= {number})"
        for offer, number in least.items()
    )
    return db.rows(
        f"SELECT {keys}, t.OfferName, array_agg({time} ORDER BY c.ContactDateTime, c.Event)"
        " FROM UA_DtlContactHist AS c JOIN UA_Treatment AS t"
        " ON t.TreatmentCode = c.TreatmentCode WHERE c.AudienceLevel = $1"
        f" AND c.ContactDateTime <= $2 AND {_given(keys)}"
        f" AND t.OfferName IN ({_texts(least)}) GROUP BY {keys}, t.OfferName HAVING {enough}",
        audience.name,
        at,
    )


def micros(time: str) -> str:
    """Return SQL for the microseconds since 1970 of a time."""
    return f"CAST(round(extract(epoch FROM {time}) * 1000000) AS BIGINT)"


def _keys(db: Database, audience: Audience, table: str) -> str:
    return ", ".join(f"{table}.{db.name(key_column(a.name))}" for a in audience.key)


def _given(keys: str) -> str:
    return " AND ".join(f"{key} IS NOT NULL" for key in keys.split(", "))


def _texts(values: Iterable[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in sorted(set(values)))
