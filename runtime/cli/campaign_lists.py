"""``interact campaign suppress``, ``history``, ``follow-up``: what other channels must know."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.moments import parse_moment
from interact.runtime.cli.wording import plural

if TYPE_CHECKING:
    from interact.runtime.campaign.lists import Kind

_URL = "duckdb:///FILE or postgresql://…"
_wait = click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    help="How long to wait for an import that is running.",
)
_from = click.option("--from", "url", metavar="URL", required=True, help=_URL)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print counts as JSON.")
_as_of = click.option(
    "--as-of", "at", metavar="DATE|TIMESTAMP", callback=parse_moment, help="Now by default."
)


@click.command("suppress", short_help="List offers that customers must not get.")
@click.argument("path", metavar="PATH|BUNDLE")
@_from
@click.option("--out", metavar="FILE", required=True, help="A .parquet or .csv file.")
@click.option("--audience", metavar="NAME", help="Needed when the project has several.")
@_as_of
@_wait
@_as_json
def suppress(
    path: str, url: str, out: str, audience: str | None, at: datetime, wait: float, as_json: bool
) -> int:
    """List the customers and offers that the suppress clauses of PATH keep apart.

    FILE has the key columns, the offer's code, and the reason: accepted, rejected or contacts.
    """
    from interact.runtime.campaign.feeds import write_suppressed
    from interact.runtime.cli import findings

    project = findings.opened(path)
    counts = write_suppressed(project.program, audience, url, out, at, wait)
    if as_json:
        click.echo(json.dumps(counts, indent=2))
    else:
        told = ", ".join(f"{n:,} {reason}" for reason, n in counts.items()) or "nothing"
        click.echo(f"suppressed: {told}; written to {out}")
    return 0


@click.command("history", short_help="Write what customers did, for batches and hosts.")
@click.argument("path", metavar="PATH|BUNDLE")
@_from
@click.option(
    "--customers", metavar="FILE|DIR|GLOB", help="Write these, with their history beside."
)
@click.option("--out", metavar="FILE", required=True, help="A .parquet or .csv file.")
@click.option("--audience", metavar="NAME", help="Needed when the project has several.")
@_as_of
@_wait
@_as_json
def history(
    path: str,
    url: str,
    customers: str | None,
    out: str,
    audience: str | None,
    at: datetime,
    wait: float,
    as_json: bool,
) -> int:
    """Write what customers did with the offers of PATH, for batches and hosts.

    FILE has a row for each customer: the key columns and, where the clauses of PATH read them,
    columns such as Gold.rejected and Gold.contacts.
    """
    from interact.runtime.campaign.profiles import write_history
    from interact.runtime.cli import findings

    program = findings.opened(path).program
    counts = write_history(program, audience, url, out, at, customers, wait)
    if as_json:
        click.echo(json.dumps(counts, indent=2))
        return 0
    number = plural(counts.pop("customers"), "customer")
    told = "".join(f"\n  {name}: {n:,}" for name, n in counts.items() if n)
    click.echo(f"{number}, written to {out}{told}")
    return 0


@click.command("follow-up", short_help="List customers to call or to write to.")
@_from
@click.option("--out", metavar="FILE", required=True, help="A .parquet or .csv file.")
@click.option(
    "--kind",
    type=click.Choice(["accepted", "unanswered"]),
    required=True,
    help="Those who accepted, or were shown an offer and did not answer.",
)
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 36_500),
    default=7,
    show_default=True,
    help="To look back.",
)
@click.option(
    "--rest",
    metavar="N",
    type=click.IntRange(0, 36_500),
    default=0,
    show_default=True,
    help="Days at the end in which they may still answer.",
)
@click.option("--offer", "offers", metavar="NAME", multiple=True, help="Only this; a name or code.")
@_as_of
@_wait
@_as_json
def follow_up(
    url: str,
    out: str,
    kind: Kind,
    days: int,
    rest: int,
    offers: tuple[str, ...],
    at: datetime,
    wait: float,
    as_json: bool,
) -> int:
    """List customers to call or to write to, one row for each offer."""
    from interact.runtime.campaign.feeds import never_shown, write_follow_up

    count = write_follow_up(url, out, kind, at, days, rest, offers, wait)
    for offer in () if count else never_shown(url, offers, wait):
        click.echo(f"note: no offer {offer} was ever shown there", err=True)
    if as_json:
        click.echo(json.dumps({"rows": count}))
    else:
        click.echo(f"{kind}: {count:,} rows, written to {out}")
    return 0


def _costs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for value in values:
        name, _, cost = value.partition("=")
        try:
            found[name] = float(cost)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is not NAME=COST") from error
    return found


@click.command("candidates", short_help="List what a contact optimisation chooses from.")
@click.argument("path", metavar="PATH|BUNDLE")
@click.option("--offers", metavar="DIR", required=True, help="The result of interact score.")
@click.option(
    "--channel",
    "costs",
    metavar="NAME=COST",
    multiple=True,
    callback=_costs,
    help="A channel and what a contact there costs; may be repeated.",
)
@click.option("--from", "url", metavar="URL", help=f"{_URL}: leave out what is suppressed.")
@click.option("--out", metavar="FILE", required=True, help="A .parquet or .csv file.")
@click.option("--audience", metavar="NAME", help="Needed when the project has several.")
@_as_of
@_wait
@_as_json
def candidates(
    path: str,
    offers: str,
    costs: dict[str, float],
    url: str | None,
    out: str,
    audience: str | None,
    at: datetime,
    wait: float,
    as_json: bool,
) -> int:
    """List what could be offered to whom, for a contact optimisation.

    FILE has a row for each customer, offer and channel: the key columns, offer, channel, the best
    score of the offer in any zone, and the cost.
    """
    from interact.runtime.campaign.candidates import write_candidates
    from interact.runtime.cli import findings

    program = findings.opened(path).program
    count = write_candidates(program, audience, offers, costs, out, url, at, wait)
    click.echo(json.dumps({"rows": count}) if as_json else f"{count:,} rows, written to {out}")
    return 0
