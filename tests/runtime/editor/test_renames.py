"""A project that is renamed decides as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.editor.test_index import PROJECTS, analysed

from interact.compiler.core.program import Program, Share
from interact.runtime.editor.analysis import Analysis, Workshop
from interact.runtime.editor.rename import edited, rename
from interact.runtime.editor.sources import Buffers

BEFORE = {root: analysed(root) for root in PROJECTS}


def outside(found: Analysis) -> object:
    """Return what data, histories and campaigns know of a program, and who is drawn."""
    program = found.checked.program
    assert isinstance(program, Program)
    return (
        [[a.column for a in audience.attributes] for audience in program.audiences],
        [[r.column for r in audience.rows] for audience in program.audiences],
        [offer.code for offer in program.offers],
        [c.test.draw for ch in program.channels for c in ch.cells if isinstance(c.test, Share)],
        [p.column for channel in program.channels for p in channel.patterns],
        [len(channel.rules) for channel in program.channels],
    )


@pytest.mark.parametrize("root", PROJECTS, ids=lambda p: p.name)
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_whatever_is_renamed(root: Path, data: st.DataObject) -> None:
    before = BEFORE[root]
    symbols = [s for s in before.index.symbols() if s.kind not in ("test", "limit")]
    symbol = data.draw(st.sampled_from(symbols), label="symbol")
    workshop, place = Workshop(str(root), Buffers()), symbol.name.span
    edits = rename(before, workshop, place.file, place.start, "anders")
    buffers = Buffers()
    for name, text in edited(before, edits).items():
        buffers.put(name, text)
    after = analysed(root, buffers)
    assert outside(after) == outside(before)
    assert [d.code for d in after.found] == [d.code for d in before.found]
    mentions = after.index.mentions([s for s in after.index.symbols() if s.name.text == "anders"])
    assert len(mentions) >= len(before.index.mentions([symbol]))
