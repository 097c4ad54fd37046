"""``interact promote``: let an environment run what another one runs."""

from __future__ import annotations

from typing import Any

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
from interact.runtime.cli.gate import gate_of, gate_options


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
@gate_options
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
    **options: Any,
) -> int:
    """Let TO run what FROM runs; without TO, give everybody what FROM has on trial."""
    from interact.runtime.registry.deploying import candidate, promote
    from interact.runtime.registry.registry import open_registry

    gate = gate_of(options)
    sign = signer(key)
    registry = open_registry(place)
    digest, history = candidate(registry, source, target)
    into, told = target or source, dict[str, object]()
    bundle = registry.bundle(digest)
    if not gate.lets(registry, history, bundle, into, told, as_json=as_json):
        return 1
    signed = sign(registry, digest)
    entry = promote(registry, digest, history, source, into, acting(by, why), share)
    return tell(entry, into, as_json=as_json, signed=signed, **told)
