"""``interact score``: decide for all customers of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from interact.runtime.cli.moments import listed, parse_moment
from interact.runtime.cli.tables import table_option

if TYPE_CHECKING:
    from interact.compiler.columnar.nodes import Plan
    from interact.compiler.core.program import Channel
    from interact.runtime.project import Project
    from interact.runtime.scoring import Run

CARE = click.Choice(["report", "error"])


@click.command("score")
@click.argument("path", metavar="PATH|BUNDLE")
@click.option("--customers", metavar="FILE|DIR|GLOB", required=True, help="Who to decide for.")
@click.option("--out", metavar="DIR", required=True, help="Where the result shall be.")
@click.option(
    "--as-of",
    metavar="DATE|TIMESTAMP",
    callback=parse_moment,
    help="The time of the decisions; now by default.",
)
@click.option("--channel", metavar="NAME", help="Needed when the project has several.")
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(1, 64),
    default=3,
    show_default=True,
    help="Offers to keep for each customer and zone.",
)
@click.option("--zones", metavar="A,B", multiple=True, callback=listed, help="Only these zones.")
@click.option("--where", metavar="EXPR", help="Only customers of whom this is true.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1), help="Only the first so many customers."
)
@click.option(
    "--threads", metavar="N", type=click.IntRange(1, 1024), help="As many as cores by default."
)
@click.option(
    "--format",
    type=click.Choice(["parquet", "arrow", "csv"]),
    default="parquet",
    show_default=True,
    help="Of the result.",
)
@click.option("--overwrite", is_flag=True, help="Replace the result of a former run.")
@click.option(
    "--null-keys",
    type=CARE,
    default="report",
    show_default=True,
    help="What to do about customers without a key.",
)
@click.option(
    "--duplicate-keys",
    type=CARE,
    default="report",
    show_default=True,
    help="What to do about customers that come twice.",
)
@click.option(
    "--limits-used",
    metavar="FILE",
    help="Impressions given before: run.json of a run, impressions.db of a host.",
)
@table_option
@click.option("--json", "as_json", is_flag=True, help="Print run.json instead of a summary.")
def command(path: str, as_json: bool, **options: Any) -> int:
    """Decide for all customers of some files what to offer them.

    PATH is a file or folder of *.interact, or a bundle. In the folder of the result, offers/ has
    a row for each offer, segments/ one for each customer, and run.json tells what was done.
    """  # fmt: skip
    from interact.runtime.cli import findings
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.cli.summary import lines
    from interact.runtime.run_manifest import manifest_of
    from interact.runtime.scoring import open_customers, score_customers

    project = findings.opened(path)
    run = run_of(project, options)
    findings.mention(project.lint(), path)
    opened = open_customers(run)
    asked = {"zones": options["zones"], "where": options["where"]}
    with JobProgress(opened.source.rows) as progress:
        told = score_customers(
            run, opened, lambda report: manifest_of(run, opened, report, asked), progress
        )
    if as_json:
        findings.print_json(told)
    else:
        click.echo("\n".join(lines(told)))
    return 0


def run_of(project: Project, options: Mapping[str, Any]) -> Run:
    """Return the run that the options ask for."""
    from interact.compiler.pipeline import plan_snapshots
    from interact.runtime.batch.sink_format import OutputFormat
    from interact.runtime.limits_used import read_used
    from interact.runtime.scoring import Run
    from interact.runtime.tables.opening import specs_of

    channel = project.channel(options["channel"])
    where = options["where"]
    channel, plan = _cut(project, channel, options["zones"])
    return Run(
        project,
        channel,
        plan,
        options["customers"],
        options["out"],
        options["as_of"],
        options["top"],
        None if where is None else _where(project, channel, where),
        options["limit"],
        options["threads"],
        OutputFormat(options["format"]),
        options["overwrite"],
        options["null_keys"] == "error",
        options["duplicate_keys"] == "error",
        read_used(options.get("limits_used")),
        specs_of(project.path, options["tables"]),
        plan_snapshots(project.program, channel) if channel.snapshots else None,
    )


def _cut(project: Project, channel: Channel, zones: list[str] | None) -> tuple[Channel, Plan]:
    """Return the channel, or what is left of it, and its plan."""
    if zones is None:
        return channel, project.plan_of(channel)
    from interact.compiler.pipeline import plan_channel
    from interact.runtime.scoring import only_zones

    left = only_zones(channel, zones)
    return left, plan_channel(project.program, left)


def _where(project: Project, channel: Channel, text: str) -> Plan:
    from interact.compiler.pipeline import plan_filter
    from interact.runtime.cli import findings

    plan, source, diagnostics = plan_filter(
        project.program, channel, text, sources=tuple(project.sources.values())
    )
    findings.show(diagnostics, [source])
    if plan is None:
        raise click.exceptions.Exit(2)
    return plan
