"""Rows of databases: streamed, read only, with errors that tell what went wrong and no password."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.postgres import Database
from tests.runtime.tables.generated import Row, as_parquet, keys_of, program_of, rows_of
from tests.runtime.tables.test_malformed import loaded

from interact.runtime.errors import DataError, UsageError
from interact.runtime.tables.loaded import Loaded
from interact.runtime.tables.rows import TableSpec
from interact.runtime.tables.settings import read_table_settings

COLUMNS = (
    "id bigint, offer text, zone text, n bigint, f float8, d numeric(12, 2), b bool, t text,"
    " day date, must bigint"
)


def filled(postgres: Database, rows: list[Row]) -> TableSpec:
    postgres.select(f"CREATE TABLE t (place serial, {COLUMNS})")
    for row in rows:
        marks = ", ".join(["%s"] * len(row))
        postgres.select(f"INSERT INTO t ({', '.join(row)}) VALUES ({marks})", *row.values())
    return TableSpec("T", postgres.url, "SELECT * FROM t ORDER BY place")


def told(found: Loaded) -> object:
    slots, columns = found.slots.tolist(), found.columns
    values = {
        n: (c.valid.tolist(), c.values[c.valid].tolist()) for n, c in columns.items() if n != "t"
    }
    return slots, found.starts.tolist(), values, columns["t"].texts.to_pylist()


def test_postgres_says_what_a_file_says(postgres: Database, tmp_path: Path) -> None:
    chance = random.Random(7)
    rows = rows_of(chance, "whole", keys_of(chance, "whole", 20), 60)
    assert program_of("whole", by_zone=True)
    assert told(loaded(filled(postgres, rows))) == told(loaded(as_parquet(rows, "whole", tmp_path)))


def test_a_query_cannot_change_anything(postgres: Database) -> None:
    filled(postgres, [])
    spec = TableSpec("T", postgres.url, "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d")
    with pytest.raises(DataError, match="the query of T failed"):
        loaded(spec)


def test_no_password_is_told(postgres: Database) -> None:
    spec = TableSpec("T", "postgresql://joe:secret@127.0.0.1:1/db?connect_timeout=1", "SELECT 1")
    with pytest.raises(DataError) as caught:
        loaded(spec)
    assert "secret" not in str(caught.value)


def test_settings_take_urls_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[tables.T]\nurl = "env:CRM_URL"\nquery = "select 1"\n'
    (tmp_path / "interact.toml").write_text(text)
    with pytest.raises(UsageError, match="the environment has no CRM_URL"):
        read_table_settings(str(tmp_path))
    monkeypatch.setenv("CRM_URL", "postgresql://crm/db")
    assert read_table_settings(str(tmp_path)).tables["T"].path == "postgresql://crm/db"
