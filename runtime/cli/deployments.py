"""``interact deployments``: what environments run, and what they ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.environments import registry_option, state
from interact.runtime.cli.wording import printable

if TYPE_CHECKING:
    from interact.runtime.errors import InteractError
    from interact.runtime.registry.entries import Entry
    from interact.runtime.registry.registry import Registry


@click.command("deployments")
@click.argument("environment", required=False)
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print the entries for a program.")
def command(environment: str | None, place: str, as_json: bool) -> int:
    """Show the history of ENVIRONMENT, the last version first; or what all environments run.

    What cannot be read is named, and the rest is shown; then the exit code is 1.
    """
    from interact.runtime.cli.findings import print_json
    from interact.runtime.registry.registry import open_registry

    registry = open_registry(place)
    if environment is not None:
        entries, wrong = registry.readable(environment)
        shown = entries[::-1]
    else:
        shown, wrong = _running(registry)
    if as_json:
        print_json([entry.as_json() for entry in shown])
    elif shown:
        click.echo("\n".join(_history(shown) if environment is not None else _states(shown)))
    elif not wrong:
        click.echo("nothing is deployed")
    for error in wrong:
        click.echo(error.render(), err=True)
    return 1 if wrong else 0


def _running(registry: Registry) -> tuple[list[Entry], list[InteractError]]:
    """Return the last entry of each environment, and what is wrong with others."""
    from interact.runtime.errors import InteractError

    shown: list[Entry] = []
    wrong: list[InteractError] = []
    for name in registry.environments():
        try:
            found = registry.last(name)
        except InteractError as error:
            wrong.append(error)
        else:
            shown += [] if found is None else [found]
    return shown, wrong


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
