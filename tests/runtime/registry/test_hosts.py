"""Hosts as processes: deployed to again and again while they answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from tests.ports import free_port
from tests.runtime.registry.conftest import Command, project

Serve = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what starts a host and returns it with its address, when it answers."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        command = [sys.executable, "-m", "interact", "serve", *arguments, "--no-auth"]
        run = subprocess.Popen(
            [*command, "--port", str(port), "--poll", "0.1"], stderr=subprocess.PIPE, text=True
        )
        started.append(run)
        base = f"http://127.0.0.1:{port}"
        until(lambda: run.poll() is not None or ready(base) is not None)
        return run, base

    yield start
    for run in started:
        run.kill()
        run.communicate()


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not is_so():
        threading.Event().wait(0.02)


def ready(base: str) -> Any:
    try:
        return httpx.get(f"{base}/ready").json()
    except httpx.TransportError:
        return None


class Load:
    """Visits one after the other, until stopped; keeps what was wrong."""

    def __init__(self, base: str) -> None:
        self.base, self.wrong, self.versions = base, list[object](), set[str]()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.visits, args=(n,)) for n in range(3)]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def visits(self, worker: int) -> None:
        number = 0
        with httpx.Client() as client:
            while not self.over.is_set():
                number += 1
                seen = set(self.visit(client, f"{worker}-{number}", number))
                self.versions |= seen
                if len(seen) != 1:
                    self.wrong.append(seen)

    def visit(self, client: httpx.Client, session: str, key: int) -> Iterator[str]:
        offers = {"action": "getOffers", "ip": "hero"}
        commands: list[dict[str, Any]] = [
            {"action": "startSession", "ic": "Web",
             "audienceID": [{"n": "id", "v": key, "t": "numeric"}],
             "parameters": [{"n": "age", "v": 20, "t": "numeric"}]},
            offers, {"action": "postEvent", "event": "contact"}, offers, {"action": "endSession"},
        ]  # fmt: skip
        for command in commands:
            body = {"sessionId": session, "commands": [command]}
            try:
                answer = client.post(f"{self.base}/servlet/RestServlet", json=body, timeout=120)
                told = answer.json()
                if (answer.status_code, told["batchStatusCode"]) != (200, 0):
                    self.wrong.append(told)
                yield told["responses"][0]["version"]
            except (httpx.TransportError, ValueError, KeyError) as error:
                self.wrong.append(error)


def test_no_request_fails_while_versions_change(run: Command, serve: Serve) -> None:
    run("deploy", project(60), "--to", "production", "--no-tests")
    process, base = serve("r", "--environment", "production", "--history", "h")
    with Load(base) as load:
        for number in range(2, 8):
            if number % 3:
                run("deploy", project(60 + number), "--to", "production", "--no-tests")
            else:
                run("rollback", "production")
            until(lambda: ready(base)["number"] == number)  # noqa: B023
    assert load.wrong == []
    assert len(load.versions) >= 4
    process.terminate()
    _, log = process.communicate(timeout=120)
    assert log.count("now serving version") == 6
    assert "profiles of Customer: none, but for what calls tell (--profiles)\n" in log


def test_a_bundle_in_place_and_a_signal(run: Command, serve: Serve) -> None:
    run("build", project(60), "-o", "x.bundle")
    process, base = serve("x.bundle")
    first = ready(base)["version"]
    with Load(base) as load:
        run("build", project(70), "-o", "x.bundle")
        until(lambda: ready(base)["version"] != first)
        second = ready(base)["version"]
        Path("x.bundle").write_bytes(b"broken")
        until(lambda: "refused" in ready(base))
        assert ready(base)["version"] == second
        run("build", project(80), "-o", "y.bundle")
        os.replace("y.bundle", "x.bundle")
        os.kill(process.pid, signal.SIGHUP)
        until(lambda: ready(base)["version"] not in (first, second))
    assert load.wrong == []
    process.terminate()
    _, log = process.communicate(timeout=120)
    assert "x.bundle is refused: x.bundle is not a valid bundle" in log


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("r",), "which environment?"),
        (("p", "--environment", "a"), "p is no registry"),
        (("r", "--environment", "a/b"), "is no name of an environment"),
        (("nowhere", "--environment", "a"), "nowhere is no registry"),
    ],
)
def test_wrong_usage_is_one_message(run: Command, arguments: tuple[str, ...], said: str) -> None:
    run("deploy", project(60), "--to", "production", "--no-tests")
    found = run("serve", *arguments, "--no-auth")
    assert (found.exit_code, found.output.count("error: ")) == (2, 1)
    assert said in found.output


def test_sources_with_errors_are_shown(run: Command) -> None:
    Path("p").mkdir()
    Path("p/a.interact").write_text("offer X { live never }")
    found = run("serve", "p", "--no-auth")
    assert (found.exit_code, found.output.count("error")) == (1, 2)
    assert "p/a.interact:1:" in found.output
    assert found.output.endswith("1 error in 1 file\n")
