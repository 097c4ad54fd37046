"""The Python page runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def test_the_example_decides_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    scope: dict[str, Any] = {}
    exec(compile(found[1], "python.md", "exec"), scope)
    decided, best = scope["decided"], scope["best"]
    told = dict(re.findall(r"^([^#\n]+?) +# (.*)$", found[1], re.MULTILINE))
    assert told["decided.segments"] == "('Quiet', 'Endangered', 'Saver', …)"
    assert decided.segments[:3] == ("Quiet", "Endangered", "Saver")
    for expression in ("best.code, best.score, best.rule", 'best.attributes["headline"]'):
        assert eval(expression, {"best": best}) == eval(told[expression], {})
