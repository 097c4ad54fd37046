"""The types of columns in PostgreSQL, as DuckDB calls those that can be copied into them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_COLUMNS = """
SELECT table_schema, table_name, column_name, CASE data_type
  WHEN 'ARRAY' THEN udt_name
  WHEN 'numeric' THEN concat('DECIMAL(', least(coalesce(numeric_precision, 38), 38), ',',
    coalesce(numeric_scale, 10), ')')
  ELSE concat(data_type, '(' || character_maximum_length || ')') END
FROM information_schema.columns WHERE table_schema::text = ANY({0}::text[])
ORDER BY array_position({0}::text[], table_schema::text), table_name, ordinal_position
"""
_KINDS = {
    "character varying": "VARCHAR",
    "text": "VARCHAR",
    "_varchar": "VARCHAR[]",
    "_text": "VARCHAR[]",
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "smallint": "SMALLINT",
    "double precision": "DOUBLE PRECISION",
    "real": "REAL",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time without time zone": "TIME",
    "interval": "INTERVAL",
    "timestamp with time zone": "TIMESTAMPTZ",
    "timestamp without time zone": "TIMESTAMP",
}


def columns_in(schemas: str) -> str:
    """Return SQL for schema, table, name and type of all columns.

    Args:
        schemas: SQL for an array of schemas.
    """
    return _COLUMNS.format(schemas)


def types_of(rows: Iterable[tuple[Any, ...]]) -> dict[str, dict[str, str]]:
    """Return types by column by table, of what ``columns_in`` gives.

    Of tables of one name that counts which comes first.
    """
    found: dict[str, dict[str, str]] = {}
    schema_of: dict[str, str] = {}
    for schema, table, name, kind in rows:
        if schema_of.setdefault(table, schema) == schema:
            base, limit, rest = kind.partition("(")
            base = "VARCHAR" if base == "character" else _KINDS.get(base, base)
            found.setdefault(table.lower(), {})[name] = base + limit + rest
    return found


def can_fill(kind: str) -> bool:
    """Return whether values can be copied into a column of such a type."""
    return kind in _KINDS.values() or kind.startswith(("VARCHAR(", "DECIMAL("))
