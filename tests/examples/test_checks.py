"""Every example is free of diagnostics and is what its README says it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.examples.projects import EXAMPLES, NAMES, checked, customers_file, program_of

from interact.compiler.core.nodes import InSegment, walk
from interact.compiler.core.program import channel_expressions
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.pipeline import check, optimize
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Module
from interact.compiler.surface.from_source import parse_module
from interact.compiler.surface.print import print_module
from interact.runtime.build import build
from interact.runtime.bundle import packed, unpack_bundle
from interact.runtime.project import open_project


@pytest.mark.parametrize("name", NAMES)
def test_there_is_nothing_to_report(name: str) -> None:
    assert checked(name).diagnostics == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_segment_is_used_or_told_of(name: str) -> None:
    """Segments that no rule reads are for reports; a README names them."""
    _, channel = program_of(name)
    used = {i for rule in channel.rules for i in rule.segments}
    read = (part for expr in channel_expressions(channel) for part in walk(expr))
    used |= {part.index for part in read if isinstance(part, InSegment)}
    unused = {s.name for i, s in enumerate(channel.segments) if i not in used}
    readme = (EXAMPLES / name / "README.md").read_text("utf-8")
    parents = {c.name for cell in channel.cells for c in (channel.cells[p] for p in cell.parents)}
    assert {n for n in unused - parents if f"`{n}`" not in readme} == set()


@pytest.mark.parametrize(
    "name", [n for n in NAMES if (EXAMPLES / n / "customers.parquet").exists()]
)
def test_the_customers_are_what_the_script_writes(name: str, tmp_path: Path) -> None:
    again = tmp_path / "customers.parquet"
    script = EXAMPLES / name / "make_customers.py"
    subprocess.run([sys.executable, script, "--out", again], check=True, capture_output=True)
    assert pq.read_table(again).equals(pq.read_table(customers_file(name)))


@pytest.mark.parametrize("name", NAMES)
def test_the_customers_are_small_enough_to_ship(name: str) -> None:
    assert customers_file(name).stat().st_size < 400_000


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_printed_and_read_back(name: str) -> None:
    """The examples use every statement of the grammar, so each survives printing."""
    for file in (EXAMPLES / name).rglob("*.interact"):
        module = _parsed(file.read_text("utf-8"))
        assert _parsed(print_module(module)) == module


def _parsed(text: str) -> Module:
    sink = Sink()
    module = parse_module(SourceFile("m", text), sink)
    assert sink.diagnostics == ()
    return module


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_built(name: str) -> None:
    """A bundle holds the same program, and its sources in the order of the project."""
    bundle = build(str(EXAMPLES / name)).bundle
    again = unpack_bundle(name, packed(bundle))
    program = check(again.sources).program
    assert program is not None
    assert optimize(program) == again.program
    assert open_project(str(EXAMPLES / name)).version == bundle.digest
