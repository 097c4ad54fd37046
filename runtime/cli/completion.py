"""Completion in shells: names of files, where a command takes some."""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem

_FILES = re.compile(r"(?:PATH|FILE|DIR|BUNDLE|FOLDER|HISTORY|REGISTRY|PLACE)\b(?!=)")


class FileName(click.types.StringParamType):
    """A text whose completions are the names of files and folders."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Leave it to the shell to list files."""
        return [CompletionItem(incomplete, type="file")]


def complete_files(command: click.Command) -> click.Command:
    """Let the parameters of a command, and of those below it, complete names of files."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            complete_files(below)
    for param in command.params:
        if param.type is click.STRING and _FILES.match(_shown(param)):
            param.type = FileName()
    return command


def _shown(param: click.Parameter) -> str:
    """Return how the help calls the values of a parameter.

    >>> _shown(click.Option(["--out"], metavar="FILE")), _shown(click.Argument(["path"]))
    ('FILE', 'PATH')
    """
    return param.metavar or (param.name or "").upper()
