"""The pages about lints are current, and their examples show what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from interact.compiler.diagnostics.codes import CODES
from interact.compiler.lints.catalogue import LINTS
from interact.compiler.lints.pages import findings, pages

FOLDER = Path(__file__).parents[3] / "docs" / "lints"


def test_pages_are_current() -> None:
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    hint = "python -m interact.compiler.lints.pages docs/lints"
    assert found == pages(), hint


@pytest.mark.parametrize("code", LINTS)
def test_the_wrong_example_has_this_finding_alone(code: str) -> None:
    assert [f.code.id for f in findings(LINTS[code].wrong)] == [code]


@pytest.mark.parametrize("code", LINTS)
def test_the_right_example_has_none(code: str) -> None:
    assert findings(LINTS[code].right) == ()


def test_codes_and_names_are_given_once() -> None:
    assert not LINTS.keys() & CODES.keys()
    assert len({lint.name for lint in LINTS.values()}) == len(LINTS)
    assert len({lint.code.id for lint in LINTS.values()}) == len(LINTS)
