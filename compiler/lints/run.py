"""All lints over one project."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.core.program import Program
from interact.compiler.diagnostics.diagnostic import Diagnostic, Sink
from interact.compiler.lints import choices, conditions, operations, rules, segments, usage
from interact.compiler.lints.allow import apply_allows
from interact.compiler.lints.levels import Levels
from interact.compiler.lints.lint import Check, Linted
from interact.compiler.lints.reach import Reach
from interact.compiler.lints.truth import Truths
from interact.compiler.source import SourceFile
from interact.compiler.surface import ast

CHECKS: tuple[Check, ...] = (
    conditions.check_conditions,
    choices.check_choices,
    segments.check_rules_of_segments,
    segments.check_cells,
    segments.check_otherwise,
    usage.check_segments,
    usage.check_derived,
    usage.check_offers,
    usage.check_zones,
    usage.check_definitions,
    operations.check_operations,
    rules.check_dates,
    rules.check_pairs,
)


def lint(
    program: Program,
    modules: Sequence[ast.Module],
    sources: Sequence[SourceFile],
    levels: Levels | None = None,
) -> tuple[Diagnostic, ...]:
    """Return what cannot be right in a project without errors, by file and place.

    Args:
        program: The core as it was made from ``modules``, not optimised.
        levels: How grave each lint is; None for what is declared.
    """
    truths = Truths()
    named = {source.name: source for source in sources}
    project = Linted(program, tuple(modules), named, truths, Reach(truths, program), Sink())
    for check in CHECKS:
        check(project)
    kept = apply_allows(project, project.sink.diagnostics)
    told = (Levels() if levels is None else levels).applied(kept)
    return tuple(sorted(told, key=lambda d: (d.span.file, d.span.start, d.span.end, d.code.id)))
