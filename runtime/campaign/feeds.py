"""What a campaign database tells other channels, from a URL to a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from interact.compiler.core.program import Audience, Program
from interact.runtime.campaign.columns import key_column
from interact.runtime.campaign.database import Database, opened
from interact.runtime.campaign.files import check_name, table, write
from interact.runtime.campaign.lists import COLUMNS, Kind, follow_up
from interact.runtime.campaign.suppress import clauses_of, suppressed
from interact.runtime.campaign.tables import key_columns, nothing_imported
from interact.runtime.errors import UsageError
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
    found = suppressed_table(program, who, url, at, wait)
    write(found, out)
    return dict(sorted(Counter(found["reason"].to_pylist()).items()))


def suppressed_table(program: Program, who: Audience, url: str, at: datetime, wait: float) -> Any:
    """Return key columns, ``offer`` and ``reason`` of what customers must not get at a time.

    Raises:
        UsageError: No such customers were imported.
        OutputError: The database cannot be read.
    """
    clauses = clauses_of(program, program.audiences.index(who))
    with opened(url, wait, read_only=True) as db:
        check_imported(db, who)
        found = suppressed(db, who, clauses, at)
    kinds = [(a.name, pa.int64() if a.type == INT else pa.string()) for a in who.key]
    columns = [*kinds, ("offer", pa.string()), ("reason", pa.string())]
    return table(columns, [(*s.key, s.offer, s.reason) for s in found])


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
    own: dict[str, Any] = {"at": pa.timestamp("us", "UTC"), "score": pa.float64()}
    columns = [(key, None) for key in found.keys]
    columns += [(name, own.get(name, pa.string())) for name in COLUMNS]
    write(table(columns, found.rows), out)
    return len(found.rows)


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
