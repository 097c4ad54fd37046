"""Every number of a report is what plain SQL over the tables of a campaign database says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.report.traffic import START, day_of_traffic, record

from interact.runtime.campaign.load import import_history
from interact.runtime.report.build import Wishes, build_report
from interact.runtime.report.cube import Period
from interact.runtime.report.model import Section

# A contact with its treatment, in the days and channel; answered if it is the treatment's first.
SHOWN = """
CREATE TEMP VIEW contact AS SELECT CAST(timezone('UTC', c.ContactDateTime) AS DATE) AS day, *
FROM UA_DtlContactHist AS c JOIN UA_Treatment AS t USING (TreatmentCode)
WHERE day BETWEEN getvariable('first') AND getvariable('last')
  AND Channel = coalesce(getvariable('channel'), Channel);
CREATE TEMP VIEW answer AS SELECT TreatmentCode AS code, CountsAsResponse AS counts
FROM UA_ResponseHistory JOIN UA_UsrResponseType USING (ResponseTypeCode)
UNION ALL SELECT TrackingCode, CountsAsResponse
FROM interact_UnmatchedResponse JOIN UA_UsrResponseType USING (ResponseTypeCode);
CREATE TEMP VIEW turned AS SELECT *, timezone('UTC', ContactDateTime) AS happened,
  NOT EXISTS (FROM contact AS e WHERE e.TreatmentCode = c.TreatmentCode AND
    (e.ContactDateTime < c.ContactDateTime
     OR e.ContactDateTime = c.ContactDateTime AND e.Event < c.Event)) AS is_first
FROM contact AS c;
CREATE TEMP VIEW shown AS SELECT *,
  is_first AND TreatmentCode IN (SELECT code FROM answer WHERE counts = 1) AS accepted,
  is_first AND TreatmentCode IN (SELECT code FROM answer WHERE counts = 2) AS rejected
FROM turned;
CREATE TEMP VIEW member AS SELECT *, unnest(Segments) AS segment FROM shown;
CREATE MACRO wilson(hits, n, sign) AS (
  hits / n + 3.841458820694124 / (2 * n) + sign * 1.959963984540054
  * sqrt(hits / n * (1 - hits / n) / n + 3.841458820694124 / (4 * n * n))
) / (1 + 3.841458820694124 / n);
CREATE MACRO measures(accepts, rejects, n) AS [n, accepts, accepts / n,
  wilson(accepts, n, -1), wilson(accepts, n, 1), rejects, rejects / n];
"""
MEASURES = "measures(sum(accepted::INT)::DOUBLE, sum(rejected::INT)::DOUBLE, count(*)::DOUBLE)"
GROUPS = {
    "offers": ("shown", "OfferName, OfferCode"),
    "trend": ("shown", "date_trunc('week', day)::DATE, OfferName"),
    "segments": ("member", "Channel, segment"),
    "segment-offers": ("member", "Channel, segment, OfferName"),
    "points": ("shown", "Channel, Zone, InteractionPoint"),
    "rules": ("shown", "Channel, Zone, Rule, OfferName, '', max(happened)"),
    "deployments": (
        "shown",
        "Channel, left(replace(Bundle, 'sha256:', ''), 12), '', min(happened), max(happened)",
    ),
}
RESPONSES = """
SELECT Channel, ResponseTypeCode,
  CASE CountsAsResponse WHEN 1 THEN 'accept' WHEN 2 THEN 'reject' ELSE 'neither' END,
  count(*), count(DISTINCT TrackingCode)
FROM (SELECT Channel, ResponseTypeCode, ResponseDateTime, TrackingCode FROM UA_ResponseHistory
  UNION ALL SELECT Channel, ResponseTypeCode, ResponseDateTime, TrackingCode
  FROM interact_UnmatchedResponse) JOIN UA_UsrResponseType USING (ResponseTypeCode)
