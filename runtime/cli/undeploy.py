"""``interact undeploy``: let an environment run nothing."""

from __future__ import annotations

import click

from interact.runtime.cli.environments import act_options, acting, registry_option, tell


@click.command("undeploy")
@click.argument("environment")
@registry_option
@act_options
def command(environment: str, place: str, by: str | None, why: str, as_json: bool) -> int:
    """Let ENVIRONMENT run nothing: its hosts begin no sessions any more.

    Sessions that have begun go on. `interact rollback` brings back what was there.
    """
    from interact.runtime.registry.deploying import undeploy
    from interact.runtime.registry.registry import open_registry

    entry = undeploy(open_registry(place), environment, acting(by, why))
    if entry is None and not as_json:
        click.echo(f"{environment} runs nothing; nothing was done")
        return 0
    return tell(entry, environment, as_json=as_json)
