"""A PostgreSQL server of one's own: in a temporary folder, reached by a socket, gone in the end.

Tests take the fixture ``postgres``, a new database each. The server refuses root; then it runs as
the user ``postgres``, which Debian's package makes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

USER = "tester"
_TESTING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Database:
    """A database: its URL, as users write it."""

    url: str

    def select(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement; return its rows, if it has some."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as db:
            done = db.execute(sql, parameters or None)
            return done.fetchall() if done.description else []


@dataclass(frozen=True)
class Server:
    """A running server; ``folder`` has its files and its socket."""

    folder: Path
    _numbers: Iterator[int]

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql:///{database}?host={quote(str(self.folder), safe='')}&user={USER}"

    def new_database(self) -> Database:
        """Return a new database, empty."""
        name = f"test{next(self._numbers)}"
        Database(self.url("postgres")).select(f"CREATE DATABASE {name}")
        return Database(self.url(name))


@contextmanager
def running_server(*settings: str) -> Iterator[Server]:
    """Start a server, and stop it in the end; it dies with this process."""
    folder = Path(tempfile.mkdtemp(prefix="ixpg-", dir="/tmp"))  # a socket's path must be short
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    data = str(folder / "data")
    initdb = [*as_user, _program("initdb"), "-D", data, "-U", USER, "-A", "trust", "--no-sync"]
    subprocess.run([*initdb, "-E", "UTF8", "--locale=C.UTF-8"], check=True, capture_output=True)
    own = ("listen_addresses=", f"unix_socket_directories={folder}", "log_min_messages=fatal")
    options = [part for setting in (*own, *settings) for part in ("-c", setting)]
    dying = [*(as_user or ["setpriv"]), "--pdeathsig=INT"] if shutil.which("setpriv") else []
    server = subprocess.Popen(
        [*dying, _program("postgres"), "-D", data, *options], stderr=subprocess.PIPE
    )
    try:
        _wait(Server(folder, count()), server)
        yield Server(folder, count())
    finally:
        server.send_signal(signal.SIGQUIT)  # there is nothing to keep
        server.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            Database(server.url("postgres")).select("SELECT 1")
            return
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"PostgreSQL did not start: {process.communicate()[1].decode()}")


def _program(name: str) -> str:
    """Return a program of the server, which Debian keeps out of the way."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = shutil.which(name) or (str(found[-1]) if found else "")
    if not path:
        raise RuntimeError(f"no {name}: install postgresql")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server for all tests."""
    with running_server(*_TESTING) as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Database:
    """A new, empty database."""
    return postgres_server.new_database()
