"""``interact serve``: answer touchpoints."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from interact.runtime.cli import tables
from interact.runtime.cli.tables import table_option

if TYPE_CHECKING:
    from interact.runtime.serve.run import Started


def _profiles(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    for level, _, path in pairs:
        if not level or not path:
            raise click.BadParameter(f"{level!r} is not LEVEL=FILE")
    return {level: path for level, _, path in pairs}


@click.command("serve")
@click.argument("path", metavar="PATH|BUNDLE|REGISTRY")
@click.option("--environment", metavar="NAME", help="Of the registry, such as production.")
@click.option(
    "--poll",
    metavar="SECONDS",
    type=click.FloatRange(0.1, 3600),
    default=2,
    show_default=True,
    help="How often to look for a new version.",
)
@click.option(
    "--host", metavar="HOST", default="127.0.0.1", show_default=True, help="Where to listen."
)
@click.option("--port", metavar="PORT", type=click.IntRange(0, 65535), default=8080,
    show_default=True, help="Which port; 0 for any that is free.")  # fmt: skip
@click.option(
    "--profiles",
    metavar="LEVEL=FILE",
    multiple=True,
    callback=_profiles,
    help="Customers of an audience level, in place of those in interact.toml; may be repeated.",
)
@click.option(
    "--trust",
    metavar="FILE",
    multiple=True,
    help="Serve only what this public key has signed; may be repeated.",
)
@click.option("--history", metavar="DIR", help="Keep contacts and responses there.")
@click.option(
    "--publish",
    metavar="SECONDS",
    type=click.FloatRange(0.1, 3600),
    help="How often the history becomes Parquet; 60 by default.",
)
@click.option(
    "--store",
    metavar="DIR|URL|memory",
    envvar="INTERACT_STORE",
    help="Where sessions and what is known of customers are kept: a folder (that of the history "
    "by default), or redis://host:port/db for several hosts.",
)
@click.option("--session-timeout", metavar="SECONDS", type=click.FloatRange(1, 7 * 86400),
    default=300, show_default=True, help="How long a session may be without a call.")  # fmt: skip
@click.option("--most-sessions", metavar="N", type=click.IntRange(1), default=100_000,
    show_default=True,
    help="Sessions of this host at once; beyond, the one not used for longest ends.")  # fmt: skip
@click.option("--keep", metavar="NAME", multiple=True,
    help="A parameter or attribute of sessions for the history; may be repeated.")  # fmt: skip
@click.option("--record-inputs", is_flag=True,
    help="Keep what decisions read, for interact replay; it is personal data.")  # fmt: skip
@click.option("--activity", is_flag=True, help="Keep events and met patterns in the history, too.")
@click.option("--users", metavar="FILE", help="Who may call; see interact user.")
@click.option("--no-auth", is_flag=True, help="Everyone on this machine may call.")
@click.option("--rate", metavar="N", type=click.FloatRange(0, min_open=True),
    help="Requests in a second that a user, or else an address, may make.")  # fmt: skip
@click.option("--log", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Lines for people, or an object of JSON in each, from the first to the last.")  # fmt: skip
@click.option("--log-debug", type=click.Choice(["reasons", "values"]),
    help="Log why sessions with debug on get offers; values: with personal data.")  # fmt: skip
@click.option("--log-requests", is_flag=True, help="Log each request, without personal data.")
@click.option("--origin", metavar="URL", multiple=True,
    help="A web origin whose pages may call; may be repeated.")  # fmt: skip
@table_option
def command(path: str, **options: Any) -> int:
    """Answer touchpoints: sessions, offers and events over HTTP.

    PATH is a file or folder of *.interact, a bundle, or a registry. interact.toml beside it may
    name files of customers. Without --users and --no-auth, one user with a password for this run
    is made.

    A new version takes the place of the served one without a failed request: a bundle that is
    replaced, what is deployed to the environment, and on SIGHUP whatever is there, read anew.
    Sessions keep the version that they began with.
    """  # fmt: skip
    from interact.runtime.errors import not_installed

    try:
        from interact.runtime.history.log import SEGMENT_SECONDS
        from interact.runtime.serve.logs import configure
        from interact.runtime.serve.run import Options

        configure(options["log"], options["log_requests"])
    except ModuleNotFoundError as error:
        raise not_installed("interact serve", error, "serve") from error
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to read anew
    asked = Options(
        path,
        options["host"],
        options["port"],
        options["profiles"],
        options["history"],
        options["users"],
        options["no_auth"],
        options["origin"],
        options["keep"],
        options["activity"],
        options["record_inputs"],
        options["environment"],
        options["poll"],
        options["trust"],
        options["store"],
        options["tables"],
        options["rate"],
        options["publish"] or SEGMENT_SECONDS,
        options["session_timeout"],
        options["most_sessions"],
        options["log_debug"],
    )

    def begin() -> Started:
        from interact.runtime.serve.run import start

        _refuse_idle(options)
        return start(asked)

    return _in_json(begin) if options["log"] == "json" else _in_text(begin)


def _refuse_idle(options: dict[str, Any]) -> None:
    """Refuse options that another one, or its absence, would leave without effect."""
    from interact.runtime.errors import UsageError

    if options["no_auth"] and options["users"] is not None:
        raise UsageError(
            "--no-auth lets everyone in, and --users only some",
            help="leave one of them out",
        )
    if options["history"] is None:
        for name in ("record_inputs", "activity", "keep", "publish"):
            if options[name]:
                raise UsageError(
                    f"--{name.replace('_', '-')} is about the history, and there is none",
                    help="add --history DIR",
                )


def _in_text(begin: Callable[[], Started]) -> int:
    from interact.runtime.cli import findings
    from interact.runtime.project import CheckFailed

    try:
        started = begin()
    except CheckFailed as failed:
        return findings.report(failed)
    started.run(lambda: click.echo(_told(started), err=True))
    return 0


def _in_json(begin: Callable[[], Started]) -> int:
    from interact.runtime.cli.serve_json import in_json, say_started

    def work() -> int:
        started = begin()
        started.run(lambda: say_started(started, _url(started)))
        return 0

    return in_json(work)


def _url(started: Started) -> str:
    host = f"[{started.asked}]" if ":" in started.asked else started.asked
    return f"http://{host}:{started.listening.getsockname()[1]}/servlet/RestServlet"


def _told(started: Started) -> str:
    lines = [_url(started)]
    channels = ", ".join(served.name for served in started.live.whole.channels)
    lines += [
        f"channels: {channels or 'nothing is deployed yet'}",
        f"serving {started.live.told()}",
    ]
    lines += [f"profiles of {level}: {count}" for level, count in started.known.items()]
    lines += tables.of_channels(started.live.whole.channels)
    if started.password is not None:
        lines.append(f"user interact, password {started.password} (for this run)")
    if started.history is not None and started.history.recovered:
        lines.append(f"history: {started.history.recovered:,} rows of a former run were recovered")
    if started.history is None and any(s.channel.limits for s in started.live.whole.channels):
        lines.append("impressions are counted for this run; --history keeps their counts")
    return "\n".join(lines)
