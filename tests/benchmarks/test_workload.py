"""The reference workload means the same to everybody who is measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks.workload.answers import Answers, Disagreement, exact_score, require_same
from benchmarks.workload.customers import NULLS, make_customers
from benchmarks.workload.duckdb_peer import DuckDB
from benchmarks.workload.ours import answers, open_rules, prepare
from benchmarks.workload.polars_peer import Polars
from benchmarks.workload.rules import SEGMENTS, TOP, ZONES, make_rules

COUNT = 5_000
RULES = make_rules(40)


@pytest.fixture(scope="module")
def customers() -> Any:
    return make_customers(COUNT)


@pytest.fixture(scope="module")
def ours(customers: Any, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    project = open_rules(tmp_path_factory.mktemp("workload"), RULES)
    return answers(prepare(customers, project).run())


def test_customers_have_20_columns_and_nulls_in_some(customers: Any) -> None:
    assert customers.num_columns == 20
    assert {n for n in customers.column_names if customers[n].null_count} == set(NULLS)


def test_every_segment_zone_and_rank_occurs(ours: Answers) -> None:
    assert set(ours.segments.tolist()) == set(range(len(SEGMENTS)))
    assert ours.rules.shape == (ZONES, TOP, COUNT)
    assert (ours.rules >= 0).any(axis=2).all()
    assert (np.diff(ours.scores, axis=1) <= 0)[ours.rules[:, 1:] >= 0].all()


def test_scores_are_those_of_the_rules(customers: Any, ours: Answers) -> None:
    for zone in range(ZONES):
        for row in np.flatnonzero(ours.rules[zone, 0] >= 0)[:20].tolist():
            rule = RULES[ours.rules[zone, 0, row]]
            assert rule.zone == zone
            assert ours.scores[zone, 0, row] == exact_score(rule, customers, row)


def test_duckdb_decides_the_same(customers: Any, ours: Answers) -> None:
    peer = DuckDB(customers, RULES, threads=1)
    for name, run in peer.variants().items():
        require_same(ours, peer.answers(run()), customers, RULES, name)


def test_polars_decides_the_same(customers: Any, ours: Answers) -> None:
    peer = Polars(customers, RULES)
    for name, run in peer.variants().items():
        require_same(ours, peer.answers(run()), customers, RULES, name)


def test_another_segment_is_a_disagreement(customers: Any, ours: Answers) -> None:
    changed = replace(ours, segments=np.where(ours.segments == 0, 1, ours.segments))
    with pytest.raises(Disagreement, match="segments"):
        require_same(ours, changed, customers, RULES, "peer")


def test_another_rule_is_a_disagreement(customers: Any, ours: Answers) -> None:
    rules = ours.rules.copy()
    row = int(np.flatnonzero(rules[2, 1] >= 0)[0])
    rules[2, 1, row] = rules[2, 0, row]
    with pytest.raises(Disagreement, match=f"customer {row}$"):
        require_same(ours, replace(ours, rules=rules), customers, RULES, "peer")


def test_another_score_is_a_disagreement(customers: Any, ours: Answers) -> None:
    with pytest.raises(Disagreement, match="scores"):
        require_same(ours, replace(ours, scores=ours.scores + 1e-4), customers, RULES, "peer")
