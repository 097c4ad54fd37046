"""The Python page runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]


def test_a_visit_in_python_goes_as_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n([^`]*open_host.*?)```", page, re.DOTALL)
    assert found is not None
    project, history = ROOT / "examples" / "retail_bank", tmp_path / "history"
    text = found[1].replace("examples/retail_bank", str(project))
    scope: dict[str, Any] = {}
    exec(compile(text.replace("out/history", str(history)), "python.md", "exec"), scope)
    told = re.search(r"^(shown.status.*?)  # (.*)$", found[1], re.MULTILINE)
    assert told is not None
    assert eval(told[1], scope) == eval(told[2], {})
    answers = scope["batch"].responses
    assert len(scope["shown"].offer_lists[0].offers) == 2
    assert len({answer.session for answer in answers}) == 1
    assert pq.read_table(history / "contacts").num_rows == 2 + len(answers[1].offer_lists[0].offers)
    assert pq.read_table(history / "responses")["kind"].to_pylist() == ["accept"]


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
