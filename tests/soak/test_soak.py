"""A short soak and a few kills; ``python -m tests.soak`` does more of both."""

from __future__ import annotations

from pathlib import Path

from tests.soak.soak import kills, soak

SECONDS, PUBLISH = 45, 3
"""Fifteen logs are published, in place of one each minute: memory takes its steps with the first
ones, and a longer run adds more of the same. That is by command, for whoever changes the host."""
WARM = 20
"""Until all 5,000 customers have been here, and the allocator has what publishing needs."""


def test_memory_stays_and_each_acknowledged_row_is_kept_once(tmp_path: Path) -> None:
    found = soak(tmp_path, SECONDS, WARM, PUBLISH)
    assert found.wrong == [], str(found)


def test_a_service_that_is_killed_keeps_each_acknowledged_row_once(tmp_path: Path) -> None:
    found = kills(tmp_path, times=5, seed=1)
    assert found.wrong == [], str(found)
