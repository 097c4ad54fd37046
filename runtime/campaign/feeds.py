"""What a campaign database tells other channels, from a URL to a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from interact.compiler.core.program import Audience, Program
from interact.runtime.campaign.columns import key_column
from interact.runtime.campaign.database import Database, opened
from interact.runtime.campaign.files import check_name, write_batches, write_rows
from interact.runtime.campaign.lists import Kind, follow_up
from interact.runtime.campaign.suppress import clauses_of, suppressed
from interact.runtime.campaign.tables import key_columns, nothing_imported
from interact.runtime.errors import UsageError
from interact.runtime.result import result_column
from interact.stdlib.types import INT


def write_suppressed(
    program: Program, audience: str | None, url: str, out: str, at: datetime, wait: float = 60
) -> dict[str, int]:
    """Write the suppressed offers of customers; return how many pairs there are by reason.

    Raises:
        UsageError: No such audience, none of several, or no offer has a suppress clause.
        OutputError: The database cannot be read, or the file not be written.
    """
    check_name(out)
    who = audience_of(program, audience)
    if not clauses_of(program, program.audiences.index(who)):
        raise UsageError(
            f"no offer to a {who.name} has a suppress clause",
            help="such as: offer Gold { suppress for 30 days after reject }",
        )
    return dict(sorted(write_barred(program, who, url, out, at, wait).items()))


def write_barred(
    program: Program, who: Audience, url: str, out: str, at: datetime, wait: float
) -> Counter[str]:
    """Write key columns, ``offer`` and ``reason`` of what customers must not get at a time.

    Returns:
        How many there are by reason.

    Raises:
        UsageError: No such customers were imported.
        OutputError: The database cannot be read, or the file not be written.
    """
    clauses = clauses_of(program, program.audiences.index(who))
    counts: Counter[str] = Counter()

    def rows(db: Database) -> Iterator[tuple[Any, ...]]:
        for one in suppressed(db, who, clauses, at):
            counts[one.reason] += 1
            yield *one.key, one.offer, one.reason

    types = {a.name: pa.int64() if a.type == INT else pa.string() for a in who.key}
    kinds = [(result_column(name), kind) for name, kind in types.items()]
    columns = [*kinds, ("offer", pa.string()), ("reason", pa.string())]
    with opened(url, wait, read_only=True) as db:
        check_imported(db, who)
        write_rows(columns, rows(db), out)
    return counts


def write_follow_up(
    url: str,
    out: str,
    kind: Kind,
    at: datetime,
    days: int,
    rest: int = 0,
    offers: tuple[str, ...] = (),
    wait: float = 60,
) -> int:
    """Write a list of ``lists.follow_up``; return how many rows it has."""
    check_name(out)
    with opened(url, wait, read_only=True) as db:
        check_imported(db)
        found = follow_up(db, kind, at, days, rest, offers)
        return write_batches(found.schema, found.batches, out)


def never_shown(url: str, offers: Sequence[str], wait: float = 60) -> list[str]:
    """Return which of some names and codes no offer that was ever shown has."""
    ever = "SELECT 1 FROM UA_Treatment WHERE OfferName = $1 OR OfferCode = $1 LIMIT 1"
    with opened(url, wait, read_only=True) as db:
        return [offer for offer in offers if not db.rows(ever, offer)]


def check_imported(db: Database, audience: Audience | None = None) -> None:
    """Refuse a database without what an import makes, or without customers of an audience.

    Raises:
        UsageError: It is one.
    """
    if "interact_keycolumn" not in db.tables():
        raise nothing_imported()
    if audience is not None:
        names = key_columns(db)
        missing = [a.name for a in audience.key if key_column(a.name).lower() not in names]
        if missing:
            raise UsageError(
                f"no {audience.name} was imported: there is no key {', '.join(missing)}",
                help=f"there are {', '.join(names) or 'no keys'}",
            )


def audience_of(program: Program, name: str | None) -> Audience:
    """Return an audience by name, or the only one.

    Raises:
        UsageError: There is none of that name, or there are several.
    """
    names = [a.name for a in program.audiences]
    if name is None and len(names) == 1:
        return program.audiences[0]
    if name not in names:
        what = "which audience?" if name is None else f"no audience {name}"
        raise UsageError(what, help=f"--audience: there are {', '.join(names)}")
    return program.audiences[names.index(name)]
