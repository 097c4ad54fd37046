"""The command ``interact``: finds the subcommand, and turns every failure into a line.

==========  =====================================================================
exit code   meaning
==========  =====================================================================
0           done
1           a finding: errors in the sources, data that do not fit, a failed write
2           wrong usage
130         interrupted
143         told to stop (SIGTERM)
141         whoever read the output went away
==========  =====================================================================

A subcommand's module is imported when it is called for, and each imports what it needs inside,
so that none pays for another's libraries.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import click

from interact.runtime.cli.file_names import take_file_names
from interact.runtime.errors import InteractError

GROUPS = {
    "Write a project": ("new", "check", "fmt", "test", "describe", "functions", "lints", "plan"),
    "Run it": ("score", "explain", "build", "serve", "user"),
    "Deploy it": (
        "deploy", "promote", "rollback", "undeploy", "deployments", "fetch", "diff", "key",
    ),
    "See what came of it": ("report", "history", "replay", "campaign"),
    "For editors": ("lsp",),
}  # fmt: skip
COMMANDS = {
    "new": "Make a project to begin with.",
    "check": "Find mistakes in a project.",
    "fmt": "Write sources in the canonical form.",
    "test": "Run the tests of a project.",
    "build": "Make one file of a project, ready to run.",
    "score": "Decide for all customers of a file.",
    "deploy": "Let an environment run a bundle.",
    "promote": "Let an environment run what another one runs.",
    "rollback": "Go back to an earlier version.",
    "undeploy": "Let an environment run nothing.",
    "deployments": "Show what environments run, and what they ran.",
    "fetch": "Get a bundle out of a registry.",
    "diff": "Show what changed between two states of a project.",
    "key": "Make keys that sign what is deployed.",
    "describe": "Draw a project as a page.",
    "serve": "Answer touchpoints over HTTP.",
    "user": "Make a line for a file of users.",
    "report": "Tell what was shown and what came of it.",
    "history": "Show, verify and compact contacts and responses.",
    "replay": "Decide again what was decided, and tell what differs.",
    "campaign": "Import contacts and responses into a campaign database.",
    "explain": "Say why a customer gets what it gets.",
    "plan": "Show what the compiler makes of a project.",
    "functions": "List what expressions can call, or explain one.",
    "lsp": "Serve editors: what is wrong, what can be written.",
    "lints": "List what the lints of check look for, or explain one.",
}
INTERRUPTED, GONE, STOPPED = 130, 141, 143
YOUNG_OBJECTS = 500_000
_SURROGATES = "surrogates not allowed"
"""How Python refuses the bytes of a name that it could not read as text."""


class Stopped(BaseException):
    """The process was told to stop: whoever is at work cleans up as for Ctrl-C."""


class Gone(Exception):
    """Whoever read the output went away; click has an exit code of its own for that."""


def _stop(number: int, frame: object) -> None:
    raise Stopped


def collect_rarely() -> None:
    """Look for cycles among many new objects only, as a compiler makes: its trees have none."""
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)


class Commands(click.Group):
    """Imports a subcommand when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for group in GROUPS.values() for name in group]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"no such command {cmd_name!r}{hint}", ctx)
        found: click.Command = import_module(f"interact.runtime.cli.{cmd_name}").command
        return take_file_names(found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), COMMANDS[name]) for name in names])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise Gone from error

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run the command line ``args`` and leave with an exit code."""
        sys.exit(self._run(args, extra.get("obj")))

    def _run(self, args: Sequence[str] | None, obj: Any) -> int:
        collect_rarely()
        try:
            code = super().main(args, "interact", standalone_mode=False, obj=obj)
            if sys.stdout is not None:  # as it is when it was closed
                sys.stdout.flush()
        except Stopped:
            return _say("stopped", STOPPED)
        except (KeyboardInterrupt, click.Abort):
            return _say("interrupted", INTERRUPTED)
        except InteractError as error:
            return _say(error.render(), error.exit_code)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            return 2
        except click.ClickException as error:
            return _say(_usage_error(error), 2)
        except (BrokenPipeError, Gone):
            return _gone()
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            return _say(f"error: {error.strerror or error}{where}", 1)
        except ModuleNotFoundError as error:
            return _missing(error, next(iter(sys.argv[1:] if args is None else args), ""))
        except UnicodeEncodeError as error:
            return _bug(error) if error.reason != _SURROGATES else _say(_unreadable(error), 2)
        except Exception as error:
            return _bug(error)
        return code if isinstance(code, int) else 0


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"interact {version('interact-dsl')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Real-time offer decisioning as code."""


def main() -> None:
    """Run the command line of this process."""
    signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not know every character
    cli.main()


_RANGES = {"integer range": "a whole number", "float range": "a number"}


def _unreadable(error: UnicodeEncodeError) -> str:
    """Tell of a name of a file that is not text."""
    text = error.object.encode("utf-8", "backslashreplace").decode()
    name = text if len(text) < 200 and "\n" not in text else "the name of a file or folder"
    return InteractError(
        f"{name} is not text in the encoding of this system",
        help="rename it to UTF-8, and set LC_ALL to a locale of UTF-8, such as C.UTF-8",
    ).render()


def _usage_error(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split()).rstrip(".")
    message = message[:1].lower() + message[1:]
    for name, plain in _RANGES.items():
        message = message.replace(f"is not a valid {name}", f"is not {plain}")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    path = ctx.command_path if ctx is not None else "interact"
    return InteractError(message, help=f"see {path} --help").render()


def _missing(error: ModuleNotFoundError, command: str) -> int:
    from interact.runtime.cli.missing import told_of

    told = told_of(error, command)
    return _bug(error) if told is None else _say(told.render(), told.exit_code)


def _bug(error: Exception) -> int:
    if os.environ.get("INTERACT_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    place = f"{type(error).__name__}: {error}".splitlines()[0]
    return _say(
        f"error: this is a bug of interact: {place}\n"
        "  help: INTERACT_DEBUG=1 shows where; please report it with that",
        1,
    )


def _say(text: str, code: int) -> int:
    with suppress(OSError):
        click.echo(text, err=True)
    return code


def _gone() -> int:
    """Keep the interpreter from complaining about the pipe when it closes its streams."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return GONE
