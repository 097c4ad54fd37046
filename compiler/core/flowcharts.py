"""Flowcharts: decisions, selections and samples as cells, cells as segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import assert_never

from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.conversion import settle
from interact.compiler.core.flowchart_order import cell_names, in_order
from interact.compiler.core.infer import (
    Typing,
    describe,
    infer_condition,
    infer_constant,
    infer_value,
    poison,
)
from interact.compiler.core.nodes import Expr, type_of
from interact.compiler.core.offers import lower_day, whole_days
from interact.compiler.core.program import HASH_BITS, Cell, Draw, Filter, Segment, Share, Test
from interact.compiler.core.scope import Scope
from interact.compiler.core.size import USE_ONCE, is_too_large
from interact.compiler.core.snapshots import Snapshot, SnapshotField
from interact.compiler.diagnostics import names, structure, types
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.types import Kind


@dataclass
class _Lowering:
    """The state of one channel's flowcharts while they are lowered."""

    sink: Sink
    everywhere: frozenset[str]
    cells: list[Cell] = field(default_factory=list)
    unions: dict[str, tuple[list[int], Span]] = field(default_factory=dict)
    snapshots: list[Snapshot] = field(default_factory=list)

    def add(self, cell: Cell) -> int:
        self.cells.append(cell)
        index = len(self.cells) - 1
        self.join(cell.name, [index], cell.span, cell.span)
        return index

    def join(self, segment: str, cells: list[int], span: Span, name: Span) -> None:
        listed, first = self.unions.setdefault(segment, ([], span))
        listed.extend(cells)
        if first != span:
            self.sink.resolved(name, first)


def lower_flowcharts(
    declared: Sequence[ast.Flowchart], scope: Scope, sink: Sink
) -> tuple[tuple[Cell, ...], tuple[Segment, ...], tuple[Snapshot, ...]]:
    """Return the cells of a channel's flowcharts in order, their segments and snapshots.

    Every cell is a segment of its own name; cells of one name in several flowcharts make one
    segment together.

    Reports:
        E0461 for flowcharts that follow each other, E0203 and E0206 for unknown sources, E0204
        for names used twice, E0406 to E0410 for decisions and samples, E0442 for the days between
        draws, and whatever the conditions have.
    """
    everywhere = frozenset(n.text for f in declared for s in f.steps for n in cell_names(s))
    state = _Lowering(sink, everywhere)
    for flowchart in in_order(declared, sink):
        _lower_flowchart(flowchart, scope, state)
    segments = (Segment(n, tuple(c), span=span) for n, (c, span) in state.unions.items())
    return tuple(state.cells), tuple(segments), tuple(state.snapshots)


def _lower_flowchart(flowchart: ast.Flowchart, scope: Scope, state: _Lowering) -> None:
    title = flowchart.name.text
    defined = [n for step in flowchart.steps for n in cell_names(step)]
    report_duplicates("cell", defined, state.sink, where=f" in {title}")
    derived = [s.name for s in flowchart.steps if isinstance(s, ast.Derived)]
    report_duplicates("derived field", derived, state.sink, where=f" in {title}")
    known: dict[str, list[int]] = {}
    later = {n.text for n in defined}
    scope = replace(scope, hidden=_hidden_from_steps(derived, state.everywhere))
    for step in flowchart.steps:
        typing = Typing(scope, state.sink)
        if isinstance(step, ast.Derived):
            value = _derived(step, typing)
            scope = scope.with_local(step.name.text, value, step.name.span)
            typing.tell(step.name.span, value)
        elif isinstance(step, ast.Segment):
            cells = [i for s in step.sources for i in _find(s, known, later, title, state)]
            known[step.name.text] = cells
            state.join(step.name.text, cells, step.span, step.name.span)
        elif isinstance(step, ast.Snapshot):
            cells = [] if step.source is None else _find(step.source, known, later, title, state)
            state.snapshots.append(_snapshot(step, cells, typing))
        else:
            _lower_cells(step, title, known, later, typing, state)


def _derived(step: ast.Derived, typing: Typing) -> Expr:
    """Return the value of a derived field, which is put in where its name is used.

    Reports:
        E0332 for one that is too large.
    """
    value = infer_value(step.value, typing)
    if not is_too_large(value):
        return value
    how = "with the fields above put in"
    typing.sink.report(types.TOO_LARGE, step.value.span, how=how, hint=USE_ONCE)
    return poison(step.value.span)


def _snapshot(step: ast.Snapshot, cells: Sequence[int], typing: Typing) -> Snapshot:
    where = f" in {step.name.text}"
    report_duplicates("attribute", [f.name for f in step.fields], typing.sink, where=where)
    fields = []
    for written in step.fields:
        value = settle(infer_value(written.value, typing))
        fields.append(SnapshotField(written.name.text, type_of(value), value, written.span))
    return Snapshot(step.name.text, tuple(cells), step.mode, tuple(fields), step.span)


def _hidden_from_steps(derived: Sequence[ast.Name], cells: Iterable[str]) -> dict[str, str]:
    """Return why expressions of a flowchart do not see its cells, and derived fields below them."""
    told = {c: f"it is a cell or segment: a step starts from it, `select … of {c}`" for c in cells}
    return told | {d.text: f"`{d.text}` is defined further down: move it up" for d in derived}


