"""A service is killed 200 times under load; ``python -m tests.soak --kills`` does more."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.soak.soak import kills

TIMES = 200

pytestmark = pytest.mark.long(100)


def test_a_service_that_is_killed_keeps_each_acknowledged_row_once(tmp_path: Path) -> None:
    found = kills(tmp_path, TIMES, seed=1)
    assert found.wrong == [], str(found)
