"""Every finding of the resolver and the typer is shown by a golden case."""

from __future__ import annotations

from pathlib import Path

import pytest

from interact.compiler.core import from_channel
from interact.compiler.diagnostics import names, offering, structure, tests, types
from interact.compiler.diagnostics.codes import collect_codes
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

GOLDEN = Path(__file__).parents[2] / "golden"
SHOWN_HERE = {"E0415"}
SHOWN_WITH_FILES = {"E0223"}  # tests/runtime/test_imports.py: a golden case is one file


def test_every_code_has_a_case() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in GOLDEN.rglob("*.md"))
    codes = collect_codes((names, types, structure, offering, tests))
    assert {code for code in codes if f"[{code}]" not in told} == SHOWN_HERE | SHOWN_WITH_FILES


def test_too_many_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_channel, "MAX_RANK", 1)
    text = (
        "audience A { key id: int } offer O {} channel W for A { zone Z { point p } } "
        "strategy S on W { zone Z { O O score 3 } }"
    )
    (found,) = check([SourceFile("x", text)]).diagnostics
    assert (found.code.id, found.message) == (
        "E0415",
        "the channel `W` has 2 rules, and 65535 is the most",
    )
