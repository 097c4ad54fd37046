"""Propensities are how often offers are given: generated programs with chance, and many keys."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate
from tests.runtime.host.propensities import Call, Place, call, told, unlikely

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.needed import needed_by
from interact.compiler.core.nodes import Attr, walk
from interact.compiler.core.program import channel_expressions
from interact.runtime.host.deployment import Deployment, ServedChannel
from interact.runtime.host.wishes import NO_WISHES, Wishes
from interact.runtime.project import open_project

CUSTOMERS, KEYS = 2, 1200
SEEDS = (92, 98, 132, 217, 243, 251, 304, 366, 439, 448, 476, 535)
"""Where the search for programs begins that give offers by chance; mostly it is over at once."""


@pytest.mark.parametrize("seed", SEEDS)
def test_propensities_are_how_often_offers_are_given(
    seed: int, tmp_path: Path, store: KernelStore
) -> None:
    for asked, expected in islice(_by_chance(seed, tmp_path, store), CUSTOMERS):
        assert not unlikely(asked, expected, KEYS)


def _by_chance(
    first: int, folder: Path, store: KernelStore
) -> Iterator[tuple[Call, dict[Place, float | None]]]:
    """Yield calls of customers for whom chance decides, with what they are told."""
    for seed in count(first):
        generated = generate(seed)
        if not _is_by_chance(generated):
            continue
        (folder / "generated.interact").write_text(generated.text)
        served = Deployment(open_project(str(folder)), store).channels[0]
        chance = random.Random(f"propensity {seed}")
        for customer in draw_customers(chance, generated.schema, generated.moment.today, 40):
            asked = replace(_call(chance, generated, served), customer=customer)
            expected = told(asked, range(12))
            if any(value not in (None, 1.0) for value in expected.values()):
                yield asked, expected


def _is_by_chance(generated: Generated) -> bool:
    """Return whether chance decides, and the key is read for nothing else."""
    channel, keys = generated.channel, {part.name for part in generated.schema.key}
    parts = (part for expr in channel_expressions(channel) for part in walk(expr))
    if any(isinstance(part, Attr) and part.name in keys for part in parts):
        return False
    return any(needed_by(channel, zone).has_chance for zone in range(len(channel.zones)))


def _call(chance: random.Random, generated: Generated, served: ServedChannel) -> Call:
    """Return a call of some points, some of it without duplicates, distinct or barred."""
    points = {zone.points[0].name: chance.choice((1, 2, 3, 9)) for zone in served.channel.zones}
    named = [offer.name for offer in generated.program.offers]
    return call(
        served,
        {},
        points,
        now=generated.moment.now,
        duplicates=chance.random() < 0.7,
        wishes=Wishes(distinct="fee") if chance.random() < 0.1 else NO_WISHES,
        barred={chance.choice(named)} if chance.random() < 0.3 else set(),
    )
