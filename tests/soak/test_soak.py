"""Two minutes of visitors; ``python -m tests.soak`` goes on for longer."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.soak.soak import soak

SECONDS, PUBLISH = 120, 3
"""Forty logs are published, in place of one each minute: memory takes its steps with the first."""
WARM = 30

pytestmark = pytest.mark.long(130)


def test_memory_stays_and_each_acknowledged_row_is_kept_once(tmp_path: Path) -> None:
    found = soak(tmp_path, SECONDS, WARM, PUBLISH)
    assert found.wrong == [], str(found)
