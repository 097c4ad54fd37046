"""Versions that sessions of other hosts need are loaded once, while other calls go on."""

from __future__ import annotations

import threading

import pytest
from tests.runtime.registry.conftest import Versions

from interact.runtime.errors import OutputError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.store.protocol import Busy
from interact.runtime.project import project_in
from interact.runtime.serve.fetching import FORGET_SECONDS, Fetching


def waited(fetching: Fetching, version: str) -> Deployment | None:
    """Return a version when it is there."""
    while True:
        try:
            return fetching(version)
        except Busy as busy:
            over = threading.Event()
            busy.subscribe(over.set)
            assert over.wait(120)


def test_a_version_is_loaded_once_for_all_who_wait(version: Versions) -> None:
    made = Deployment(project_in(version(60).bundle))
    ready: dict[str, Deployment] = {}
    go, loads = threading.Event(), list[str]()

    def load(name: str) -> Deployment:
        loads.append(name)
        go.wait()
        ready[name] = made
        return made

    fetching = Fetching(ready.get, load)
    found: list[Deployment | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(waited(fetching, "v"))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    with pytest.raises(Busy):
        fetching("v")
    go.set()
    for thread in threads:
        thread.join()
    assert (found, loads) == ([made] * 5, ["v"])


@pytest.mark.parametrize("error", [None, OutputError("gone"), ZeroDivisionError("x")])
def test_a_version_that_cannot_be_had_is_not_asked_for_again_at_once(
    error: Exception | None,
) -> None:
    now, loads = 0.0, list[str]()

    def load(name: str) -> None:
        loads.append(name)
        if error is not None:
            raise error

    fetching = Fetching(lambda name: None, load, lambda: now)
    for _ in range(3):
        assert waited(fetching, "v") is None
    assert loads == ["v"]
    now = FORGET_SECONDS
    assert waited(fetching, "v") is None
    assert loads == ["v", "v"]
