"""``interact new``: a folder with a project to begin with."""

from __future__ import annotations

import click

from interact.runtime.new_project import TEMPLATES


@click.command("new")
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(list(TEMPLATES)),
    default="basic",
    show_default=True,
    help="; ".join(f"{name}: {told}" for name, told in TEMPLATES.items()) + ".",
)
def command(name: str, template: str) -> int:
    """Make a folder NAME with a project, customers to try it on, and what to do next.

    Nothing is overwritten.
    """
    from datetime import UTC, datetime

    from interact.runtime.new_project import CUSTOMERS_FILE, new_project

    files = new_project(name, template, datetime.now(UTC).date())
    click.echo(f"{name}/ has {', '.join(files)}\n\nnext:")
    click.echo(f"  interact check {name}")
    click.echo(f"  interact test {name}")
    click.echo(f"  interact score {name} --customers {name}/{CUSTOMERS_FILE} --out out/{name}")
    return 0
