"""One run that explains all customers of some files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from interact.compiler.codegen.outcomes import OUTCOMES, ladders_of
from interact.compiler.core.decide import Outcome
from interact.runtime.batch.job import JobReport, Progress, run_job
from interact.runtime.batch.no_sink import NoSink
from interact.runtime.batch.sink import Sink
from interact.runtime.candidates.explainer import CustomerExplainer
from interact.runtime.candidates.report import CandidateReport
from interact.runtime.candidates.table import CandidateTable, places_of
from interact.runtime.run_manifest import asked_and_done, odd_data
from interact.runtime.scoring import Opened, Run, keys_of, scorer_of

Json = dict[str, Any]


def explain_customers(
    run: Run,
    opened: Opened,
    asked: Mapping[str, Any],
    progress: Progress = lambda rows_done: None,
) -> Json:
    """Explain all customers into ``run.out``, or count only when that is empty.

    Returns:
        The manifest, which is kept in ``run.json`` there.
    """
    explainer = explainer_of(run, opened)
    looked_up = [a.name for a in run.audience.key]
    if not run.out:
        job = run_job(opened.source, explainer, NoSink(), run.threads, progress, keys_of(run))
        return manifest_of(run, opened, job, asked)
    with Sink(run.out, run.format, run.overwrite, looked_up) as sink:
        job = run_job(opened.source, explainer, sink, run.threads, progress, keys_of(run))
        told = manifest_of(run, opened, job, asked)
        sink.commit(told)
    return told


def explainer_of(run: Run, opened: Opened) -> CustomerExplainer:
    """Return what explains the batches of a run."""
    program = run.project.program
    return CustomerExplainer(
        scorer_of(run, opened),
        ladders_of(program, run.channel, run.plan, run.moment.today, run.top),
        CandidateTable(program, run.channel, run.project.sources),
        bool(run.out),
    )


def manifest_of(run: Run, opened: Opened, job: JobReport, asked: Mapping[str, Any]) -> Json:
    """Return what a run did: for each rule, how many customers have which outcome."""
    found: CandidateReport = job.report
    return {
        **asked_and_done(run, job, asked, found.customers),
        "candidates": list(_zones(run, found)),
        **odd_data(run, opened, job, found.failures, found.losses),
    }


def _zones(run: Run, found: CandidateReport) -> Iterator[Json]:
    for zone, declared in enumerate(run.channel.zones):
        rules = [i for i, rule in enumerate(run.channel.rules) if rule.zone == zone]
        if rules:
            yield {"zone": declared.name, "rules": [_rule(run, found, i) for i in rules]}


def _rule(run: Run, found: CandidateReport, index: int) -> Json:
    program, rule = run.project.program, run.channel.rules[index]
    counts = dict(zip(OUTCOMES, found.outcomes[index].tolist(), strict=True))
    kept = counts.pop(Outcome.KEPT)
    return {
        "rule": rule.name,
        "offer": program.offers[rule.offer].code_text,
        "at": places_of(program, run.channel, rule, run.project.sources)[-1],
        "kept": kept,
        "dropped": {outcome.value: count for outcome, count in counts.items()},
    }
