"""``interact fetch``: get a bundle, or what it was built from, out of a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from interact.runtime.cli.environments import registry_option

if TYPE_CHECKING:
    from interact.runtime.bundle import Bundle


@click.command("fetch")
@click.argument("name", metavar="ENVIRONMENT[@VERSION]")
@click.option("-o", "--output", metavar="BUNDLE", help="The file to make.")
@click.option("--sources", metavar="DIR", help="A new folder for what the bundle was built from.")
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print what was made for a program.")
def command(name: str, output: str | None, sources: str | None, place: str, as_json: bool) -> int:
    """Make a file of the bundle that an environment runs, or ran in a version.

    It is scored, explained and tested like any other: `production`, `production@3`,
    `production@trial`. With --sources its sources are written to a folder, to go on from there.
    """
    from interact.runtime.bundle import packed, write_bundle
    from interact.runtime.cli.findings import print_json
    from interact.runtime.cli.wording import plural
    from interact.runtime.errors import UsageError
    from interact.runtime.registry.looking_up import bundle_at
    from interact.runtime.registry.registry import open_registry

    if output is None and sources is None:
        raise UsageError("nothing to make", help="-o BUNDLE, or --sources DIR")
    bundle = bundle_at(open_registry(place), name)
    if output is not None:
        write_bundle(output, packed(bundle))
    if sources is not None:
        _write_sources(sources, bundle)
    if as_json:
        made = {"name": bundle.name, "digest": bundle.digest}
        print_json({**made, "bundle": output, "sources": sources})
        return 0
    if output is not None:
        click.echo(f"{output}: {bundle.name}, digest {bundle.digest}")
    if sources is not None:
        click.echo(f"{sources}: {plural(len(bundle.sources), 'source')} of {bundle.name}")
    return 0


def _write_sources(folder: str, bundle: Bundle) -> None:
    """Write the sources of a bundle to a folder that is new or empty.

    Raises:
        UsageError: It holds something.
        OutputError: It cannot be written.
    """
    import os

    from interact.runtime.errors import OutputError, UsageError

    try:
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder):
            raise UsageError(f"{folder} is not empty", help="name a new folder")
        for source in bundle.sources:
            path = os.path.join(folder, *source.name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="") as file:
                file.write(source.text)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror}") from error
