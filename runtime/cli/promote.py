"""``interact promote``: let an environment run what another one runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.environments import (
    act_options,
    acting,
    percent_of,
    registry_option,
    share_of,
    sign_option,
    signer,
    tell,
)
from interact.runtime.cli.moments import parse_moment
from interact.runtime.cli.tables import table_option

if TYPE_CHECKING:
    from interact.runtime.registry.entries import Entry
    from interact.runtime.registry.registry import Registry
    from interact.runtime.registry.shift import Shift


@click.command("promote")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="[TO]", required=False)
@registry_option
@click.option(
    "--share",
    metavar="PERCENT",
    callback=share_of,
    help="On trial: only so many of the audience get it, the others what they have.",
)
@click.option(
    "--customers",
    metavar="FILE|DIR|GLOB",
    help="Show first how segments and offers would shift for these.",
)
@click.option(
    "--most-shift",
    metavar="PERCENT",
    callback=percent_of,
    help="Refuse when more of them enter or leave a segment, or get another first offer.",
)
@table_option
@click.option("--channel", help="Of the customers, when there are several.")
@click.option(
    "--as-of",
    metavar="DATE|TIMESTAMP",
    callback=parse_moment,
    help="The time of the decisions for --customers; now by default.",
)
@sign_option
@act_options
def command(
    source: str,
    target: str | None,
    place: str,
    share: float | None,
    customers: str | None,
    most_shift: float | None,
    tables: dict[str, str],
    channel: str | None,
    as_of: datetime,
    key: str | None,
    by: str | None,
    why: str,
    as_json: bool,
) -> int:
    """Let TO run what FROM runs; without TO, give everybody what FROM has on trial."""
    from interact.runtime.cli.shifts import as_json as shifts_as_json
    from interact.runtime.errors import UsageError
    from interact.runtime.registry.deploying import candidate, promote
    from interact.runtime.registry.registry import open_registry

    if most_shift is not None and customers is None:
        raise UsageError("--most-shift needs --customers", help="name a sample of customers")
    sign = signer(key)
    registry = open_registry(place)
    digest, history = candidate(registry, source, target)
    into = target or source
    more: dict[str, object] = {}
    if customers is not None:
        found = _shifts(registry, history, digest, customers, as_of, channel, tables)
        if _is_too_much(found, most_shift, into, as_json=as_json):
            return 1
        more["shifts"] = list(map(shifts_as_json, found))
    sign(registry, digest)
    entry = promote(registry, digest, history, source, into, acting(by, why), share)
    return tell(entry, into, as_json=as_json, **more)


def _shifts(
    registry: Registry,
    history: Sequence[Entry],
    digest: str,
    customers: str,
    as_of: datetime,
    channel: str | None,
    tables: dict[str, str],
) -> list[Shift]:
    """Return how what is live would shift; nothing when nothing is."""
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.project import project_in
    from interact.runtime.registry.shift import shifts
    from interact.runtime.tables.opening import specs_of

    live = history[-1].whole if history else None
    if live is None:
        return []
    before, after = project_in(registry.bundle(live)), project_in(registry.bundle(digest))
    with JobProgress(None) as progress:
        specs = specs_of(registry.place, tables)
        return list(shifts(before, after, customers, as_of, channel, progress, specs))


def _is_too_much(
    found: Sequence[Shift], most: float | None, environment: str, *, as_json: bool
) -> bool:
    """Tell what shifts; return whether that is more than is allowed."""
    from interact.runtime.cli import shifts
    from interact.runtime.cli.findings import print_json

    worst = 100 * max((shift.most for shift in found), default=0.0)
    is_refused = most is not None and worst > most
    if not as_json:
        told = [line for shift in found for line in shifts.lines(shift)]
        click.echo("\n".join(told) if told else f"nothing is live in {environment} to compare with")
    elif is_refused:
        print_json({"refused": True, "most": worst, "shifts": list(map(shifts.as_json, found))})
    if is_refused:
        click.echo(
            f"error: {worst:.1f} % shift, more than --most-shift {most:g}%; nothing was promoted",
            err=True,
        )
    return is_refused
