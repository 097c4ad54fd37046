"""Profiles that are fetched while others wait: shared, given up in time, and never stale."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from interact.runtime.errors import DataError
from interact.runtime.host.batch import start_session
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.fetched import FetchedProfiles
from interact.runtime.host.profiles.source import Key, Profile
from interact.runtime.host.results import NameValue

SOURCE = """
audience Person {
  key region: text, number: int
  profile { name: text? }
}
channel Web for Person { zone Home { point hero } }
offer Gold {}
strategy Cards on Web { zone Home { Gold score 10 when name = "x" } }
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("project") / "p.interact"
    file.write_text(SOURCE)
    return open_deployment(str(file))


class Slow:
    """Profiles that come when they are let go."""

    def __init__(self) -> None:
        self.go, self.loads = threading.Event(), 0

    def load(self, key: Key) -> Profile | None:
        self.loads += 1
        assert self.go.wait(120)
        return Profile({"name": str(key)}, {})


def test_callers_of_one_profile_share_a_query_and_others_do_not_wait(deployment: Any) -> None:
    slow = Slow()
    source = FetchedProfiles(slow, 2, 120)
    host = Host(deployment, {"person": source})

    def start(name: str, number: int) -> None:
        ids = [NameValue("region", "n", "string"), NameValue("number", number, "numeric")]
        assert host.start_session(name, "Web", ids).status == 0

    callers = [threading.Thread(target=start, args=(f"s{i}", i % 2)) for i in range(6)]
    for caller in callers:
        caller.start()
    host.start_session("visitor", "Web", [])  # nobody's profile is asked for
    slow.go.set()
    for caller in callers:
        caller.join(120)
        assert not caller.is_alive()
    assert slow.loads <= 6
    assert not source._fetches


def test_a_batch_about_many_customers_fetches_each_once(deployment: Any) -> None:
    slow = Slow()
    slow.go.set()
    host = Host(deployment, {"person": FetchedProfiles(slow, 2, 120)})
    commands = [
        start_session(
            "Web", [NameValue("region", "n", "string"), NameValue("number", n, "numeric")]
        )
        for n in range(12)
    ]
    assert host.execute_batch("s", commands).status == 0
    assert slow.loads == 12


def test_what_waited_too_long_for_a_thread_is_given_up(deployment: Any) -> None:
    now, slow = [0.0], Slow()
    outcomes: list[str] = []
    source = FetchedProfiles(slow, 1, 1.0, lambda o, s: outcomes.append(o), lambda: now[0])
    told = threading.Semaphore(0)
    for number in (1, 2):
        _subscribe(source, number, told.release)
    now[0] = 5.0
    slow.go.set()
    for _ in range(2):
        assert told.acquire(timeout=120)
    assert source.load((1,)) is not None
    with pytest.raises(DataError, match="does not keep up"):
        source.load((2,))
    assert outcomes == ["found", "failed"]


def test_a_profile_that_nobody_took_is_not_given_to_a_later_session() -> None:
    now, slow = [0.0], Slow()
    slow.go.set()
    source = FetchedProfiles(slow, 1, 1.0, clock=lambda: now[0])
    told = threading.Semaphore(0)
    for _ in range(2):  # an hour apart: each is fetched
        _subscribe(source, 1, told.release)
        assert told.acquire(timeout=120)
        now[0] += 3600.0
    assert slow.loads == 2


def _subscribe(source: FetchedProfiles, number: int, wake: Callable[[], None]) -> None:
    from interact.runtime.host.store.protocol import Busy

    with pytest.raises(Busy) as busy:
        source.load((number,))
    busy.value.subscribe(wake)
