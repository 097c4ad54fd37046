"""Propensities are how often offers are given: generated programs with chance, and many keys."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate
from tests.runtime.host.propensities import Call, call, told, unlikely

from interact.compiler.codegen.store import KernelStore
from interact.runtime.host.deployment import Deployment, ServedChannel
from interact.runtime.host.wishes import NO_WISHES, Wishes
from interact.runtime.project import open_project

CUSTOMERS, KEYS = 2, 1200
SEEDS = (92, 98, 132, 217, 243, 251, 304, 366, 439, 448, 476, 535)
"""Programs that give offers by chance, of all sorts, and do not read the key itself."""


@pytest.mark.parametrize("seed", SEEDS)
def test_propensities_are_how_often_offers_are_given(
    seed: int, tmp_path: Path, store: KernelStore
) -> None:
    generated = generate(seed)
    (tmp_path / "generated.interact").write_text(generated.text)
    served = Deployment(open_project(str(tmp_path)), store).channels[0]
    chance = random.Random(f"propensity {seed}")
    pool = draw_customers(chance, generated.schema, generated.moment.today, 40)
    is_tried = 0
    for customer in pool:
        asked = replace(_call(chance, generated, served), customer=customer)
        expected = told(asked, range(12))
        if any(value not in (None, 1.0) for value in expected.values()):
            assert not unlikely(asked, expected, KEYS)
            is_tried += 1
        if is_tried == CUSTOMERS:
            return
    pytest.fail("chance decides for too few customers")


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
