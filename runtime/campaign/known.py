"""What a campaign database knows of customers, as the states that decisions read.

It comes as a stream in the order of customers, which the database sorts: one of them is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from interact.compiler.core.program import Audience
from interact.compiler.core.state import ACCEPTED, REJECTED, state_name
from interact.runtime.campaign.columns import EXTENDED, key_column
from interact.runtime.campaign.database import Database
from interact.runtime.campaign.duck import literal
from interact.runtime.campaign.tables import small
from interact.runtime.host.events.counting import Counting
from interact.stdlib.types import INT

Key = tuple[int | str, ...]
History = dict[str, Any]
"""States by name, of all offers: ``Gold.rejected``."""
_COUNTS_AS: Final = {1: ACCEPTED, 2: REJECTED}
_WHOLE: Final = "-9223372036854775808 AND 9223372036854775807"


@dataclass(frozen=True, slots=True)
class Asked:
    """What shall be known.

    Attributes:
        answered: Offers of which the last accept and reject are told.
        counting: How contacts are counted, by the offers of which they are.
        least: How many contacts of an offer there have to be, else they are left out.
    """

    answered: frozenset[str]
    counting: Mapping[str, Counting]
    least: Mapping[str, int] = field(default_factory=dict)


def histories(
    db: Database, audience: Audience, asked: Asked, at: datetime
) -> Iterator[tuple[Key, History]]:
    """Yield customers with what they did up to a time, in the order of their keys."""
    if not asked.answered and not asked.counting:
        return
    width, batches = len(audience.key), db.stream(_query(db, audience, asked, at))
    rows = (
        row
        for batch in batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    )
    for key, of_customer in groupby(rows, key=lambda row: row[:width]):
        history: History = {}
        for *_, offer, counts, time in of_customer:
            if counts:
                history[state_name(offer, _COUNTS_AS[counts])] = time
            else:
                asked.counting[offer].shown(offer, history, time)
        yield key, history


def _rows(batches: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _query(db: Database, audience: Audience, asked: Asked, at: datetime) -> str:
    """Return SQL for key, offer, what a row counts as (0 for a contact), and microseconds."""
    parts = []
    if asked.counting:
        parts.append(_contacts(db, audience, asked.counting, at))
    if asked.answered:
        parts.append(_responses(db, audience, asked.answered, at))
    keys = [f"K{place}" for place in range(len(audience.key))]
    listed, rows = ", ".join(keys), " UNION ALL ".join(parts)
    tests = [f"{key} IS NOT NULL" for key in keys]
    if any(number > 1 for number in asked.least.values()):
        number = f"count(*) OVER (PARTITION BY {listed}, Offer, Counts)"
        rows = f"SELECT *, {number} AS Number FROM ({rows}) AS every_one"
        tests.append(f"(Counts > 0 OR {_enough(asked)})")
    texts = [a.type != INT for a in audience.key]
    order = [k + ' COLLATE "C"' * is_text for k, is_text in zip(keys, texts, strict=True)]
    return (
        f"SELECT {listed}, Offer, Counts, Happened FROM ({rows}) AS known"
        f" WHERE {' AND '.join(tests)}"
        f" ORDER BY {', '.join(order)}, Offer, Counts, Happened, Event"
    )


def _enough(asked: Asked) -> str:
    least = {offer: asked.least.get(offer, 1) for offer in sorted(asked.counting)}
    return " OR ".join(f"(Offer = {literal(o)} AND Number >= {n})" for o, n in least.items())


def _contacts(db: Database, audience: Audience, offers: Iterable[str], at: datetime) -> str:
    return (
        f"SELECT {_keys(db, audience, 'c')}, t.OfferName AS Offer, 0 AS Counts,"
        f" {micros('c.ContactDateTime')} AS Happened, c.Event AS Event"
        " FROM UA_DtlContactHist AS c JOIN UA_Treatment AS t"
        f" ON t.TreatmentCode = c.TreatmentCode WHERE c.AudienceLevel = {literal(audience.name)}"
        f" AND c.ContactDateTime <= {moment(at)} AND t.OfferName IN ({_texts(offers)})"
    )


def _responses(db: Database, audience: Audience, offers: Iterable[str], at: datetime) -> str:
    places = ", ".join(str(n + 1) for n in range(len(audience.key) + 2))
    return (
        f"SELECT {_keys(db, audience, 'r')}, t.OfferName AS Offer, k.CountsAsResponse AS Counts,"
        f" max({micros('r.ResponseDateTime')}) AS Happened, '' AS Event"
        " FROM UA_ResponseHistory AS r JOIN UA_Treatment AS t"
        " ON t.TreatmentCode = r.TreatmentCode JOIN UA_UsrResponseType AS k"
        " ON k.ResponseTypeCode = r.ResponseTypeCode"
        f" WHERE r.AudienceLevel = {literal(audience.name)} AND k.CountsAsResponse IN (1, 2)"
        f" AND r.ResponseDateTime <= {moment(at)} AND t.OfferName IN ({_texts(offers)})"
        f" GROUP BY {places}"
    )


def micros(time: str) -> str:
    """Return SQL for the microseconds since 1970 of a time."""
    return f"CAST(round(extract(epoch FROM {time}) * 1000000) AS BIGINT)"


def moment(at: datetime) -> str:
    """Return SQL for a time; streams take no parameters."""
    return f"CAST('{at.astimezone(UTC).isoformat()}' AS TIMESTAMPTZ)"


def _keys(db: Database, audience: Audience, table: str) -> str:
    """Return SQL for the parts of the key in the types that are declared, null where not so."""
    had = small(db.tables()[EXTENDED[0].lower()])
    found = []
    for place, part in enumerate(audience.key):
        column = key_column(part.name)
        name, is_text = f"{table}.{db.name(column)}", had[column.lower()].startswith("VARCHAR")
        if part.type != INT:
            name = f"CAST({name} AS VARCHAR)"
        elif is_text:
            name = _whole_number(name)
        else:
            name = f"CAST({name} AS BIGINT)"
        found.append(f"{name} AS K{place}")
    return ", ".join(found)


def _whole_number(text: str) -> str:
    number = f"CAST({text} AS DECIMAL(20, 0))"
    fits = f"CASE WHEN {number} BETWEEN {_WHOLE} THEN CAST({text} AS BIGINT) END"
    return f"CASE WHEN {text} ~ '^-?[0-9]{{1,19}}$' THEN {fits} END"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(literal, sorted(set(values))))
