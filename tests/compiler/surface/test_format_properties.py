"""Whatever the layout: the meaning and all comments stay, and to format twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.compiler.surface.layouts import comments_of, scrambled, words_of
from tests.compiler.surface.trees.modules import modules

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Module
from interact.compiler.surface.format import format_source
from interact.compiler.surface.from_source import parse_module
from interact.compiler.surface.print import print_module

_SOURCE = re.compile(r"^```interact\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROOT = Path(__file__).parents[3]
CLAUSES = ("as x", "pinned", "take 2 by b", "with (d = a)", "score a + 1", "when b and c",
           "live from 2026-01-01", "alone")  # fmt: skip
SIGNS = ("- - # c\n 1", "-# c\n-1", "-\n-\n\n1", "--1", "--# -- c\n1", "--\t \n-1")
NOTES = ('"doc"', 'from "column"', "= 1 + 2")


def formatted(text: str) -> str:
    found = format_source(SourceFile("m", text), Sink())
    assert found is not None, text
    return found


def parsed(text: str) -> Module:
    sink = Sink()
    module = parse_module(SourceFile("m", text), sink)
    assert not sink.diagnostics, text
    return module


def check(text: str) -> str:
    """Check what holds of every text without errors; return it formatted."""
    found = formatted(text)
    assert parsed(found) == parsed(text)
    assert comments_of(found) == comments_of(text)
    assert formatted(found) == found
    lines = found.split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in found
    assert re.search(r"^[^#\n]*\{\n\n", found, re.MULTILINE) is None
    assert not found or (lines[0] and lines[-2] and not lines[-1])
    return found


@settings(max_examples=150)
@given(modules, st.integers(0, 2**32))
def test_generated_modules(module: Module, seed: int) -> None:
    text = scrambled(print_module(module), seed)
    assert parsed(text) == module
    check(text)


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "examples").rglob("*.interact")):
        yield path.stem, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests" / "golden").rglob("*.md")):
        found = _SOURCE.search(path.read_text(encoding="utf-8"))
        if found and format_source(SourceFile("m", found[1]), Sink()) is not None:
            yield path.stem, found[1]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in sources()])
def test_sources(text: str) -> None:
    found = check(text)
    assert words_of(formatted(found)) == words_of(found)


@settings(max_examples=150)
@given(st.sampled_from([text for _, text in sources()]), st.integers(0, 2**32))
def test_sources_in_another_layout(text: str, seed: int) -> None:
    check(scrambled(print_module(parsed(text)), seed))


@given(st.lists(st.permutations(CLAUSES), min_size=1, max_size=3), st.integers(0, 2**32))
def test_clauses_in_any_order(orders: list[list[str]], seed: int) -> None:
    rules = "\n".join(f"  O {' '.join(clauses)}" for clauses in orders)
    text = f"strategy S on W {{ zone Z {{\n{rules}\n}} }}"
    check(scrambled(text, seed))
    assert formatted(text).count(f"O {' '.join(CLAUSES)}\n") == len(orders)


@given(st.permutations(NOTES), st.integers(0, 2**32))
def test_notes_in_any_order(notes: list[str], seed: int) -> None:
    text = f"audience A {{ key x: int\n session {{\n  a: int {' '.join(notes)}\n}} }}"
    check(scrambled(text, seed))
    assert '  a: int = 1 + 2 from "column"  "doc"\n' in formatted(text)


@pytest.mark.parametrize("signs", SIGNS)
def test_signs_side_by_side(signs: str) -> None:
    """Two of them are no comment of SQL where nothing but a comment follows on their line."""
    check(f"function f() = {signs}\n")


@settings(max_examples=150)
@given(
    st.sampled_from([text for _, text in sources()]),
    st.floats(0, 1),
    st.integers(0, 20),
    st.sampled_from(["", "#", "\n", "}", "{ ", ";", '"', " and ", "\\", "(", "\r"]),
)
def test_damaged_sources(text: str, place: float, count: int, more: str) -> None:
    """What still has no errors is formatted as ever, and the rest is left alone."""
    start = int(place * len(text))
    damaged = text[:start] + more + text[start + count :]
    sink = Sink()
    parse_module(SourceFile("m", damaged), sink)
    if sink.has_errors:
        again = Sink()
        assert format_source(SourceFile("m", damaged), again) is None
        assert again.diagnostics == sink.diagnostics
    else:
        check(damaged)
