"""``interact campaign``: history into a campaign database."""

from __future__ import annotations

import click


@click.group("campaign")
def command() -> None:
    """Keep contacts and responses in the tables of a campaign database."""


@command.command("import")
@click.option("--history", metavar="DIR", required=True, help="That of interact serve.")
@click.option("--to", "url", metavar="URL", required=True, help="duckdb:///FILE or postgresql://…")
@click.option(
    "--match-days",
    type=click.IntRange(0, 36_500),
    default=30,
    show_default=True,
    help="How long after a contact an unmatched response belongs to it.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    help="For another import that is running.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be imported.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(
    history: str, url: str, match_days: int, wait: float, dry_run: bool, as_json: bool
) -> int:
    """Import contacts and responses, each once, however often this runs."""
    from pathlib import Path

    from interact.runtime.campaign.load import import_history
    from interact.runtime.history.locks import reading

    with reading(Path(history)):
        report = import_history(history, url, match_days, wait, dry_run)
    if as_json:
        import json

        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        click.echo("\n".join(report.lines()))
    return 1 if report.parts_rejected else 0
