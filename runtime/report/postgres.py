"""A campaign database in PostgreSQL: the server counts, and only the counts come over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from interact.runtime.errors import DataError, UsageError
from interact.runtime.report.activity import NO_ACTIVITY, fill_activity
from interact.runtime.report.cube import Period, cube_query, kinds_query
from interact.runtime.report.sources import campaign_contacts, campaign_responses


@dataclass(slots=True)
class PostgresSource:
    """The tables of a campaign database behind a URL."""

    url: str
    notes: list[str] = field(default_factory=list)

    def fill(self, db: Any, period: Period) -> None:
        """Let the server count, in one transaction that only reads.

        Raises:
            UsageError: psycopg is not installed.
            DataError: The server cannot be reached, or it is no campaign database.
        """
        try:
            import psycopg
        except ModuleNotFoundError as error:
            raise UsageError(
                "PostgreSQL needs psycopg, which is not installed",
                help="pip install 'interact-dsl[postgres]'",
            ) from error
        try:
            with psycopg.connect(self.url) as server:
                server.read_only = True
                self._fill(server, db, period)
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise DataError(f"cannot read the campaign database: {reason}") from error

    def _fill(self, server: Any, db: Any, period: Period) -> None:
        server.execute("SET LOCAL TIME ZONE 'UTC'")
        for table, query in (("cube", cube_query), ("kinds", kinds_query)):
            text, values = query(period, campaign_contacts(), campaign_responses())
            found = server.execute(text.replace("?", "%s"), values or None)
            names = [c.name for c in found.description]
            db.register("found", _table(names, found.fetchall(), table))
            db.execute(f"CREATE TEMP TABLE {table} AS FROM found")
            db.unregister("found")
        fill_activity(db, period, NO_ACTIVITY)


def _table(names: list[str], rows: list[tuple[Any, ...]], table: str) -> Any:
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
