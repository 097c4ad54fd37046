"""Parameters that name files: never empty, and shells complete them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_FILES = re.compile(r"(?:PATH|FILE|DIR|BUNDLE|FOLDER|HISTORY|REGISTRY|PLACE)\b(?!=)")


class FileName(click.types.StringParamType):
    """The name of a file or folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty name, as it comes from a variable of the shell that is not set."""
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Leave it to the shell to list files."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


def take_file_names(command: click.Command) -> click.Command:
    """Let the parameters of a command, and of those below it, that name files say so."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            take_file_names(below)
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
