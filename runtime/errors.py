"""Errors that a user can cause, and what to do about each.

InteractError             anything that stops a command with one clear line
├── UsageError            the command was called wrongly: no such file, an unknown format
├── DataError             a customer file cannot be read, or does not hold what is needed
│   └── SchemaError       columns that are missing or of another type, all of them in one message
└── OutputError           a result cannot be written: no space, no permission, in the way

Bugs are other exceptions, and show their traceback.
"""

from __future__ import annotations

from typing import ClassVar


class InteractError(Exception):
    """What went wrong and where, in ``message``; what to do about it, in ``help``."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def render(self) -> str:
        """Return the lines that a terminal shows.

        >>> print(UsageError("no such file: a.csv", help="check the path").render())
        error: no such file: a.csv
          help: check the path
        """
        return f"error: {self.message}" + (f"\n  help: {self.help}" if self.help else "")


class UsageError(InteractError):
    """The command was called wrongly."""

    exit_code = 2


def not_installed(what: str, error: ModuleNotFoundError, extra: str) -> UsageError:
    """Return the error of something that needs an extra.

    >>> print(not_installed("--sign", ModuleNotFoundError(name="a.b"), "deploy").render())
    error: --sign needs a
      help: pip install 'interact-dsl[deploy]'
    """
    package = str(error.name).partition(".")[0]
    return UsageError(f"{what} needs {package}", help=f"pip install 'interact-dsl[{extra}]'")


class DataError(InteractError):
    """Customer data cannot be read or are not what was asked for."""


class SchemaError(DataError):
    """Columns are missing or hold another type; the message has a line for each."""


class OutputError(InteractError):
    """A result cannot be written."""