def _find(
    name: ast.Name, known: dict[str, list[int]], later: set[str], title: str, state: _Lowering
) -> list[int]:
    """Return the cells that ``name`` stands for, none when it is unknown.

    They are those of this flowchart, or, if it has none of that name, those of the others.
    """
    if name.text in state.unions:
        state.sink.resolved(name.span, state.unions[name.text][1])
    else:
        state.sink.missing(name.span, [*known, *state.unions])
    if name.text in known:
        return known[name.text]
    if name.text in later:
        state.sink.report(names.CELL_USED_BEFORE, name.span, name=name.text)
    elif name.text in state.unions:
        return list(state.unions[name.text][0])
    elif name.text not in state.everywhere:
        state.sink.report(
            names.UNKNOWN_REFERENCE,
            name.span,
            kind="cell",
            name=name.text,
            where=f" in {title}",
            hint=known_hint(name.text, [*(sorted(known) or sorted(later)), *state.unions]),
        )
    return []


def _lower_cells(
    step: ast.Decision | ast.Select | ast.Sample,
    title: str,
    known: dict[str, list[int]],
    later: set[str],
    typing: Typing,
    state: _Lowering,
) -> None:
    parents = _parents(step, title, known, later, state)
    match step:
        case ast.Decision():
            tests = _decision_tests(step, len(state.cells), typing)
        case ast.Select():
            tests = [(step.name, Filter(infer_condition(step.condition, typing)))]
        case ast.Sample():
            seed = step.seed if step.seed is not None else f"{title}.{step.name.text}"
            tests = _sample_tests(step, _draw(seed, step.redraw, typing), typing)
        case _:
            assert_never(step)
    for name, test in tests:
        known[name.text] = [state.add(Cell(title, name.text, parents, test, name.span))]


def _parents(
    step: ast.Decision | ast.Select | ast.Sample,
    title: str,
    known: dict[str, list[int]],
    later: set[str],
    state: _Lowering,
) -> tuple[int, ...]:
    """Return the cells that a step starts from; empty is everyone."""
    if step.source is None:
        return ()
    return tuple(_find(step.source, known, later, title, state))


def _decision_tests(step: ast.Decision, first: int, typing: Typing) -> list[tuple[ast.Name, Test]]:
    """Return the branches as tests; ``first`` is the index of the first one's cell."""
    tests: list[tuple[ast.Name, Test]] = []
    for position, branch in enumerate(step.branches):
        before = tuple(range(first, first + position))
        if branch.condition is None:
            tests.append((branch.name, Filter(None, before)))
            for after in step.branches[position + 1 :]:
                typing.sink.report(
                    structure.OTHERWISE_NOT_LAST, after.name.span, name=after.name.text
                )
            continue
        condition = infer_condition(branch.condition, typing)
        tests.append((branch.name, Filter(condition, () if step.independent else before)))
    return tests


def _draw(seed: str, redraw: ast.Redraw | None, typing: Typing) -> Draw:
    if redraw is None:
        return Draw(seed)
    return Draw(seed, whole_days(redraw.every, typing.sink), lower_day(redraw.start, typing) or 0)


def _sample_tests(step: ast.Sample, draw: Draw, typing: Typing) -> list[tuple[ast.Name, Test]]:
    """Return the cells of a sample as ranges of the hash, in the order in which they stand."""
    widths = _share_widths(step, typing)
    tests: list[tuple[ast.Name, Test]] = []
    low = Fraction(0)
    for share, width in zip(step.shares, widths, strict=True):
        high = low + width
        tests.append((share.name, Share(draw, _bound(low), _bound(high))))
        low = high
    return tests


def _bound(percent: Fraction) -> int:
    return int(min(percent, Fraction(100)) * 2**HASH_BITS / 100)


def _share_widths(step: ast.Sample, typing: Typing) -> list[Fraction]:
    """Return each cell's share in percent, ``rest`` filled in."""
    sink = typing.sink
    given = [_percent(share, typing) for share in step.shares]
    for share, percent in zip(step.shares, given, strict=True):
        if percent is not None and not 0 < percent <= 100:
            shown = share.percent or format(float(percent), "g")
            sink.report(structure.BAD_SHARE, share.span, share=shown)
    total = sum((p for p in given if p is not None), Fraction(0))
    shown = format(float(total), "g")
    rests = [s for s in step.shares if s.percent is None and s.constant is None]
    for extra in rests[1:]:
        sink.report(structure.TWO_RESTS, extra.span)
    if total > 100:
        sink.report(structure.SHARES_TOO_LARGE, step.name.span, total=shown)
    elif total < 100 and not rests:
        sink.report(structure.SHARES_TOO_SMALL, step.name.span, total=shown)
    rest = max(Fraction(0), 100 - total)
    return [rest if p is None else p for p in given]


def _percent(share: ast.Share, typing: Typing) -> Fraction | None:
    """Return what is written before ``%``, None for ``rest``; 1 after an error."""
    if share.constant is None:
        return None if share.percent is None else Fraction(share.percent)
    usage = "a share is a number such as `10%`, or a constant that is one"
    found = infer_constant(share.constant, typing, usage)
    if found is not None and found.type.is_numeric:
        scale = found.type.scale if found.type.kind is Kind.DECIMAL else 0
        return Fraction(str(found.value)) / Fraction(10) ** scale
    if found is not None:
        shown = describe(found.type)
        typing.sink.report(types.NOT_A_NUMBER, share.span, what="a share", found=shown)
    return Fraction(1)
