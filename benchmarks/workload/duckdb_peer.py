"""The workload in SQL: three passes of ``greatest`` over whole-number keys.

Sorting a list of candidates for each customer takes 10 to 25 times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.measure import required
from benchmarks.workload.answers import NO_KEY, RULE_BITS, SCORE_STEPS, Answers, from_keys, rank_of
from benchmarks.workload.rules import CAP, SEGMENTS, TOP, ZONES, Rule, Segment

_PASSES = "abc"
assert len(_PASSES) == TOP


class DuckDB:
    """A database that holds the customers, and the variants of the query."""

    def __init__(self, customers: pa.Table, rules: Sequence[Rule], threads: int) -> None:
        self._connection: Any = required("duckdb").connect()
        self._connection.execute(f"SET threads = {threads}")
        self._connection.register("arrow_customers", customers)
        self._connection.execute("CREATE TABLE customers AS SELECT * FROM arrow_customers")
        plain = query(rules)
        self._connection.execute("PREPARE materialised AS " + _materialised(plain))
        self._names = {"DuckDB, keys materialised": "materialised"}
        if len(rules) <= 10 * ZONES:  # inlined, each key is written out 2 ** 3 times
            self._connection.execute("PREPARE inlined AS " + plain)
            self._names["DuckDB, keys inlined"] = "inlined"

    def variants(self) -> dict[str, Callable[[], Any]]:
        """Return each formulation by name, prepared; it answers as an Arrow table."""
        return {name: partial(self._run, prepared) for name, prepared in self._names.items()}

    def _run(self, prepared: str) -> Any:
        return self._connection.sql(f"EXECUTE {prepared}").to_arrow_table()

    @staticmethod
    def answers(found: Any) -> Answers:
        """Return what a run decided; the rows are in the order of the customers."""
        ordered = found.sort_by("id")
        keys = [[ordered[f"{p}{z}"].to_numpy() for p in _PASSES] for z in range(ZONES)]
        return from_keys(ordered["segment"].to_numpy(), np.array(keys, np.int64))


def _materialised(sql: str) -> str:
    return sql.replace("keys AS (", "keys AS MATERIALIZED (", 1)


def query(rules: Sequence[Rule]) -> str:
    """Return the query: segments, a key for each rule, then a pass for each place."""
    names = [[f"k{i}" for i, rule in enumerate(rules) if rule.zone == z] for z in range(ZONES)]
    keys = ", ".join(f"{_key(rule, i)} AS k{i}" for i, rule in enumerate(rules))
    first = ", ".join(f"greatest({', '.join(names[z])}) AS a{z}" for z in range(ZONES))
    second = ", ".join(f"{_below(names[z], f'a{z}')} AS b{z}" for z in range(ZONES))
    third = ", ".join(f"a{z}, b{z}, {_below(names[z], f'b{z}')} AS c{z}" for z in range(ZONES))
    return f"""
        WITH segmented AS (SELECT *, {_segments()} AS segment FROM customers),
        keys AS (SELECT id, segment, {keys} FROM segmented),
        firsts AS (SELECT *, {first} FROM keys),
        seconds AS (SELECT *, {second} FROM firsts)
        SELECT id, segment, {third} FROM seconds"""


def _below(keys: Sequence[str], bound: str) -> str:
    """Return the largest key that is smaller than another."""
    smaller = (f"CASE WHEN {key} < {bound} THEN {key} ELSE {NO_KEY} END" for key in keys)
    return f"greatest({', '.join(smaller)})"


def _segments() -> str:
    cases = " ".join(f"WHEN {_condition(s)} THEN {i}" for i, s in enumerate(SEGMENTS))
    return f"CASE {cases} END"


def _condition(segment: Segment) -> str:
    tests = [f"{column} {operator} {bound}" for column, operator, bound in segment.tests]
    return " AND ".join([*([segment.flag] if segment.flag else []), *tests]) or "TRUE"


def _key(rule: Rule, number: int) -> str:
    (x, by_x), (y, by_y) = rule.terms
    terms = f"{by_x!r}::DOUBLE * {x} + {by_y!r}::DOUBLE * {y}"
    score = f"least({CAP}::DOUBLE, {rule.base}::DOUBLE + ({terms}))"
    whole = f"CAST(floor({score} * {SCORE_STEPS:.0f}::DOUBLE) AS BIGINT)"
    return (
        f"CASE WHEN {_applies(rule)} THEN ({whole} << {RULE_BITS}) | {rank_of(number)} "
        f"ELSE {NO_KEY} END"
    )


def _applies(rule: Rule) -> str:
    texts = ", ".join(f"'{text}'" for text in rule.texts)
    tests = [f"{column} {operator} {bound}" for column, operator, bound in rule.tests]
    segments = f"segment IN ({', '.join(map(str, rule.segments))})"
    return " AND ".join([segments, *tests, rule.flag, f"{rule.text} IN ({texts})"])
