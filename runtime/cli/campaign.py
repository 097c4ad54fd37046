"""``interact campaign``: history into a campaign database."""

from __future__ import annotations

import json

import click

from interact.runtime.cli.campaign_lists import candidates, follow_up, history, suppress
from interact.runtime.errors import InteractError

_WATCH = "Import again every so many minutes."


@click.group("campaign")
def command() -> None:
    """Keep contacts and responses in the tables of a campaign database."""


command.add_command(suppress)
command.add_command(history)
command.add_command(follow_up)
command.add_command(candidates)


@command.command("import", short_help="Import contacts and responses, each once.")
@click.option("--history", metavar="DIR", required=True, help="That of interact serve.")
@click.option("--to", "url", metavar="URL", required=True, help="duckdb:///FILE or postgresql://…")
@click.option(
    "--match-days",
    metavar="N",
    type=click.IntRange(0, 36_500),
    default=30,
    show_default=True,
    help="How long after a contact an unmatched response belongs to it.",
)
@click.option(
    "--match-by",
    metavar="NAMES",
    default="treatment,offer",
    show_default=True,
    help="What its code may be; other names are columns of the contacts.",
)
@click.option(
    "--winner",
    type=click.Choice(["latest", "first", "score"]),
    default="latest",
    show_default=True,
    help="Which of several contacts it belongs to.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    help="How long to wait for another import that is running.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be imported.")
@click.option("--watch", "minutes", type=click.FloatRange(0.01), metavar="MINUTES", help=_WATCH)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(
    history: str,
    url: str,
    match_days: int,
    match_by: str,
    winner: str,
    wait: float,
    dry_run: bool,
    minutes: float | None,
    as_json: bool,
) -> int:
    """Import contacts and responses, each once, however often this runs."""
    from pathlib import Path

    from interact.runtime.campaign.load import import_history
    from interact.runtime.campaign.match import matching
    from interact.runtime.campaign.report import Report
    from interact.runtime.campaign.watch import pauses, watch
    from interact.runtime.history.locks import reading

    how = matching(match_days, match_by, winner)

    def run() -> Report:
        with reading(Path(history)):
            return import_history(history, url, how, wait, dry_run)

    def told(report: Report | InteractError) -> None:
        if isinstance(report, InteractError):
            click.echo(report.render(), err=True)
        elif as_json:
            click.echo(json.dumps(report.as_json(), indent=None if minutes else 2))
        else:
            click.echo("\n".join(report.lines()))

    if minutes is None:
        report = run()
        told(report)
        return 1 if report.parts_rejected else 0
    with pauses(minutes) as pause:
        watch(run, told, pause)
    return 0
