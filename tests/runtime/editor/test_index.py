"""The compiler tells of every name: nothing is left that an author made up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.editor.conftest import EXAMPLES

from interact.compiler.core.tests_expected import STAGES
from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.tables import load_tables
from interact.runtime.editor.analysis import Analysis, Workshop
from interact.runtime.editor.colours import coloured
from interact.runtime.editor.completion import complete
from interact.runtime.editor.fixes import fixes
from interact.runtime.editor.hover import callables, hover
from interact.runtime.editor.lines import Lines
from interact.runtime.editor.signature import signature
from interact.runtime.editor.sources import Buffers
from interact.stdlib.types import Kind

PROJECTS = sorted({p.parent for p in EXAMPLES.rglob("audience*.interact")})
OWN = {
    *(kind.value for kind in Kind),
    *(word for stage in STAGES for word in stage.value.split()),
    *("today", "now", "marketer_score", "offer", "zone", "segment", "customer", "customers"),
    *("impressions_left", "accepted", "rejected", "contacts", "contacted", "contacts_in_visit"),
    *("qualified", *callables()),
}
"""Names of the language itself."""


def analysed(root: Path, buffers: Buffers | None = None) -> Analysis:
    return Workshop(str(root), buffers or Buffers()).analyse()


@pytest.mark.parametrize("root", PROJECTS, ids=lambda p: p.name)
def test_every_name_of_an_example_leads_somewhere(root: Path) -> None:
    found = analysed(root)
    assert found.checked.program is not None
    tables = load_tables()
    for name, source in found.sources.items():
        automaton = Automaton(tables, "module", name, None)
        for index, token in enumerate(tokenize(source.text, tables).tokens):
            terminal = automaton.terminal_of(token)
            assert terminal is not None
            if terminal == "NAME" and token.text not in OWN:
                place = found.index.at(name, token.start)
                assert place is not None, (token, source.position(token.start))
                assert place[1], (token, source.position(token.start))
                assert place[0].start == token.start
            automaton.shift(terminal, token, index)


FILES = [p for p in sorted(EXAMPLES.rglob("*.interact")) if p.parent.parent.name != "shared"]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(FILES), st.floats(0, 1), st.sampled_from(["", "{", '"', "x", "= ", "😀"]))
def test_a_text_that_ends_anywhere_is_understood_as_far_as_it_goes(
    path: Path, share: float, rest: str
) -> None:
    root = next(p for p in (path.parent, path.parent.parent) if p in PROJECTS or p == path.parent)
    text = path.read_text()
    buffers = Buffers()
    buffers.put(str(path), text[: int(share * len(text))] + rest)
    found = analysed(root, buffers)
    source = found.source(str(path))
    assert source is not None
    complete(found, source, len(source.text))
    signature(found, source, len(source.text))
    coloured(found.index, source, Lines(source.text))
    for offset in range(0, len(source.text), 7):
        hover(found, source, offset)
    for diagnostic in found.found:
        length = len(found.sources[diagnostic.span.file].text)
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= length


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_in_the_midst_of_a_text_something_is_proposed_or_nothing(
    path: Path, data: st.DataObject
) -> None:
    text = path.read_text()
    words = [found.start() for found in re.finditer(r"\w+", text)]
    start = data.draw(st.sampled_from(words))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    buffers = Buffers()
    buffers.put(str(path), text[:start] + text[end:])
    root = next(p for p in (path.parent, path.parent.parent) if p in PROJECTS or p == path.parent)
    found = analysed(root, buffers)
    source = found.source(str(path))
    assert source is not None
    for item in complete(found, source, start):
        assert re.fullmatch(r"\w+", item.label)
    list(fixes(found, Workshop(str(root), buffers), source.name, 0, len(source.text)))
