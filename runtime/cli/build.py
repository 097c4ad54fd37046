"""``interact build``: make one file of a project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from interact.runtime.bundle import Bundle


@click.command("build")
@click.argument("path")
@click.option("-o", "--output", metavar="BUNDLE", required=True, help="The file to make.")
@click.option(
    "--name", metavar="NAME", help="What to call the project; its channels' names by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made for a program.")
def command(path: str, output: str, name: str | None, as_json: bool) -> int:
    """Make one file of the project at PATH: the same sources give the same bytes."""
    from interact.runtime.build import build
    from interact.runtime.bundle import write_bundle
    from interact.runtime.cli import findings
    from interact.runtime.project import CheckFailed

    try:
        built = build(path, name)
    except CheckFailed as failed:
        return findings.report(failed)
    write_bundle(output, built.data)
    findings.mention(built.lint(), path)
    if as_json:
        told = {**built.bundle.manifest, "name": built.bundle.name}
        findings.print_json({"bundle": output, "bytes": len(built.data), **told})
    else:
        click.echo("\n".join(_lines(output, len(built.data), built.bundle)))
    return 0


def _lines(output: str, length: int, bundle: Bundle) -> Iterator[str]:
    from interact.runtime.cli.wording import plural, size

    sources = sum(name.startswith("sources/") for name in bundle.entries)
    yield f"{output}: {size(length)} from {plural(sources, 'source')}"
    yield f"digest {bundle.digest}"
    for channel in bundle.manifest["channels"]:
        yield f"channel {channel['name']} for {channel['audience']}: {_counts(channel)}"


def _counts(channel: dict[str, Any]) -> str:
    from interact.runtime.cli.wording import plural

    points = sum(len(zone["points"]) for zone in channel["zones"])
    counts = {
        "zone": len(channel["zones"]),
        "point": points,
        "segment": len(channel["segments"]),
        "offer": len(channel["offers"]),
        "rule": channel["rules"],
    }
    return ", ".join(plural(count, noun) for noun, count in counts.items())
