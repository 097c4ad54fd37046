"""Comments that allow findings, and levels."""

from __future__ import annotations

import pytest
from tests.compiler.lints.projects import found_in

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.lints.levels import Levels
from interact.compiler.source import SourceFile
from interact.compiler.surface.format import format_source

RULE = "Card when age > 60 and age < 30"
AROUND = "strategy S on Web {{\n  zone Home {{\n{}\n  }}\n}}\n"


def around(*lines: str) -> str:
    return AROUND.format("\n".join(lines))


def formatted(text: str) -> str:
    """Return what ``interact fmt`` makes of a text; it moves comments about."""
    made = format_source(SourceFile("b.interact", text), Sink())
    assert made is not None
    return made


@pytest.mark.parametrize(
    "lines",
    [
        (f"{RULE} # allow(W0101)",),
        ("# allow(W0101)", RULE),
        ("# allow(W0101) not yet", "# more", "", RULE),
        ("Card # allow(W0101)", "  when age > 60 and age < 30"),
        ("# allow(W0101)", "Card", "  when age > 60 and age < 30"),
        ("Card", "  when age > 60 and age < 30 # allow( W0101 )"),
        ("Card", "  # allow(W0101)", "  when age > 60 and age < 30"),
    ],
)
def test_allowed(lines: tuple[str, ...]) -> None:
    assert found_in(around(*lines)) == []
    assert found_in(formatted(around(*lines))) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("# allow(W0102)", RULE), ["W0001", "W0101"]),
        (("# allow(W0101, W0102)", RULE), ["W0001"]),
        (("# allow(W9999)", "Card"), ["W0001"]),
        (("Card # allow(W0101)",), ["W0001"]),
        (("# allow(W0101)", "Card", RULE), ["W0001", "W0101"]),
        ((f"{RULE} #allowed (W0101)",), ["W0101"]),
        (('Card when status = "# allow(W0101)"',), []),
    ],
)
def test_not_allowed(lines: tuple[str, ...], found: list[str]) -> None:
    assert found_in(around(*lines)) == found
    assert found_in(formatted(around(*lines))) == found


def test_a_comment_on_a_block_is_not_about_what_is_in_it() -> None:
    text = around(RULE).replace("zone Home {", "zone Home { # allow(W0101)")
    assert found_in(text) == ["W0001", "W0101"]


def test_levels() -> None:
    text = around(RULE)
    assert found_in(text, Levels(allowed=frozenset({"W0101"}))) == []
    assert found_in(text, Levels(frozenset({"W0101"}))) == ["W0101"]
    assert list(Levels(frozenset({"warnings", "W1"}), frozenset({"warnings"})).unknown()) == [
        "W1",
        "warnings",
    ]
