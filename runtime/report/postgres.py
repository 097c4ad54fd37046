"""A campaign database in PostgreSQL: the server counts, and only the counts come over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from interact.runtime.campaign.postgres import opened
from interact.runtime.campaign.tables import nothing_imported
from interact.runtime.campaign.urls import without_password
from interact.runtime.report.activity import NO_ACTIVITY, fill_activity
from interact.runtime.report.campaign import campaign_contacts, campaign_responses
from interact.runtime.report.cube import COUNTS, DIMENSIONS, Period, cube_query, kinds_query

_KINDS = ("channel", "kind", "responses", "treatments", "counts")


@dataclass(slots=True)
class PostgresSource:
    """The tables of a campaign database behind a URL."""

    url: str
    notes: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return without_password(self.url)

    def fill(self, db: Any, period: Period) -> None:
        """Let the server count.

        Raises:
            UsageError: The driver is not installed, or it is no campaign database.
            OutputError: The server cannot be reached.
        """
        contacts, responses = campaign_contacts(), campaign_responses()
        with opened(self.url, wait=0, read_only=True) as server:
            if "ua_dtlcontacthist" not in server.tables():
                raise nothing_imported()
            for table, names, query in (
                ("cube", (*DIMENSIONS, *COUNTS), cube_query),
                ("kinds", _KINDS, kinds_query),
            ):
                text, values = query(period, contacts, responses)
                rows = server.rows(_numbered(text), *values)
                db.register("found", _table(names, rows))
                db.execute(f"CREATE TEMP TABLE {table} AS FROM found")
                db.unregister("found")
        fill_activity(db, period, NO_ACTIVITY)


def _numbered(text: str) -> str:
    """Return SQL with the marks that the server wants.

    >>> _numbered("day >= ? AND channel = ?")
    'day >= $1 AND channel = $2'
    """
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", text)


def _table(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Any:
    import pyarrow as pa

    texts = ("channel", "offer", "code", "zone", "point", "rule", "bundle", "kind")
    kinds = {
        **dict.fromkeys(texts, pa.string()),
        "day": pa.date32(),
        "segments": pa.list_(pa.string()),
        "first": pa.timestamp("us"),
        "last": pa.timestamp("us"),
    }
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [
        pa.array(list(column), kinds.get(name, pa.int64()))
        for name, column in zip(names, columns, strict=True)
    ]
    return pa.table(arrays, names)
