"""``interact explain``: why a customer gets what it gets, and why not the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from interact.runtime.cli.moments import listed, parse_moment
from interact.runtime.cli.tables import table_option
from interact.runtime.cli.whys import decided, text_of, why_absent

if TYPE_CHECKING:
    from interact.compiler.core.program import Channel
    from interact.compiler.source import SourceFile, Span
    from interact.runtime.explanation import Explanation, Verdict
    from interact.runtime.project import Project

_OF_ALL = ("out", "where", "limit", "threads", "overwrite")


@click.command("explain")
@click.argument("path", metavar="PATH|BUNDLE")
@click.option("--customers", metavar="FILE|DIR|GLOB", required=True, help="Where they are found.")
@click.option(
    "--id", "key", metavar="ID", multiple=True, help="The key of one; once for each part."
)
@click.option("--all-customers", is_flag=True, help="Explain all of them, into --out.")
@click.option("--out", metavar="DIR", help="Where the candidates of all customers shall be.")
@click.option("--summary", "only_summary", is_flag=True, help="Count them only; no --out.")
@click.option(
    "--zones", "--zone", metavar="A,B", multiple=True, callback=listed, help="Only these zones."
)
@click.option("--where", metavar="EXPR", help="Of all, only those of whom this is true.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1), help="Of all, only the first so many."
)
@click.option(
    "--threads", metavar="N", type=click.IntRange(1, 1024), help="As many as cores by default."
)
@click.option("--overwrite", is_flag=True, help="Replace the result of a former run.")
@click.option("--channel", metavar="NAME", help="Needed when the project has several.")
@click.option(
    "--as-of",
    metavar="DATE|TIMESTAMP",
    callback=parse_moment,
    help="The time of the decision; now by default.",
)
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(1, 64),
    default=3,
    show_default=True,
    help="Offers that are shown in each zone.",
)
@click.option(
    "--limits-used",
    metavar="FILE",
    help="Impressions given before: run.json of a run, impressions.db of a host.",
)
@table_option
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(path: str, key: tuple[str, ...], all_customers: bool, **options: Any) -> int:
    """Say what became of every rule: for one customer in words, or for all of them in a table.

    PATH is a file or folder of *.interact, or a bundle.
    """
    if all_customers or options["only_summary"]:
        from interact.runtime.cli import explain_all

        if key:
            raise click.UsageError("--id is for one customer, --all-customers for all")
        return explain_all.run(path, **options)
    if not key:
        raise click.UsageError("which customer? --id KEY, or --all-customers")
    for name in _OF_ALL:
        if options[name]:
            raise click.UsageError(f"--{name} is for --all-customers")
    asked = ("customers", "zones", "channel", "as_of", "top", "limits_used", "tables", "as_json")
    return _explain_one(path, key, **{name: options[name] for name in asked})


def _explain_one(
    path: str,
    key: tuple[str, ...],
    customers: str,
    zones: list[str] | None,
    channel: str | None,
    as_of: datetime,
    top: int,
    limits_used: str | None,
    tables: Mapping[str, str],
    as_json: bool,
) -> int:
    from interact.compiler.core.interpret import Moment
    from interact.runtime.cli import findings
    from interact.runtime.explanation import explain
    from interact.runtime.inputs import inputs_of
    from interact.runtime.limits_used import read_used, states_with
    from interact.runtime.lookup import find_customer
    from interact.runtime.tables.opening import joins, specs_of
    from interact.runtime.values import instant

    project = findings.opened(path)
    chosen = project.channel(channel)
    shown = _zones(chosen, zones)
    audience = project.program.audience_of(chosen)
    moment = Moment(instant(as_of))
    states = states_with(chosen, read_used(limits_used), moment.now)
    inputs = inputs_of(audience, project.plan_of(chosen), states=states)
    joined = joins(specs_of(project.path, tables), project.program, chosen, inputs)
    customer = find_customer(customers, inputs, key, joined)
    told = explain(project.program, chosen, customer, moment, top)
    if as_json:
        findings.print_json(_as_json(told, shown, project))
    else:
        limited = [] if limits_used else _limited(chosen, project)
        click.echo("\n".join(_as_text(told, shown, project, key, limited)))
    return 0


def _zones(channel: Channel, asked: list[str] | None) -> list[str]:
    """Return the names of the zones that are asked for, all by default."""
    from interact.runtime.errors import UsageError

    known = [zone.name for zone in channel.zones]
    names = known if asked is None else asked
    for name in names:
        if name not in known:
            raise UsageError(
                f"no zone {name} on {channel.name}", help=f"the zones are {', '.join(known)}"
            )
    return names


def _limited(channel: Channel, project: Project) -> list[str]:
    """Return the offers whose impressions are limited."""
    return [project.program.offers[i].name for limit in channel.limits for i in limit.offers]


def _as_text(
    told: Explanation,
    zones: list[str],
    project: Project,
    key: tuple[str, ...],
    limited: Collection[str],
) -> Iterator[str]:
    yield f"customer {', '.join(key)} is in {', '.join(told.segments) or 'no segment'}"
    for zone in zones:
        yield f"\n{zone}"
        for verdict in told.zones[zone]:
            is_before = verdict.position is not None and verdict.offer in limited
            yield from _lines(verdict, project, is_before)


def _lines(verdict: Verdict, project: Project, is_before_limit: bool) -> Iterator[str]:
    place = "-" if verdict.position is None else str(verdict.position)
    score = "" if verdict.score is None else f"{verdict.score:.2f}"
    reason = "" if not verdict.because else f"  {verdict.outcome}: {verdict.because}"
    if is_before_limit:
        reason = "  before any limit of impressions (--limits-used)"
    yield f"  {place:>2}  {verdict.offer}  {score}{reason}".rstrip()
    yield f"        {verdict.rule} at {_at(verdict.span, project.sources)}"
    if verdict.deciding is None and verdict.values:
        yield "        " + ", ".join(f"{name} = {value}" for name, value in verdict.values.items())
    if verdict.deciding is not None:
        from interact.runtime.membership import Deciding

        found = Deciding(verdict.deciding, verdict.values, verdict.sides)
        yield f"        {decided(found, project.sources)}"
    yield from (f"        {line}" for line in why_absent(verdict.absences, project.sources))


def _at(span: Span, sources: Mapping[str, SourceFile]) -> str:
    source = sources.get(span.file)
    return span.file if source is None else f"{span.file}:{source.position(span.start)[0]}"


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
        "deciding": verdict.deciding and (text_of(verdict.deciding, project.sources) or None),
        "values": verdict.values,
        "not_in": list(why_absent(verdict.absences, project.sources)),
        "at": _at(verdict.span, project.sources),
    }