WHERE CAST(timezone('UTC', ResponseDateTime) AS DATE)
  BETWEEN getvariable('first') AND getvariable('last')
  AND Channel = coalesce(getvariable('channel'), Channel) GROUP BY ALL
"""
LIFT = """
WITH counted AS (
  SELECT segment, coalesce(OfferName, 'all offers') AS offer, count(*) AS n,
    sum(accepted::INT) / count(*) AS share
  FROM member GROUP BY GROUPING SETS ((segment, OfferName), (segment))
) SELECT s.segment, c.segment, s.offer, s.n, s.share, c.n, c.share, s.share - c.share,
    (s.share - c.share) / nullif(c.share, 0)
FROM counted AS s JOIN counted AS c ON c.segment = 'Control' AND c.offer = s.offer
WHERE s.segment NOT IN (SELECT segment FROM member AS m WHERE list_contains(Segments, 'Control'))
"""
CHANGES = """
SELECT sum(accepted::INT) / count(*) - lag(sum(accepted::INT) / count(*))
  OVER (PARTITION BY Channel ORDER BY min(happened), Bundle)
FROM shown GROUP BY Channel, Bundle ORDER BY Channel, min(happened), Bundle
"""


@settings(max_examples=8)
@given(
    seed=st.integers(0, 1 << 32),
    days=st.sampled_from([(0, 9), (1, 3), (2, 2)]),
    channel=st.sampled_from([None, "Call"]),
)
def test_numbers_are_those_of_plain_sql(
    seed: int, days: tuple[int, int], channel: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sql")
    record(folder / "h", day_of_traffic(seed, random.Random(seed).randrange(1, 200)))
    import_history(str(folder / "h"), f"duckdb:///{folder / 'c.db'}")
    first, last = (START.date() + timedelta(days=n) for n in days)
    with duckdb.connect(str(folder / "c.db")) as db:
        for name, value in (("first", first), ("last", last), ("channel", channel)):
            db.execute(f"SET VARIABLE {name} = $1", [value])
        db.execute(SHOWN)
        wishes = Wishes(Period(first, last, channel), "week")
        report = build_report(str(folder / "h"), wishes)
        for section in report.sections:
            check(section, db)
        ((counts,),) = db.execute(f"SELECT {MEASURES} FROM shown").fetchall()
        if report.first is not None:
            told = [f.value for f in report.figures]
            assert told == pytest.approx([counts[i] for i in (0, 1, 2, 5, 6)])
        if db.execute("SELECT 1 FROM member WHERE segment = 'Control'").fetchall():
            against = replace(wishes, names=["lift"], controls=["Control"])
            (lift,) = build_report(str(folder / "h"), against).sections
            same([(*row[:8], row[10]) for row in lift.rows], db.execute(LIFT).fetchall())


def check(section: Section, db: Any) -> None:
    if section.name == "responses":
        same(section.rows, db.execute(RESPONSES).fetchall())
        return
    source, names = GROUPS[section.name]
    rows = db.execute(f"SELECT {names}, {MEASURES} FROM {source} GROUP BY ALL").fetchall()
    width = len(rows[0]) + len(rows[0][-1]) - 1
    same([row[:width] for row in section.rows], [(*row[:-1], *row[-1]) for row in rows])
    if section.name == "deployments":
        changes = [change for (change,) in db.execute(CHANGES).fetchall()]
        assert section.column("change") == [c if c is None else pytest.approx(c) for c in changes]


def same(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Compare rows in any order: texts and times as they are, numbers but for rounding."""
    sides = [
        {tuple(v for v in row if not is_number(v)): list(filter(is_number, row)) for row in rows}
        for rows in (found, wanted)
    ]
    assert len(sides[0]) == len(found)
    assert sorted(map(str, sides[0])) == sorted(map(str, sides[1]))
    for name, numbers in sides[0].items():
        assert numbers == pytest.approx(sides[1][name]), name


def is_number(value: object) -> bool:
    return isinstance(value, int | float)
