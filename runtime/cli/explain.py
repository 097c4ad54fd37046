"""``interact explain``: why a customer gets what it gets, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from interact.runtime.cli.moments import parse_moment

if TYPE_CHECKING:
    from interact.compiler.source import SourceFile, Span
    from interact.runtime.explanation import Explanation, Verdict
    from interact.runtime.project import Project


@click.command("explain")
@click.argument("path")
@click.option("--customers", required=True, help="The file, folder or glob to find it in.")
@click.option("--id", "key", required=True, multiple=True, help="The key; once for each part.")
@click.option("--zone", help="Only this zone.")
@click.option("--channel", help="The channel, where the project has several.")
@click.option(
    "--as-of",
    metavar="DATE|TIMESTAMP",
    callback=parse_moment,
    help="The time of the decision; now by default.",
)
@click.option(
    "--top",
    type=click.IntRange(1, 64),
    default=3,
    show_default=True,
    help="Offers that are shown in each zone.",
)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(
    path: str,
    customers: str,
    key: tuple[str, ...],
    zone: str | None,
    channel: str | None,
    as_of: datetime,
    top: int,
    as_json: bool,
) -> int:
    """Say for one customer what became of every rule of the project at PATH."""
    from interact.compiler.core.interpret import Moment
    from interact.runtime.cli import findings
    from interact.runtime.errors import UsageError
    from interact.runtime.explanation import explain
    from interact.runtime.inputs import inputs_of
    from interact.runtime.lookup import find_customer
    from interact.runtime.values import instant

    project = findings.opened(path)
    chosen = project.channel(channel)
    known = [z.name for z in chosen.zones]
    if zone is not None and zone not in known:
        listed = ", ".join(known)
        raise UsageError(f"no zone {zone} on {chosen.name}", help=f"the zones are {listed}")
    audience = project.program.audience_of(chosen)
    inputs = inputs_of(audience, project.plan_of(chosen))
    customer = find_customer(customers, inputs, key)
    moment = Moment(instant(as_of))
    told = explain(project.program, chosen, customer, moment, top)
    shown = known if zone is None else [zone]
    if as_json:
        findings.print_json(_as_json(told, shown, project))
    else:
        click.echo("\n".join(_as_text(told, shown, project, key)))
    return 0


def _as_text(
    told: Explanation, zones: list[str], project: Project, key: tuple[str, ...]
) -> Iterator[str]:
    yield f"customer {', '.join(key)} is in {', '.join(told.segments) or 'no segment'}"
    for zone in zones:
        yield f"\n{zone}"
        for verdict in told.zones[zone]:
            yield from _lines(verdict, project)


def _lines(verdict: Verdict, project: Project) -> Iterator[str]:
    place = "-" if verdict.position is None else str(verdict.position)
    score = "" if verdict.score is None else f"{verdict.score:.2f}"
    reason = "" if not verdict.because else f"  {verdict.outcome}: {verdict.because}"
    yield f"  {place:>2}  {verdict.offer}  {score}{reason}".rstrip()
    yield f"        {verdict.rule} at {_at(verdict.span, project.sources)}"
    if verdict.deciding is not None:
        values = ", ".join(f"{name} = {value}" for name, value in verdict.values.items())
        yield f"        {_text(verdict.deciding, project.sources)}" + (
            f", where {values}" if values else ""
        )


def _at(span: Span, sources: Mapping[str, SourceFile]) -> str:
    source = sources.get(span.file)
    return span.file if source is None else f"{span.file}:{source.position(span.start)[0]}"


def _text(span: Span, sources: Mapping[str, SourceFile]) -> str:
    """Return what stands at a place, on one line."""
    source = sources.get(span.file)
    return "" if source is None else " ".join(source.text[span.start : span.end].split())


def _as_json(told: Explanation, zones: list[str], project: Project) -> dict[str, Any]:
    return {
        "segments": list(told.segments),
        "zones": {zone: [_verdict(v, project) for v in told.zones[zone]] for zone in zones},
    }


def _verdict(verdict: Verdict, project: Project) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "offer": verdict.offer,
        "outcome": verdict.outcome,
        "rank": verdict.position,
        "score": verdict.score,
        "because": verdict.because or None,
        "deciding": verdict.deciding and (_text(verdict.deciding, project.sources) or None),
        "values": verdict.values,
        "at": _at(verdict.span, project.sources),
    }
