"""``interact deployments``: what environments run, and what they ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.environments import printable, registry_option, state

if TYPE_CHECKING:
    from interact.runtime.registry.entries import Entry


@click.command("deployments")
@click.argument("environment", required=False)
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print the entries for a program.")
def command(environment: str | None, place: str, as_json: bool) -> int:
    """Show the history of ENVIRONMENT, the last version first; or what all environments run."""
    from interact.runtime.cli.findings import print_json
    from interact.runtime.registry.registry import open_registry

    registry = open_registry(place)
    if environment is not None:
        shown = list(reversed(registry.history(environment)))
    else:
        shown = [registry.history(name)[-1] for name in registry.environments()]
    if as_json:
        print_json([entry.as_json() for entry in shown])
    elif shown:
        click.echo("\n".join(_history(shown) if environment is not None else _states(shown)))
    else:
        click.echo("nothing is deployed")
    return 0


def _states(entries: list[Entry]) -> Iterator[str]:
    from interact.runtime.cli.wording import columns

    rows = [(e.environment, f"version {e.version}", _when(e), state(e)) for e in entries]
    yield from columns(rows, "<<<<")


def _history(entries: list[Entry]) -> Iterator[str]:
    from interact.runtime.cli.wording import columns

    rows = [
        (str(e.version), _when(e), printable(e.by), done(e), state(e), printable(e.why))
        for e in entries
    ]
    yield from columns(rows, "><<<<<")


def _when(entry: Entry) -> str:
    return printable(entry.at[:16].replace("T", " "))


def done(entry: Entry) -> str:
    """Return what an entry did, such as ``promote from staging``."""
    if not entry.source:
        return entry.action
    return f"{entry.action} {'to' if entry.action == 'rollback' else 'from'} {entry.source}"
