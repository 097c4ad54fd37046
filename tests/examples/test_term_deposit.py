"""The term deposit example against SQL that was written by hand, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.examples.projects import ROOT, customers_file, program_of, read_customers, score

from interact.compiler.codegen.from_columnar import Layout
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


def found_tables(customers: Any) -> tuple[Any, Any]:
    """Return the offers and the members of segments that kernels find."""
    program, channel = program_of("term_deposit")
    scores = score(program, channel, customers, 3, Layout.LONG)
    keys, long = customers["customer_id"].to_numpy(), scores.long
    offers = pa.table(
        {
            "customer_id": keys[long["row"]],
            "zone": [channel.zones[z].name for z in long["zone"]],
            "rank": long["position"],
            "offer": [program.offers[channel.rules[r].offer].code_text for r in long["rule"]],
            "score": long["score"],
        }
    )
    members = [
        pa.table({"customer_id": ids, "segment": [segment.name] * len(ids)})
        for segment, bits in zip(channel.segments, scores.segments, strict=True)
        for ids in [keys[np.flatnonzero(np.unpackbits(bits, bitorder="little")[: len(keys)])]]
    ]
    return offers, pa.concat_tables(members)


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
def database(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """What SQL expects beside what was found, as ``offers`` and ``found_members``."""
    customers = read_customers(request.param)
    made = expect(customers)
    offers, members = found_tables(customers)
    made.register("offers", offers)
    made.register("found_members", members)
    return made


def difference(database: duckdb.DuckDBPyConnection, columns: str, a: str, b: str) -> list[Any]:
    """Return rows of one table that the other lacks."""
    one, other = f"select {columns} from {a}", f"select {columns} from {b}"
    return database.sql(f"({one} except all {other}) limit 5").fetchall()


OFFER = "customer_id, zone, rank::int, offer, score"
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
