"""What a batch run tells about itself: the content of ``run.json``.

It holds no more than what was asked for and what was found, so that two runs over the same
customers differ in ``seconds`` and ``compiling`` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from interact.compiler.core.table_states import place_of
from interact.compiler.source import SourceFile, Span
from interact.runtime.batch.adapt import Losses
from interact.runtime.batch.job import JobReport
from interact.runtime.run_report import RunReport
from interact.runtime.scoring import Opened, Run
from interact.runtime.tables.opening import told

Json = dict[str, Any]
_LONGEST_EXCERPT = 60


def manifest_of(run: Run, opened: Opened, job: JobReport, asked: Mapping[str, Any]) -> Json:
    """Return what a run did.

    Args:
        run: What was to do.
        opened: Its customers.
        job: What the job found.
        asked: Options of the command that are kept as they were given.
    """
    found: RunReport = job.report
    return {
        **asked_and_done(run, job, asked, found.customers),
        "segments": _segments(run, found),
        "offers": list(_offers(run, found)),
        **odd_data(run, opened, job, found.failures, found.losses),
    }


def asked_and_done(run: Run, job: JobReport, asked: Mapping[str, Any], customers: int) -> Json:
    """Return what was asked for, and how many ``customers`` and rows came of it."""
    return {
        "project": run.project.path,
        "bundle": run.project.version,
        "sources": run.project.sources_digest,
        "channel": run.channel.name,
        "as_of": run.as_of.isoformat(),
        "customers": run.customers,
        "out": run.out,
        "format": str(run.format),
        "top": run.top,
        **asked,
        "limit": run.limit,
        "read": job.customers,
        "scored": customers,
        "seconds": round(job.seconds, 3),
        "compiling": {"kernels": job.kernels, "seconds": round(job.compiling, 3)},
        "tables": {name: {"rows": n, "files": job.parts} for name, n in job.rows.items()},
    }


def odd_data(
    run: Run, opened: Opened, job: JobReport, failures: Mapping[Span, int], losses: Losses
) -> Json:
    """Return what was found to be odd about the customers."""
    counted = {limit.state for limit in run.channel.limits}
    return {
        "without_result": list(_failures(run, failures)),
        "keys": None if job.keys is None else {"column": _key(run), **asdict(job.keys)},
        "nulls_in_not_null": dict(sorted(losses.unexpected_nulls.items())),
        "out_of_range": dict(sorted(losses.out_of_range.items())),
        "states": {
            i.name: i.name in opened.in_data
            for i in opened.inputs
            if i.role == "state"
            and i.is_read
            and not _of_table(i.name, run)
            and i.name not in counted
        },
        "offer_tables": told(opened.tables, run.project.program, opened.inputs),
        "session": {
            i.name: "data" if i.name in opened.in_data else "default"
            for i in opened.inputs
            if i.role == "session" and i.is_read
        },
    }


def _of_table(state: str, run: Run) -> bool:
    return place_of(state, {t.name: t for t in run.project.program.tables}) is not None


def _key(run: Run) -> str:
    return ", ".join(a.column for a in run.audience.key)


def _segments(run: Run, found: RunReport) -> list[Json]:
    return [
        {"name": segment.name, "customers": int(count)}
        for segment, count in zip(run.channel.segments, found.members, strict=True)
    ]


def _offers(run: Run, found: RunReport) -> Iterator[Json]:
    """Yield a zone each; those that have no rule, or were not asked for, are left out."""
    for zone, declared in enumerate(run.channel.zones):
        counts = found.offers(run.channel, zone)
        told = [(run.project.program.offers[c.offer], c) for c in counts]
        if told:
            yield {
                "zone": declared.name,
                "offers": [
                    {
                        "offer": offer.code_text,
                        "title": offer.title or offer.name,
                        "best": count.best,
                        "given": count.given,
                        "mean_score": count.score,
                    }
                    for offer, count in told
                ],
            }


def _failures(run: Run, failures: Mapping[Span, int]) -> Iterator[Json]:
    for span, count in sorted(failures.items(), key=_by_place):
        yield {**_place(span, run.project.sources.get(span.file)), "count": count}


def _by_place(item: tuple[Span, int]) -> tuple[str, int, int]:
    span = item[0]
    return span.file, span.start, span.end


def _place(span: Span, source: SourceFile | None) -> Json:
    if source is None:
        return {"file": span.file, "line": 0, "column": 0, "text": ""}
    line, column = source.position(span.start)
    text = " ".join(source.text[span.start : span.end].split())
    if len(text) > _LONGEST_EXCERPT:
        text = text[: _LONGEST_EXCERPT - 1] + "…"
    return {"file": span.file, "line": line, "column": column, "text": text}
