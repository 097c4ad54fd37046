"""``interact rollback``: go back to an earlier version."""

from __future__ import annotations

import click

from interact.runtime.cli.environments import act_options, acting, registry_option, tell


@click.command("rollback")
@click.argument("environment")
@click.option(
    "--to",
    "version",
    metavar="VERSION",
    type=click.IntRange(1),
    help="A version of interact deployments, in place of the last one.",
)
@registry_option
@act_options
def command(
    environment: str,
    version: int | None,
    place: str,
    by: str | None,
    why: str,
    as_json: bool,
) -> int:
    """Let ENVIRONMENT run again what everybody had before, whole: nothing is rebuilt.

    A trial ends. Going back twice goes back further.
    """
    from interact.runtime.registry.deploying import rollback
    from interact.runtime.registry.registry import open_registry

    entry = rollback(open_registry(place), environment, acting(by, why), version)
    return tell(entry, environment, as_json=as_json)
