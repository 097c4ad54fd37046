"""Results and coverage as lines for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interact.compiler.diagnostics.render import to_json
from interact.compiler.source import SourceFile, Span
from interact.runtime.testing.coverage import Coverage, Point
from interact.runtime.testing.results import Failure, Result

Json = dict[str, Any]
Sources = Mapping[str, SourceFile]


def results_as_json(results: Sequence[Result], coverage: Coverage | None, sources: Sources) -> Json:
    """Return everything that is known of a run."""
    failed = sum(not r.has_passed for r in results)
    told: Json = {
        "ok": not failed,
        "passed": len(results) - failed,
        "failed": failed,
        "tests": [_result(result, sources) for result in results],
    }
    if coverage is not None:
        told["coverage"] = {
            "percent": round(coverage.percent, 2),
            "reached": coverage.reached,
            "all": len(coverage.counts),
            "never": [_point(point, sources) for point in coverage.never],
        }
    return told


def _result(result: Result, sources: Sources) -> Json:
    test = result.test
    return {
        "title": test.title,
        "case": test.case or None,
        "channel": test.channel,
        "at": at(test.span, sources),
        "passed": result.has_passed,
        "customers": result.customers,
        "seconds": round(result.seconds, 6),
        "failures": [_failure(failure, sources) for failure in result.failures],
    }


def _failure(failure: Failure, sources: Sources) -> Json:
    told = to_json(failure.as_diagnostic(), sources)
    return {key: value for key, value in told.items() if key not in ("code", "severity", "label")}


def _point(point: Point, sources: Sources) -> Json:
    return {"at": at(point.span, sources), "name": point.name, "outcome": point.outcome}


def coverage_lines(coverage: Coverage, sources: Sources) -> Iterator[str]:
    """Yield the lines that tell what was never reached."""
    from interact.runtime.cli.wording import columns

    never = coverage.never
    if never:
        yield "never reached"
        yield from columns([_row(point, sources) for point in never], "<<<")
        yield ""
    yield (
        f"coverage {coverage.percent:.1f} %: {coverage.reached:,} of {len(coverage.counts):,} "
        "outcomes of cells and rules"
    )


def _row(point: Point, sources: Sources) -> tuple[str, str, str]:
    outcome = "never true" if point.outcome else "never anything but true"
    return f"  {at(point.span, sources)}", point.name, outcome


def at(span: Span, sources: Sources) -> str:
    """Return file and line of a place."""
    source = sources.get(span.file)
    return span.file if source is None else f"{span.file}:{source.position(span.start)[0]}"
