"""``interact user``: a line for a file of users."""

from __future__ import annotations

import sys

import click


@click.command("user")
@click.argument("name")
@click.option(
    "--password",
    metavar="TEXT",
    help="Asked for when it is not given, or the first line of the standard input.",
)
def command(name: str, password: str | None) -> int:
    """Print the line of a user for the file of interact serve --users."""
    from interact.runtime.errors import UsageError
    from interact.runtime.serve.users import hashed

    if not name:
        raise UsageError("the name of the user is empty")
    if name.startswith("#"):
        raise UsageError("a line that begins with # is a comment, and no user")
    if any(c.isspace() for c in name):
        raise UsageError("a name of a user has no blanks")
    if password is None:
        password = _asked()
    if not password:
        raise UsageError("the password is empty", help="leave --password out to be asked for it")
    click.echo(f"{name} {hashed(password)}")
    return 0


def _asked() -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    found: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return found
