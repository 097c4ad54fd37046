"""Start the service, and end it in order."""

from __future__ import annotations

import gc
import logging
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import uvicorn

from interact.runtime.errors import InteractError, UsageError, not_installed
from interact.runtime.history.log import SEGMENT_SECONDS
from interact.runtime.history.recorded import done_before
from interact.runtime.history.writer import History, open_history
from interact.runtime.host.events.tracking import Numbers
from interact.runtime.host.host import Host
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.profiles.tables import TableProfiles
from interact.runtime.host.store.memory import IDLE_SECONDS, MOST_SESSIONS
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.timer import Timer
from interact.runtime.host.trouble import Troubles
from interact.runtime.registry.entries import checked_environment
from interact.runtime.registry.registry import is_registry, open_registry
from interact.runtime.serve.admission import Admission, open_users
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.connections import Bounds, most_connections
from interact.runtime.serve.debugging import Debugging, Depth
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.origins import checked_origins
from interact.runtime.serve.polling import Polling
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.rates import Rates
from interact.runtime.serve.server import make_server
from interact.runtime.serve.settings import read_settings
from interact.runtime.serve.signals import stopped_by_signals
from interact.runtime.serve.stores import open_counts, open_store
from interact.runtime.serve.updating import Live, Updates
from interact.runtime.serve.users import Gate, hashed
from interact.runtime.serve.versions import (
    PathVersions,
    RegistryVersions,
    Trust,
    Versions,
    trust_all,
)
from interact.runtime.tables.rows import TableSpec
from interact.runtime.tables.settings import read_table_settings
from interact.runtime.values import instant

