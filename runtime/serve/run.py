"""Start the service, and end it in order."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import uvicorn

from interact.runtime.errors import UsageError
from interact.runtime.history.writer import History, open_history
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles import ProfileSource
from interact.runtime.host.table_profiles import open_profiles
from interact.runtime.host.tracking import Numbers
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.durable import collect
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.settings import read_settings
from interact.runtime.serve.users import Gate, hashed, read_users


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was asked for.

    Attributes:
        profiles: Paths by audience level, in place of those of ``interact.toml``.
        users: A file of users; None makes one user with a password for this run.
    """

    path: str
    host: str = "127.0.0.1"
    port: int = 8080
    profiles: Mapping[str, str] | None = None
    history: str | None = None
    users: str | None = None
    is_open: bool = False
    origins: Sequence[str] = ()
    kept: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A service that is ready to run, and how to call it."""

    server: uvicorn.Server
    listening: socket.socket
    history: History | None
    deployment: Deployment
    password: str | None
    known: Mapping[str, int]

    def run(self) -> None:
        """Answer until told to stop; then close the history."""
        try:
            self.server.run([self.listening])
        finally:
            if self.history is not None:
                self.history.close()


def start(options: Options) -> Started:
    """Open everything that a service needs.

    Raises:
        InteractError: Something is missing, or the options do not fit each other.
    """
    if options.is_open and not is_loopback(options.host):
        raise UsageError(
            f"--no-auth is for this machine only, and {options.host} is not",
            help="leave --host out, or name a file of users with --users",
        )
    deployment = open_deployment(options.path)
    profiles = _profiles(options, deployment)
    gate, password = _gate(options)
    listening = _listen(options)
    history = _history(options, deployment)
    host = Host(
        deployment,
        profiles,
        collect if history is not None else None,
        options.kept,
        numbers=Numbers(history.writer) if history is not None else Numbers(),
    )
    app = make_app(Service(host, history, gate, Metrics()), options.origins)
    config = uvicorn.Config(
        app, host=options.host, port=options.port, log_level="warning", access_log=False
    )
    known = {level: len(found) for level, found in profiles.items()}  # type: ignore[arg-type]
    return Started(uvicorn.Server(config), listening, history, deployment, password, known)


def _listen(options: Options) -> socket.socket:
    """Take the port, before the history is opened."""
    try:
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        return socket.create_server((options.host, options.port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"cannot listen on {options.host}:{options.port}: {reason[:1].lower()}{reason[1:]}",
            help="choose another port with --port",
        ) from error


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _profiles(options: Options, deployment: Deployment) -> dict[str, ProfileSource]:
    audiences = {a.name.lower(): a for a in deployment.project.program.audiences}
    wanted = read_settings(options.path).profiles | dict(options.profiles or {})
    for level in wanted:
        if level.lower() not in audiences:
            known = ", ".join(a.name for a in audiences.values())
            raise UsageError(f"no audience level {level}", help=f"there are {known}")
    return {
        level.lower(): open_profiles(path, audiences[level.lower()])
        for level, path in wanted.items()
    }


def _history(options: Options, deployment: Deployment) -> History | None:
    if options.history is None:
        return None
    audiences = deployment.project.program.audiences
    names = {a.name: tuple(part.name for part in a.key) for a in audiences}
    return open_history(options.history, lambda level: names[level])


def _gate(options: Options) -> tuple[Gate, str | None]:
    if options.is_open:
        return Gate(None), None
    if options.users is not None:
        return Gate(read_users(options.users)), None
    password = secrets.token_urlsafe(12)
    return Gate({"interact": hashed(password)}), password
