"""Profiles from a database: a query for the customer, and one for each ``many`` attribute."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interact.compiler.core.program import Attribute, Audience
from interact.runtime.batch.schema import Needed
from interact.runtime.errors import DataError, SchemaError, UsageError
from interact.runtime.host.parameters import machine_value
from interact.runtime.host.profiles.drivers import Driver, Unreachable, open_driver
from interact.runtime.host.profiles.needs import require_names
from interact.runtime.host.profiles.queries import Query, named, of_table, quoted, written
from interact.runtime.host.profiles.source import Key, Profile
from interact.runtime.values import from_machine


@dataclass(frozen=True, slots=True)
class From:
    """Where rows come from: a table, or a query that names parts of the key as ``:name``."""

    table: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """Where the profiles of an audience level come from.

    Attributes:
        many: Where ``many`` attributes come from, by name; others have no rows, and are not read.
        timeout: Seconds for a query.
        connections: How many at once.
    """

    url: str
    customer: From
    many: Mapping[str, From] = field(default_factory=dict)
    timeout: float = 0.5
    connections: int = 4


@dataclass(slots=True)
class SqlProfiles:
    """Profiles of one audience level.

    Attributes:
        needs: What the database must have beside the key.
        lost: Values that are not of their attribute's type, by attribute; they are null.
    """

    database: Database
    driver: Driver
    audience: Audience
    needs: Sequence[Needed] = ()
    lost: Counter[str] = field(default_factory=Counter)
    _queries: dict[str, Query] | None = None
    _there: dict[str, list[str]] = field(default_factory=dict)
    _tables: dict[str, list[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, key: Key) -> Profile | None:
        """Return the profile of a key; of several the first.

        Raises:
            DataError: The database cannot be asked, or not in time, or columns are missing.
        """
        queries = self._prepared()
        attributes = {
            a.name: a for a in (*self.audience.key, *self.audience.profile, *self.audience.session)
        }
        found = self._rows("", queries[""], attributes, key)
        if not found:
            return None
        rows = {
            many.name: self._rows(
                many.name, queries[many.name], {f.name: f for f in many.fields}, key
            )
            for many in self.audience.rows
            if many.name in queries
        }
        return Profile(found[0], rows)

    def check(self) -> None:
        """See whether the database has what is asked for.

        Raises:
            Unreachable: It cannot be reached now.
            UsageError: A table, column or name is wrong.
            SchemaError: With a line for each column that is missing.
        """
        try:
            self._check_names()
        except (Unreachable, SchemaError):
            raise
        except DataError as error:
            raise UsageError(f"profiles of {self.audience.name}: {error.message}") from error

    def close(self) -> None:
        """Close all connections."""
        self.driver.close()

    def _check_names(self) -> None:
        """Ask for nobody, and see which columns come."""
        there: dict[str, list[str]] = {}
        for name, query in self._prepared().items():
            there[name], _ = self.driver.ask(query.text, [None for _ in query.parts])
        where = f"the database of {self.audience.name}"
        try:
            require_names(self.needs, there | self._tables, where)
        except SchemaError:
            self._queries = None  # of tables they have the columns that were there
            raise
        self._there = there

    def _prepared(self) -> dict[str, Query]:
        with self._lock:
            if self._queries is None:
                own = (*self.audience.key, *self.audience.profile, *self.audience.session)
                queries = {"": self._query("", self.database.customer, own)}
                fields = {many.name: many.fields for many in self.audience.rows}
                for name, source in self.database.many.items():
                    if name not in fields:
                        known = ", ".join(fields) or "none"
                        raise UsageError(
                            f"{self.audience.name} has no many attribute {name}",
                            help=f"there are {known}",
                        )
                    queries[name] = self._query(name, source, fields[name])
                self._queries = queries
            return self._queries

    def _query(self, name: str, source: From, attributes: Sequence[Attribute]) -> Query:
        key = [part.column for part in self.audience.key]
        if source.query:
            return written(source.query, key, self.driver.mark)
        there, _ = self.driver.ask(f"SELECT * FROM {quoted(source.table)} LIMIT 0", ())
        self._tables[name] = there  # a message names those, too, that are not asked for
        actual = {column.lower(): column for column in there}
        missing = [part for part in key if part.lower() not in actual]
        if missing:
            raise UsageError(f"{source.table} has no column {', '.join(missing)}")
        columns = [actual[a.column.lower()] for a in attributes if a.column.lower() in actual]
        keys = [actual[part.lower()] for part in key]
        return of_table(source.table, columns or keys, keys, self.driver.mark)

    def _rows(
        self, name: str, query: Query, attributes: Mapping[str, Attribute], key: Key
    ) -> list[dict[str, Any]]:
        parts = [from_machine(v, a.type) for v, a in zip(key, self.audience.key, strict=True)]
        columns, rows = self.driver.ask(query.text, [parts[i] for i in query.parts])
        if columns != self._there.get(name):  # out of reach at the start, or changed since
            self._check_names()
        names = named(columns, {a.column: a.name for a in attributes.values()})
        wanted = [(i, attributes[name]) for i, name in enumerate(names) if name is not None]
        return [{a.name: self._value(a, row[i]) for i, a in wanted} for row in rows]

    def _value(self, attribute: Attribute, value: Any) -> Any:
        try:
            return machine_value(attribute, value)
        except DataError:
            self.lost[attribute.name] += 1
            return None


def open_sql_profiles(
    database: Database, audience: Audience, needs: Sequence[Needed] = ()
) -> SqlProfiles:
    """Return the profiles of an audience level in a database.

    Args:
        database: Which one, and what to ask it.
        audience: The audience level.
        needs: What it must have beside the key.

    Raises:
        UsageError: There is no such database.
    """
    return SqlProfiles(database, open_driver(database.url, database.timeout), audience, needs)
