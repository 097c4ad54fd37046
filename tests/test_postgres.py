"""The PostgreSQL server that tests share."""

from __future__ import annotations

from tests.postgres import Database, Server


def test_each_test_has_a_database_of_its_own(postgres: Database, postgres_server: Server) -> None:
    postgres.select("CREATE TABLE a (b INT)")
    assert postgres.select("SELECT count(*) FROM a") == [(0,)]
    others = "SELECT count(*) FROM pg_tables WHERE tablename = %s"
    assert postgres_server.new_database().select(others, "a") == [(0,)]
