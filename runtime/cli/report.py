"""``interact report``: what was shown and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from interact.runtime.cli.moments import listed, parse_day

if TYPE_CHECKING:
    from interact.runtime.report.build import Wishes
    from interact.runtime.report.model import Report

_NO_FOLDERS = (".csv", ".json", ".md", ".parquet", ".pdf", ".xlsx")


@click.command("report")
@click.argument("source", metavar="HISTORY|URL")
@click.option(
    "--out", metavar="FILE.html|FOLDER", help="A page, or a folder with a table for each section."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Of the tables in a folder.",
)
@click.option(
    "--section",
    "names",
    metavar="NAME",
    multiple=True,
    callback=listed,
    help="Only these, such as offers,lift; all by default.",
)
@click.option("--channel", metavar="NAME", help="Only this channel.")
@click.option(
    "--from", "--since", "first", metavar="DAY", callback=parse_day, help="The first day, in UTC."
)
@click.option("--until", "last", metavar="DAY", callback=parse_day, help="The last day, in UTC.")
@click.option(
    "--by",
    "step",
    type=click.Choice(["day", "week", "month"]),
    default="day",
    show_default=True,
    help="Steps of the offers over time.",
)
@click.option(
    "--control",
    "controls",
    metavar="SEGMENT",
    multiple=True,
    callback=listed,
    help="Compare other segments with this one, which a sample drew.",
)
@click.option(
    "--project", metavar="PATH|BUNDLE", help="Rules that were never used, and samples to compare."
)
@click.option(
    "--environment",
    metavar="NAME",
    help="Tell when, by whom and why versions were deployed to it; needs a registry.",
)
@click.option(
    "--registry",
    metavar="PLACE",
    envvar="INTERACT_REGISTRY",
    help="Of the environment; $INTERACT_REGISTRY by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(source: str, out: str | None, form: Any, as_json: bool, **wishes: Any) -> int:
    """Report on offers: contacts, accepts, rejects, rates, lift, rules and versions.

    HISTORY is the folder that interact serve --history writes; URL is a campaign database,
    duckdb:///FILE or postgresql://…
    """
    from interact.runtime.errors import UsageError
    from interact.runtime.report.build import build_report

    if out is not None and out.endswith(_NO_FOLDERS):
        raise UsageError(
            f"what shall {out} be?", help="name FILE.html for a page, or a folder with --format"
        )
    report = build_report(source, _wishes(**wishes))
    if as_json:
        import json

        from interact.runtime.report.write_files import as_json as report_as_json

        click.echo(json.dumps(report_as_json(report), indent=2))
    if out is not None:
        _write(report, out, form, quiet=as_json)
    elif not as_json:
        from interact.runtime.report.write_text import lines

        most = 50 if wishes["names"] else 8
        click.echo("\n".join(lines(report, most)))
    return 0


def _wishes(
    names: list[str] | None,
    channel: str | None,
    first: date | None,
    last: date | None,
    step: Any,
    controls: list[str] | None,
    project: str | None,
    registry: str | None,
    environment: str | None,
) -> Wishes:
    from interact.runtime.errors import UsageError
    from interact.runtime.report.build import SECTIONS, Wishes
    from interact.runtime.report.cube import Period

    if environment is not None and registry is None:
        raise UsageError("--environment needs --registry PLACE")
    for name in names or ():
        if name not in SECTIONS:
            raise UsageError(f"no section {name}", help=f"there are {', '.join(SECTIONS)}")
    if first is not None and last is not None and last < first:
        raise UsageError("--until is before --from")
    wishes = Wishes(Period(first, last, channel), step, names or (), controls or ())
    if project is not None:
        wishes = _with_project(wishes, project)
    if environment is not None and registry is not None:
        wishes = replace(wishes, deployed=_deployed(registry, environment))
    return wishes


def _with_project(wishes: Wishes, path: str) -> Wishes:
    from interact.runtime.cli import findings
    from interact.runtime.report.rules import rules_of
    from interact.runtime.report.samples import siblings

    project, channel = findings.opened(path), wishes.period.channel
    listed = [r for r in rules_of(project) if channel in (None, r.channel)]
    return replace(wishes, siblings=siblings(project), listed=listed)


def _deployed(place: str, environment: str) -> dict[str, str]:
    from interact.runtime.registry.registry import open_registry
    from interact.runtime.report.deployments import told_of

    return told_of(open_registry(place).history(environment))


def _write(report: Report, out: str, form: Any, *, quiet: bool) -> None:
    if out.endswith(".html"):
        from interact.runtime.describe.writing import write_page
        from interact.runtime.report.write_html import as_html

        write_page(out, as_html(report))
        made = [out]
    else:
        from interact.runtime.report.write_files import write_files

        made = write_files(report, out, form)
    if not quiet:
        click.echo("\n".join(f"{path} written" for path in made))
