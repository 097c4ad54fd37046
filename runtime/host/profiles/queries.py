"""Queries with named parts of a key, as drivers take them: values are bound, never written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interact.runtime.errors import UsageError

_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|::|:([A-Za-z_]\w*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Query:
    """A query: ``parts`` tells which parts of the key its placeholders stand for, in order."""

    text: str
    parts: tuple[int, ...]


def quoted(name: str) -> str:
    """Return a name as SQL writes it; dots part a schema from a table.

    >>> quoted('crm.customers'), quoted('a"b')
    ('"crm"."customers"', '"a""b"')
    """
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def written(text: str, key: Sequence[str], mark: str) -> Query:
    """Return a query whose ``:name`` are parts of the key, with a driver's placeholders.

    >>> written("SELECT a::int FROM t WHERE id = :id AND b = ':id'", ["id"], "?")
    Query(text="SELECT a::int FROM t WHERE id = ? AND b = ':id'", parts=(0,))

    Raises:
        UsageError: It names no part of the key, or another name.
    """
    places = {name.lower(): i for i, name in enumerate(key)}
    parts: list[int] = []

    def replaced(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return _escaped(found[0], mark)
        if name.lower() not in places:
            raise UsageError(f"a query has :{name}", help=f"the key is {', '.join(key)}")
        parts.append(places[name.lower()])
        return mark

    pieces, place = [], 0
    for found in _TOKEN.finditer(text):
        pieces += [_escaped(text[place : found.start()], mark), replaced(found)]
        place = found.end()
    pieces.append(_escaped(text[place:], mark))
    if not parts:
        raise UsageError(f"a query does not ask for :{key[0]}")
    return Query("".join(pieces), tuple(parts))


def of_table(table: str, columns: Sequence[str], key: Sequence[str], mark: str) -> Query:
    """Return the query of one customer's rows of a table.

    >>> of_table("t", ["a", "b"], ["id"], "?")
    Query(text='SELECT t."a", t."b" FROM "t" AS t WHERE t."id" = ?', parts=(0,))

    The table stands before each name: SQLite takes ``"a"`` for a text where there is no column.
    """
    names = ", ".join(f"t.{quoted_column(name)}" for name in columns)
    where = " AND ".join(f"t.{quoted_column(name)} = {mark}" for name in key)
    text = f"SELECT {names} FROM {quoted(table)} AS t WHERE {where}"
    return Query(text, tuple(range(len(key))))


def quoted_column(name: str) -> str:
    """Return the name of a column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _escaped(text: str, mark: str) -> str:
    return text.replace("%", "%%") if mark == "%s" else text


def named(columns: Sequence[str], wanted: Mapping[str, str]) -> list[str | None]:
    """Return for each column of a result what it is wanted as; case does not matter.

    >>> named(["ID", "x"], {"id": "customer_id"})
    ['customer_id', None]
    """
    known = {column.lower(): name for column, name in wanted.items()}
    return [known.get(column.lower()) for column in columns]
