"""Customers with columns of history get the same offers of a host and a batch, in all examples."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.examples.projects import EXAMPLES, NAMES, checked, customers_file, program_of

from interact.compiler.core.program import Attribute
from interact.runtime.host.host import Host
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.profiles.said import with_said
from interact.runtime.host.results import NameValue
from interact.runtime.project import open_project
from interact.runtime.scoring import Run, open_customers, score_customers
from interact.runtime.serve.preparing import Preparing
from interact.stdlib.types import INT

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE, TOP = 90, 5
STATEFUL = {"day", "hotel_group", "telecom_retention", "website"}
"""Examples whose decisions read history or patterns."""


def channels() -> Iterator[tuple[str, str]]:
    """Yield examples with their channels for the customers that they ship."""
    for name in NAMES:
        program = checked(name).program
        assert program is not None
        own = program.audience_of(program_of(name)[1]).name
        found = [c for c in program.channels if program.audience_of(c).name == own]
        yield from ((name, channel.name) for channel in found)


@pytest.mark.parametrize(("name", "channel"), list(channels()))
def test_sessions_decide_as_a_batch_does(name: str, channel: str, tmp_path: Path) -> None:
    people = pq.read_table(customers_file(name)).slice(0, PEOPLE)
    project = open_project(str(EXAMPLES / name))
    made = project.channel(channel)
    audience = project.program.audience_of(made)
    said = with_said(audience, project.program)
    declared = next(a for a in project.program.audiences if a.name == audience.name).session
    more = [a for a in said.session if a not in declared]
    chance = random.Random(f"{name} {channel}")
    for attribute in (a for a in more if a.column not in people.column_names):
        column = [_drawn(chance, attribute) for _ in range(len(people))]
        kind = pa.int64() if attribute.type == INT else pa.timestamp("us", "UTC")
        people = people.append_column(attribute.column, pa.array(column, kind))
    file = str(tmp_path / "people.parquet")
    pq.write_table(people, file)
    run = Run(project, made, project.plan_of(made), file, str(tmp_path / "out"), AT, top=TOP)
    score_customers(run, open_customers(run), lambda report: {})
    key = [a.name for a in audience.key]
    batch: dict[tuple[Any, ...], list[tuple[str, float]]] = {}
    for row in pq.ParquetDataset(tmp_path / "out/offers").read().to_pylist():
        place = (*(row[k] for k in key), row["zone"])
        batch.setdefault(place, []).append((row["offer"], row["score"]))
    host = Host(Preparing({audience.name: file})(project), clock=lambda: AT)
    points = [PointRequest(zone.points[0].name, TOP) for zone in made.zones]
    for person in people.select([a.column for a in audience.key]).to_pylist():
        ids = [NameValue(k, v, "string") for k, v in person.items()]
        assert host.start_session("s", channel, ids).status == 0
        answer = host.get_offers_for_points("s", points)
        for zone, found in zip(made.zones, answer.offer_lists, strict=True):
            shown = [("-".join(o.code), o.score) for o in found.offers]
            assert shown == batch.get((*person.values(), zone.name), []), person
    assert bool(more) == (name in STATEFUL)


def _drawn(chance: random.Random, attribute: Attribute) -> object:
    if chance.random() < 0.4:
        return None
    if attribute.type != INT:
        return AT + timedelta(hours=chance.randint(-2000, 100))
    return chance.randrange(5) if "." in attribute.name else chance.choice([1, 1, 0, -1, -2])
