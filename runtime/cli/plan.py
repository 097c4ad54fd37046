"""``interact plan``: show a stage of the compiler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interact.runtime.project import Project


@click.command("plan")
@click.argument("path")
@click.option(
    "--stage",
    type=click.Choice(["surface", "core", "columnar"]),
    default="columnar",
    show_default=True,
    help="What was written, what it means, or what is computed.",
)
@click.option("--channel", metavar="NAME", help="Only this channel.")
def command(path: str, stage: str, channel: str | None) -> int:
    """Show what the compiler makes of the project at PATH, sources or a bundle."""
    from interact.runtime.cli import findings

    project = findings.opened(path)
    show = {"surface": _surface, "core": _core, "columnar": _columnar}[stage]
    click.echo("\n".join(show(project, channel)).rstrip("\n"))
    return 0


def _surface(project: Project, channel: str | None) -> Iterator[str]:
    from interact.compiler.diagnostics.diagnostic import Sink
    from interact.compiler.surface.from_source import parse_module
    from interact.compiler.surface.print import print_module

    for source in project.sources.values():
        yield f"# {source.name}\n\n{print_module(parse_module(source, Sink()))}"


def _core(project: Project, channel: str | None) -> Iterator[str]:
    from interact.compiler.core.print import print_program

    program = project.program
    if channel is not None:
        program = replace(program, channels=(project.channel(channel),))
    yield print_program(program)


def _columnar(project: Project, channel: str | None) -> Iterator[str]:
    from interact.compiler.columnar.print import print_plan

    channels = project.program.channels if channel is None else (project.channel(channel),)
    for found in channels:
        yield f"channel {found.name}\n{print_plan(project.plan_of(found))}"
