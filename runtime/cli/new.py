"""``interact new``: a folder with a project to begin with."""

from __future__ import annotations

import click

from interact.runtime.new_project import TEMPLATES


@click.command("new")
@click.argument("folder")
@click.option(
    "--template",
    type=click.Choice(list(TEMPLATES)),
    default="basic",
    show_default=True,
    help="; ".join(f"{name}: {told}" for name, told in TEMPLATES.items()) + ".",
)
def command(folder: str, template: str) -> int:
    """Make FOLDER with a project of its name, customers to try it on, and what to do next.

    Nothing is overwritten.
    """
    import os
    from datetime import UTC, datetime

    from interact.runtime.new_project import CUSTOMERS_FILE, new_project

    name = os.path.basename(os.path.normpath(folder))
    files = new_project(folder, template, datetime.now(UTC).date())
    click.echo(f"{folder}/ has {', '.join(files)}\n\nnext:")
    click.echo(f"  interact check {folder}")
    click.echo(f"  interact test {folder}")
    click.echo(f"  interact score {folder} --customers {folder}/{CUSTOMERS_FILE} --out out/{name}")
    return 0
