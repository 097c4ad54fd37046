"""``interact replay``: decide again what was decided, and tell what differs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from interact.runtime.cli.moments import parse_moment
from interact.runtime.cli.wording import plural, printable

SHOWN = 20


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    return None if value is None else parse_moment(ctx, param, value)


@click.command("replay")
@click.option("--history", metavar="DIR", required=True, help="That of serve --record-inputs.")
@click.option("--bundle", metavar="PATH", required=True, help="A bundle or a project.")
@click.option(
    "--since", metavar="TIME", callback=_moment, help="Only from this day or time on, in UTC."
)
@click.option("--until", metavar="TIME", callback=_moment, help="Only before this day or time.")
@click.option("--channel", metavar="NAME", help="Only of this channel.")
@click.option("--session", metavar="ID", help="Only of this session.")
@click.option("--customer", metavar="[KEY=]ID", multiple=True, help="Only of this customer.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each difference.")
def command(history: str, bundle: str, as_json: bool, **asked: Any) -> int:
    """Decide again what was decided, from what was recorded, and tell what differs.

    The exit code is 1 when a rank, an offer, a score or a segment differs.
    """
    from dataclasses import asdict

    from interact.runtime.cli import findings
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.errors import UsageError
    from interact.runtime.history.locks import reading
    from interact.runtime.history.parts import check_history
    from interact.runtime.history.select import Selection
    from interact.runtime.history.show import all_rows
    from interact.runtime.history.wanted import DECISION, Wanted
    from interact.runtime.host.deployment import Deployment
    from interact.runtime.host.replay import Replay

    folder = check_history(history)
    replay, shown = Replay(Deployment(findings.opened(bundle))), 0
    with reading(folder), JobProgress(None, "decisions") as progress:
        for table in all_rows(Selection(folder, Wanted(**asked, kinds=(DECISION,)))):
            for row in table.to_pylist():
                for difference in replay.differences(row):
                    if as_json:
                        click.echo(json.dumps(asdict(difference)))
                    elif (shown := shown + 1) <= SHOWN:
                        click.echo("\n".join(_lines(difference)))
            progress(replay.lists)
    if not replay.lists and not replay.problems:
        chosen = " of these times, this channel, session or customer" if any(asked.values()) else ""
        raise UsageError(
            f"no recorded decisions{chosen} in {history}",
            help="interact serve --record-inputs keeps them",
        )
    for line in _summary(replay, shown):
        click.echo(line, err=as_json)
    return 1 if replay.different or replay.problems else 0


def _lines(difference: Any) -> list[str]:
    head = f"{difference.decision} at {difference.point}, {difference.at}, session "
    return [
        head + printable(difference.session),
        *(f"  {printable(what)}" for what in difference.what),
    ]


def _summary(replay: Any, shown: int) -> list[str]:
    told = [f"and {shown - SHOWN:,} more; --json tells all"] if shown > SHOWN else []
    told += [printable(f"{problem}") for problem in replay.problems[:SHOWN]]
    if (left := len(replay.problems) - SHOWN) > 0:
        told.append(f"and {left:,} more that cannot be decided again")
    for name, count in sorted(replay.unread.items()):
        told.append(f"{name} was not recorded in {plural(count, 'decision')}: it is taken as null")
    others = f", {replay.others:,} decided by other versions" if replay.others else ""
    lists = plural(replay.lists, "list")
    return [*told, f"{lists} decided again{others}: {replay.different:,} differ"]
