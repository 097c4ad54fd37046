"""The workload as lazy Polars expressions: three passes of ``max_horizontal`` over keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.measure import required
from benchmarks.workload.answers import NO_KEY, RULE_BITS, SCORE_STEPS, Answers, from_keys, rank_of
from benchmarks.workload.customers import TEXTS
from benchmarks.workload.rules import CAP, SEGMENTS, ZONES, Rule, Test


class Polars:
    """A data frame of the customers, with texts as their codes already, and a lazy query.

    The number of threads is that of the process, from ``POLARS_MAX_THREADS``.
    """

    def __init__(self, customers: pa.Table, rules: Sequence[Rule]) -> None:
        self._polars = required("polars")
        coded = [self._code(name, texts) for name, texts in TEXTS.items()]
        self._customers = self._polars.from_arrow(customers).with_columns(coded)
        self._query = self._plan(rules)

    def variants(self) -> dict[str, Callable[[], Any]]:
        """Return each engine by name; it answers as a data frame."""
        return {
            "Polars, streaming": lambda: self._query.collect(engine="streaming"),
            "Polars, in memory": lambda: self._query.collect(engine="in-memory"),
        }

    @staticmethod
    def answers(found: Any) -> Answers:
        """Return what a run decided; the rows are in the order of the customers."""
        ordered = found.sort("id")
        keys = [[ordered[f"{p}{z}"].to_numpy() for p in "abc"] for z in range(ZONES)]
        return from_keys(ordered["segment"].to_numpy(), np.array(keys, np.int64))

    def _code(self, name: str, texts: Sequence[str]) -> Any:
        pl = self._polars
        return pl.col(name).cast(pl.String).cast(pl.Enum(texts)).to_physical().cast(pl.UInt8)

    def _plan(self, rules: Sequence[Rule]) -> Any:
        pl = self._polars
        keys = {z: [f"k{i}" for i, r in enumerate(rules) if r.zone == z] for z in range(ZONES)}
        made = [self._key(rule, i).alias(f"k{i}") for i, rule in enumerate(rules)]
        query = self._customers.lazy().with_columns(self._segments().alias("segment"))
        query = query.select(["id", "segment", *made])
        firsts = [pl.max_horizontal(keys[z]).alias(f"a{z}") for z in keys]
        query = query.with_columns(firsts)
        for place, before in (("b", "a"), ("c", "b")):
            query = query.with_columns(
                [self._below(keys[z], f"{before}{z}").alias(f"{place}{z}") for z in keys]
            )
        return query.select(["id", "segment", *(f"{p}{z}" for z in keys for p in "abc")])

    def _below(self, keys: Sequence[str], bound: str) -> Any:
        """Return the largest key that is smaller than another."""
        pl = self._polars
        smaller = [
            pl.when(pl.col(k) < pl.col(bound)).then(pl.col(k)).otherwise(NO_KEY) for k in keys
        ]
        return pl.max_horizontal(smaller)

    def _segments(self) -> Any:
        pl = self._polars
        chain: Any = pl
        for number, segment in enumerate(SEGMENTS[:-1]):
            flags = [pl.col(segment.flag)] if segment.flag else []
            condition = reduce(and_, [*flags, *map(self._test, segment.tests)])
            chain = chain.when(condition).then(number)
        return chain.otherwise(len(SEGMENTS) - 1)

    def _test(self, test: Test) -> Any:
        column, operator, bound = test
        found = self._polars.col(column)
        return found >= bound if operator == ">=" else found <= bound

    def _key(self, rule: Rule, number: int) -> Any:
        pl = self._polars
        codes = [TEXTS[rule.text].index(text) for text in rule.texts]
        tests = [pl.col("segment").is_in(rule.segments), *map(self._test, rule.tests)]
        applies = reduce(and_, [*tests, pl.col(rule.flag), pl.col(rule.text).is_in(codes)])
        (x, by_x), (y, by_y) = rule.terms
        score = pl.min_horizontal(
            pl.lit(CAP), pl.lit(rule.base) + (by_x * pl.col(x) + by_y * pl.col(y))
        )
        whole = (score * SCORE_STEPS).floor().cast(pl.Int64)
        key = whole * (1 << RULE_BITS) + rank_of(number)
        return pl.when(applies).then(key).otherwise(NO_KEY)
