"""``interact lsp``: a language server for editors."""

from __future__ import annotations

import click


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Speak over standard input and output; as ever.")
def command(stdio: bool) -> int:
    """Tell an editor what is wrong, and what can be written, while a project is being written.

    It speaks the Language Server Protocol; editors start it by themselves (docs/editors.md).
    """
    import os
    import sys

    from interact.runtime.editor.server import make_server

    if sys.stdin.isatty():
        click.echo("this is for editors, which start it by themselves; Ctrl-C ends it", err=True)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed by accident is no answer
    make_server().start_io(stdout=answers)
    return 0
