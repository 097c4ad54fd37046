"""``interact promote``: let an environment run what another one runs."""

from __future__ import annotations

import click

from interact.runtime.cli.environments import (
    act_options,
    acting,
    registry_option,
    share_of,
    sign_option,
    signer,
    tell,
)


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
@sign_option
@act_options
def command(
    source: str,
    target: str | None,
    place: str,
    share: float | None,
    key: str | None,
    by: str | None,
    why: str,
    as_json: bool,
) -> int:
    """Let TO run what FROM runs; without TO, give everybody what FROM has on trial."""
    from interact.runtime.registry.deploying import candidate, promote
    from interact.runtime.registry.registry import open_registry

    sign = signer(key)
    registry = open_registry(place)
    digest, history = candidate(registry, source, target)
    into = target or source
    sign(registry, digest)
    entry = promote(registry, digest, history, source, into, acting(by, why), share)
    return tell(entry, into, as_json=as_json)
