"""``interact fetch``: get a bundle out of a registry."""

from __future__ import annotations

import click

from interact.runtime.cli.environments import registry_option


@click.command("fetch")
@click.argument("name", metavar="ENVIRONMENT[@VERSION]")
@click.option("-o", "--output", metavar="BUNDLE", required=True, help="The file to make.")
@registry_option
def command(name: str, output: str, place: str) -> int:
    """Make a file of the bundle that an environment runs, or ran in a version.

    It is scored, explained and tested like any other: `production`, `production@3`,
    `production@trial`.
    """
    from interact.runtime.bundle import packed, write_bundle
    from interact.runtime.registry.looking_up import bundle_at
    from interact.runtime.registry.registry import open_registry

    bundle = bundle_at(open_registry(place), name)
    write_bundle(output, packed(bundle))
    click.echo(f"{output}: {bundle.name}, digest {bundle.digest}")
    return 0
