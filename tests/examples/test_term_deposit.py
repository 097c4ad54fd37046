"""The term deposit example against SQL that was written by hand, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.examples.projects import EXAMPLES, ROOT, customers_file, program_of, read_customers

from interact.runtime.cli.main import cli
from interact.stdlib.chance import customer_hash

SQL = Path(__file__).with_name("term_deposit.sql")
FULL = ROOT.parent / "shared" / "data" / "bank_marketing.parquet"
"""The full data set, when it lies beside the project."""
SEED = "term-deposit-2026"


def expect(customers: Any) -> duckdb.DuckDBPyConnection:
    """Return a database with the tables that ``term_deposit.sql`` makes."""
    keys = customers["customer_id"].to_pylist()
    hashes = pa.table({"customer_id": keys, "hash": [customer_hash(SEED, (k,)) for k in keys]})
    database = duckdb.connect(config={"threads": 2})
    database.register("customers", customers)
    database.register("hashes", hashes)
    database.execute(SQL.read_text("utf-8"))
    return database


def scored(file: Path, out: Path) -> tuple[Any, Any]:
    """Return the offers, and the members of segments, that the command writes."""
    options = ["--as-of", "2026-11-24", "--out", str(out), "--threads", "2"]
    with pytest.raises(SystemExit) as stopped:
        cli.main(["score", str(EXAMPLES / "term_deposit"), "--customers", str(file), *options])
    assert not stopped.value.code
    return pq.read_table(out / "offers"), pq.read_table(out / "segments")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(customers_file("term_deposit"), id="sample"),
        pytest.param(
            FULL,
            id="full",
            marks=pytest.mark.skipif(not FULL.exists(), reason="the full data set is not here"),
        ),
    ],
)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    """What SQL expects beside what was found, as ``offers`` and ``found_members``."""
    made = expect(read_customers(request.param))
    offers, segments = scored(request.param, tmp_path_factory.mktemp("run") / "out")
    made.register("offers", offers)
    made.register("segments", segments)
    made.execute(
        "create view found_members as"
        " select customer_id, unnest(segments)::varchar as segment from segments"
    )
    return made


def difference(database: duckdb.DuckDBPyConnection, columns: str, a: str, b: str) -> list[Any]:
    """Return rows of one table that the other lacks."""
    one, other = f"select {columns} from {a}", f"select {columns} from {b}"
    return database.sql(f"({one} except all {other}) limit 5").fetchall()


OFFER = "customer_id, zone::varchar, rank::int, offer::varchar, score"
MEMBER = "customer_id, segment"


@pytest.mark.parametrize(
    ("columns", "one", "other"),
    [(OFFER, "expected", "offers"), (MEMBER, "members", "found_members")],
    ids=["offers", "segments"],
)
def test_the_rows_are_those_of_sql(
    database: duckdb.DuckDBPyConnection, columns: str, one: str, other: str
) -> None:
    assert difference(database, columns, one, other) == []
    assert difference(database, columns, other, one) == []


def test_every_offer_and_segment_occurs(database: duckdb.DuckDBPyConnection) -> None:
    """So that nothing agrees because it is empty."""
    program, channel = program_of("term_deposit")
    offers = database.sql("select distinct offer from expected").fetchall()
    segments = database.sql("select distinct segment from members").fetchall()
    assert len(offers) == len(program.offers)
    assert len(segments) == len(channel.segments)


def test_the_control_sample_gets_the_newsletter_only(database: duckdb.DuckDBPyConnection) -> None:
    shown = database.sql(
        "select distinct zone, offer from offers"
        " where customer_id in (select customer_id from members where segment = 'Control')"
    ).fetchall()
    assert shown == [("Letter", "NL-QUARTERLY")]
