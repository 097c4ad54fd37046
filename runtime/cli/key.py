"""``interact key``: keys that sign bundles."""

from __future__ import annotations

import click

from interact.runtime.cli.environments import signing


@click.group("key")
def command() -> None:
    """Make keys that sign what is deployed."""


@command.command("new", short_help="Make both halves of a key.")
@click.argument("path")
def new(path: str) -> int:
    """Make PATH.key, which is secret and signs, and PATH.pub, which hosts check with."""
    name = signing().new_key(path)
    click.echo(f"{path}.key is secret, {path}.pub is for hosts; the key is called {name}")
    return 0
