"""What a campaign database knows of customers, as the columns of history of their profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from interact.compiler.core.program import Attribute, Audience, Program
from interact.compiler.core.state import CONTACTED, CONTACTS, SUPPRESSED_UNTIL
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import Source, open_source
from interact.runtime.campaign.beside import Beside, beside
from interact.runtime.campaign.database import Database, opened
from interact.runtime.campaign.feeds import audience_of, check_imported
from interact.runtime.campaign.files import check_name, write_batches, write_rows
from interact.runtime.campaign.known import Asked, histories
from interact.runtime.errors import UsageError
from interact.runtime.host.events.counting import Counting
from interact.runtime.host.profiles.said import lasting_of
from interact.stdlib.types import INT


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
    wanted = list(states.values())
    schema = pa.schema([(s.column, _kind(s)) for s in wanted])
    keys = [pa.int64() if a.type == INT else pa.string() for a in who.key]
    with opened(url, wait, read_only=True) as db:
        check_imported(db, who)
        found = _rows(db, program, who, wanted, at)
        if customers is None:
            counts: Counter[str] = Counter()
            columns = [(a.column, kind) for a, kind in zip(who.key, keys, strict=True)]
            counted = _counted(found, len(keys), wanted, counts)
            number = write_rows([*columns, *((f.name, f.type) for f in schema)], counted, out)
            return {"customers": number, **_sorted(counts)}
        with beside(keys, schema, found) as known:
            return _write_with(customers, who, wanted, known, out)


def _rows(
    db: Database, program: Program, who: Audience, wanted: Sequence[Attribute], at: datetime
) -> Iterator[tuple[Any, ...]]:
    """Yield keys with the states that are wanted, of customers of whom one is there."""
    names = [state.name for state in wanted]
    offers = {name.rpartition(".")[0] for name in names}
    shown = {name.rpartition(".")[0] for name in names if name.endswith((CONTACTS, CONTACTED))}
    channels = [c for c in program.channels if program.audience_of(c).name == who.name]
    counting = {
        offer: one
        for one in map(Counting, channels)
        for offer in shown
        if f"{offer}.{CONTACTS}" in one.conditions
    }
    for key, history in histories(db, who, Asked(frozenset(offers), counting), at):
        row = [history.get(name) for name in names]
        if row.count(None) < len(row):
            yield *key, *row


def _counted(
    rows: Iterable[tuple[Any, ...]],
    width: int,
    wanted: Sequence[Attribute],
    counts: Counter[str],
) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        counts.update(s.name for s, v in zip(wanted, row[width:], strict=True) if v is not None)
        yield row


def _kind(state: Attribute) -> Any:
    return pa.int64() if state.type == INT else pa.timestamp("us", "UTC")


def _write_with(
    path: str, who: Audience, wanted: Sequence[Attribute], known: Beside, out: str
) -> dict[str, int]:
    """Write the customers of a file with their history; return how many have what."""
    source = _customers(path, who)
    made = {state.column for state in wanted}
    kept = [field for field in source.schema if field.name not in made]
    schema = pa.schema([*kept, *((s.column, _kind(s)) for s in wanted)])
    counts: Counter[str] = Counter()

    def batches() -> Iterator[Any]:
        for batch in (b for task in source.tasks for b in source.read(task)):
            columns = [batch.column(field.name).cast(field.type) for field in kept]
            for state, values in zip(wanted, known.of(_keys(batch, who)), strict=True):
                counts[state.name] += len(values) - values.null_count
                columns.append(values)
            yield pa.record_batch(columns, schema=schema)

    number = write_batches(schema, batches(), out)
    return {"customers": number, **_sorted(counts)}


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


def _keys(batch: Any, who: Audience) -> list[Any]:
    """Return the parts of customers' keys in the types by which they are told apart."""
    return [
        batch.column(a.column).cast(pa.int64() if a.type == INT else pa.string()) for a in who.key
    ]


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}