log = logging.getLogger("interact.serve")
_TOLD = 4
"""Columns of history that are named at the start."""
_YOUNG_OBJECTS = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was asked for.

    Attributes:
        profiles: Paths by audience level, in place of those of ``interact.toml``.
        users: A file of users; None makes one user with a password for this run.
        environment: Of the registry at ``path``; None for a project or a bundle.
        trusted: Files of public keys, of which one must have signed what is served.
        tables: Files by table of offers, in place of those of ``interact.toml``.
        store: ``memory``, or a folder; None is one beside the history, if there is a history.
        debug: What the log tells of sessions with debug on; None for nothing.
        rate: Requests in a second that one client may make; None for any number.
        poll_seconds: How long a new version, or a changed file of users, may go unnoticed.
        publish_seconds: How long rows of the history may be in a log only.
        idle_seconds: How long a session may be without a call.
        most_sessions: How many there may be, in a store of this process.
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
    activity: bool = False
    inputs: bool = False
    environment: str | None = None
    poll_seconds: float = 2.0
    trusted: Sequence[str] = ()
    store: str | None = None
    tables: Mapping[str, str] | None = None
    rate: float | None = None
    publish_seconds: float = SEGMENT_SECONDS
    idle_seconds: float = IDLE_SECONDS
    most_sessions: int = MOST_SESSIONS
    debug: Depth | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A service that is ready to run, and how to call it: at the host that was ``asked`` for."""

    server: uvicorn.Server
    asked: str
    listening: socket.socket
    history: History | None
    host: Host
    live: Live
    password: str | None
    known: Mapping[str, str]
    prepare: Preparing
    polling: Polling | None = None

    def run(self, announce: Callable[[], None] = lambda: None) -> None:
        """Answer until told to stop, and do what is due; then close history and counts.

        ``announce`` tells that calls are answered, and that it can be stopped in order.
        """
        with stopped_by_signals(self._stop):
            announce()
            self._run()

    def _stop(self) -> None:
        self.server.should_exit = True

    def _run(self) -> None:
        gc.collect()
        gc.freeze()  # what is there now stays: no request waits until all of it is looked at again
        gc.set_threshold(_YOUNG_OBJECTS, 20, 50)  # fewer than a compiler makes: short waits
        timer = Timer(self.host, _say)
        timer.start()
        if self.polling is not None:
            self.polling.start()
        try:
            self.server.run([self.listening])
        finally:
            timer.stop()
            if self.polling is not None:
                self.polling.stop()
            if self.history is not None:
                self.history.close()
            try:
                self.host.impressions.close()
            except InteractError as error:
                _say(error)
            self.host.store.close()
            self.prepare.close()
            gc.unfreeze()  # libraries expect that what they made goes before them


def _say(error: Exception) -> None:
    if isinstance(error, StoreError):
        return  # the store's ``Trouble`` says it
    is_known = isinstance(error, InteractError)
    log.warning("%s", error, exc_info=None if is_known else error)


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
    origins = checked_origins(options.origins)
    metrics = Metrics()
    updates = _updates(options, metrics)
    live = updates.first()
    gate, users, password = _gate(options)
    listening = _listen(options)
    troubles = Troubles()
    try:
        history, host = _host(options, updates, live, troubles)
    except BaseException:
        listening.close()
        raise
    site = read_settings(options.path).site
    rates = None if options.rate is None else Rates(options.rate)
    service = Service(host, history, gate, metrics, updates, rates, users, troubles=troubles)
    app = make_app(service, origins, site)
    server = make_server(app, service, Bounds(most_connections()))
    return Started(
        server,
        options.host,
        listening,
        history,
        host,
        live,
        password,
        _known(live),
        updates.prepare,
        _polling(options, updates),
    )


def _host(
    options: Options, updates: Updates, live: Live, troubles: Troubles
) -> tuple[History | None, Host]:
    store = open_store(
        options.store,
        options.history,
        options.idle_seconds,
        options.most_sessions,
        troubles.store,
    )
    try:
        history = _history(options, updates, troubles)
    except BaseException:
        store.close()
        raise
    host = Host(
        live.whole,
        {},
        history.record if history is not None else None,
        options.kept,
        options.activity,
        options.inputs,
        numbers=Numbers(history.writer) if history is not None else Numbers(),
        store=store,
        trial=live.trial,
        find=updates.find_or_none,
        impressions=Impressions(open_counts(store, options.history, troubles.impressions)),
        tables=read_settings(options.path).tables,
        debugging=None if options.debug is None else Debugging(options.debug),
    )
    if options.history is not None:
        host.done = done_before(options.history, store.next_due(), instant(host.clock()))
    return history, host


def _updates(options: Options, metrics: Metrics) -> Updates:
    paths = read_settings(options.path).profiles | dict(options.profiles or {})
    tables = read_table_settings(options.path).tables | {
        name: TableSpec(name, place) for name, place in (options.tables or {}).items()
    }
    prepare = Preparing(
        paths,
        observe=metrics.observe_profile,
        tables=tuple(tables.values()),
        is_of_many=is_registry(options.path),
    )
    return Updates(_versions(options), prepare, options.poll_seconds)


def _polling(options: Options, updates: Updates) -> Polling | None:
    if not updates.prepare.tables:
        return None
    seconds = read_table_settings(options.path).poll_seconds
    return Polling(updates.prepare.all_ready, seconds, _say)


def _versions(options: Options) -> Versions:
    if not is_registry(options.path):
        if options.environment is not None:
            raise UsageError(
                f"{options.path} is no registry, so it has no environment {options.environment}"
            )
        if options.trusted:
            raise UsageError("--trust is for registries: they keep signatures beside bundles")
        return PathVersions(options.path)
    registry = open_registry(options.path)
    if options.environment is None:
        known = ", ".join(registry.environments()) or "none yet"
        raise UsageError("which environment?", help=f"--environment: there are {known}")
    environment = checked_environment(options.environment)
    if environment not in (others := registry.environments()):
        there = f"there are {', '.join(others)}" if others else "there is no environment yet"
        log.warning("nothing was ever deployed to %s; %s", environment, there)
    return RegistryVersions(registry, environment, _trust(options))


def _trust(options: Options) -> Trust:
    if not options.trusted:
        return trust_all
    try:
        from interact.runtime.registry.signing import Trusted, read_public_key
    except ModuleNotFoundError as error:
        raise not_installed("--trust", error, "deploy") from error
    return Trusted([read_public_key(path) for path in options.trusted])


def _known(live: Live) -> dict[str, str]:
    """Tell how many customers of each audience level are known, but for those in databases."""
    known: dict[str, str] = {}
    for served in live.whole.channels:
        if isinstance(served.profiles, TableProfiles):
            known[served.audience.name] = (
                f"{len(served.profiles):,}{_told_history(served.profiles)}"
            )
        elif served.profiles is None:
            known[served.audience.name] = "none, but for what calls tell (--profiles)"
    return known


def _told_history(profiles: TableProfiles) -> str:
    """Tell which columns of history are the base of what the host sees."""
    names = sorted(profiles.history)
    more = [f"{len(names) - _TOLD} more"] if len(names) > _TOLD else []
    return f", with {', '.join([*names[:_TOLD], *more])}" if names else ""


def _listen(options: Options) -> socket.socket:
    """Take the port, before the history is opened."""
    try:
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        return socket.create_server((options.host, options.port), family=family, backlog=2048)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while ")[0]
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


def _history(options: Options, updates: Updates, troubles: Troubles) -> History | None:
    if options.history is None:
        return None
    return open_history(
        options.history,
        updates.prepare.keys_of,
        _say,
        segment_seconds=options.publish_seconds,
        outcome=troubles.history,
    )


def _gate(options: Options) -> tuple[Gate, Admission | None, str | None]:
    """Return who may call, the file that says so, and the password of a user for this run."""
    if options.is_open:
        return Gate(None), None, None
    if options.users is not None:
        found = open_users(options.users, options.poll_seconds)
        return found.gate, found, None
    password = secrets.token_urlsafe(12)
    return Gate({"interact": hashed(password)}), None, password
