"""What a campaign database knows of customers, as the columns of history of their profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from interact.compiler.core.program import Attribute, Audience, Program
from interact.compiler.core.state import CONTACTED, CONTACTS, SUPPRESSED_UNTIL
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import Source, open_source
from interact.runtime.campaign.database import Database, opened
from interact.runtime.campaign.feeds import audience_of, check_imported
from interact.runtime.campaign.files import check_name, table, write, write_batches
from interact.runtime.campaign.known import Key, contacts, key_part, responses
from interact.runtime.errors import UsageError
from interact.runtime.host.events.counting import Counting
from interact.runtime.host.profiles.said import lasting_of
from interact.stdlib.types import INT

Histories = Mapping[Key, Mapping[str, Any]]


def write_history(
    program: Program,
    audience: str | None,
    url: str,
    out: str,
    at: datetime,
    customers: str | None = None,
    wait: float = 60,
) -> dict[str, int]:
    """Write the history of customers up to a time, a row for each; return how many have what.

    Args:
        customers: A file, folder or glob of customers: they are written with their history beside
            their other columns. None writes those who have any, with their keys.

    Raises:
        UsageError: No such audience, none of several, or its offers have no suppress clause.
        OutputError: The database cannot be read, or the file not be written.
    """
    check_name(out)
    who = audience_of(program, audience)
    lasting = lasting_of(program, who.name)
    states = {a.name: a for a in lasting if not a.name.endswith(f".{SUPPRESSED_UNTIL}")}
    if not states:
        raise UsageError(
            f"no offer to a {who.name} has a suppress clause",
            help="such as: offer Gold { suppress for 30 days after reject }",
        )
    with opened(url, wait, read_only=True) as db:
        check_imported(db, who)
        found = _histories(db, program, who, sorted(states), at)
    if customers is None:
        counts = Counter(name for known in found.values() for name in known)
        write(_table(who, list(states.values()), found), out)
        return {"customers": len(found), **_sorted(counts)}
    return _write_with(customers, who, list(states.values()), found, out)


def _histories(
    db: Database, program: Program, who: Audience, states: Sequence[str], at: datetime
) -> Histories:
    """Return states by customer: those that are there, of the ones that are wanted."""
    offers = {name.rpartition(".")[0] for name in states}
    shown = {name.rpartition(".")[0] for name in states if name.endswith((CONTACTS, CONTACTED))}
    channels = [c for c in program.channels if program.audience_of(c).name == who.name]
    counting = {
        offer: one
        for one in map(Counting, channels)
        for offer in shown
        if f"{offer}.{CONTACTS}" in one.conditions
    }
    found: dict[Key, dict[str, Any]] = {}
    parts = (
        responses(db, who, offers, at),
        contacts(db, who, counting, dict.fromkeys(counting, 1), at),
    )
    for part in parts:
        for key, _, history in part:
            wanted = {name: value for name, value in history.items() if name in states}
            if wanted:
                found.setdefault(key, {}).update(wanted)
    return found


def _table(who: Audience, states: Sequence[Attribute], found: Histories) -> Any:
    keys = [(a.column, pa.int64() if a.type == INT else pa.string()) for a in who.key]
    rows = [
        (*key, *(known.get(state.name) for state in states)) for key, known in sorted(found.items())
    ]
    return table([*keys, *((s.column, _kind(s)) for s in states)], rows)


def _kind(state: Attribute) -> Any:
    return pa.int64() if state.type == INT else pa.timestamp("us", "UTC")


def _write_with(
    path: str, who: Audience, states: Sequence[Attribute], found: Histories, out: str
) -> dict[str, int]:
    """Write the customers of a file with their history; return how many have what."""
    source = _customers(path, who)
    made = {state.column for state in states}
    kept = [field for field in source.schema if field.name not in made]
    schema = pa.schema([*kept, *((s.column, _kind(s)) for s in states)])
    counts: Counter[str] = Counter(customers=0)

    def batches() -> Iterator[Any]:
        for batch in (b for task in source.tasks for b in source.read(task)):
            known = [found.get(key, {}) for key in _keys(batch, who)]
            columns = [batch.column(field.name).cast(field.type) for field in kept]
            for state in states:
                values = [one.get(state.name) for one in known]
                counts[state.name] += len(values) - values.count(None)
                columns.append(pa.array(values, _kind(state)))
            counts["customers"] += batch.num_rows
            yield pa.record_batch(columns, schema=schema)

    write_batches(schema, batches(), out)
    total = counts.pop("customers")
    return {"customers": total, **_sorted(counts)}


def _customers(path: str, who: Audience) -> Source:
    """Return all columns of the customers, with the types that the audience declares."""
    names = open_source(path, []).schema.names
    attributes = (*who.key, *who.profile, *who.session)
    needed = [
        Needed(a.name, a.column, a.type, a.nullable)
        for a in attributes
        if a.column in names or a in who.key
    ]
    return open_source(path, list(dict.fromkeys(names)), needed=needed)


def _keys(batch: Any, who: Audience) -> Iterator[Key]:
    """Yield the keys of customers; an empty one where a part is null."""
    parts = [batch.column(a.column).to_pylist() for a in who.key]
    types = [a.type for a in who.key]
    for key in zip(*parts, strict=True):
        yield () if None in key else tuple(map(key_part, types, key))


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}
