"""Histories of environments: one entry after the other, whoever writes at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.registry.conftest import Versions

from interact.runtime.bundle import BundleError
from interact.runtime.errors import OutputError, UsageError
from interact.runtime.registry.deploying import Act, deploy, promote, rollback, undeploy
from interact.runtime.registry.entries import Entry, RegistryError, before, decode, encode
from interact.runtime.registry.registry import Registry, open_registry
from interact.runtime.registry.storage import Storage

DIGESTS = [letter * 64 for letter in "abc"]
ACT = Act("ann")


@pytest.fixture(params=["folder", "memory"])
def registry(request: pytest.FixtureRequest) -> Registry:
    place = "r" if request.param == "folder" else f"memory://{uuid4().hex}/r"
    return open_registry(place, make=True)


def test_what_is_deployed_is_found_again(registry: Registry, version: Versions) -> None:
    one, two = version(60), version(70)
    assert deploy(registry, one.bundle, one.data, "staging", ACT) is not None
    assert deploy(registry, one.bundle, one.data, "staging", ACT) is None
    assert deploy(registry, two.bundle, two.data, "staging", Act("bob", "warmer")) is not None
    again = open_registry(registry.place)
    (first, second) = again.history("staging")
    assert (first.whole, second.whole) == (one.bundle.digest, two.bundle.digest)
    assert (second.by, second.why, second.version) == ("bob", "warmer", 2)
    assert again.bundle(one.bundle.digest).entries == one.bundle.entries
    assert again.environments() == ["staging"]
    assert again.last("staging") == again.last("staging", first) == second
    assert again.last("production") is None


def test_deployers_at_once_make_one_history(registry: Registry, version: Versions) -> None:
    one, two = version(60), version(70)
    done: list[Entry] = []
    refused: list[RegistryError] = []
    go = threading.Barrier(8)

    def work(number: int) -> None:
        mine = open_registry(registry.place)
        go.wait()
        for turn in range(6):
            built = (one, two)[(number + turn) % 2]
            try:
                made = deploy(mine, built.bundle, built.data, "production", Act(f"w{number}"))
                done.extend([] if made is None else [made])
            except RegistryError as error:
                refused.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = registry.history("production")
    assert [e.version for e in kept] == list(range(1, len(done) + 1))
    assert sorted(done, key=lambda e: e.version) == list(kept)
    assert all("was changed by" in e.message for e in refused)
    assert set(registry.storage.names("bundles")) == {
        f"{b.bundle.digest}.bundle" for b in (one, two)
    }


def test_a_stale_deployer_is_refused(registry: Registry, version: Versions) -> None:
    one, two = version(60), version(70)
    deploy(registry, one.bundle, one.data, "staging", ACT)
    deploy(registry, one.bundle, one.data, "production", ACT)
    seen = registry.entries("production")
    deploy(registry, two.bundle, two.data, "production", Act("bob"))
    with pytest.raises(RegistryError, match="changed by bob meanwhile; nothing was done"):
        promote(registry, two.bundle.digest, seen, "staging", "production", ACT)
    assert registry.history("production")[-1].by == "bob"


def test_going_back_is_whole(registry: Registry, version: Versions) -> None:
    built = [version(n) for n in (60, 61, 62)]
    for one in built:
        deploy(registry, one.bundle, one.data, "p", ACT)
    wholes = [b.bundle.digest for b in built]
    assert rollback(registry, "p", ACT).whole == wholes[1]
    assert rollback(registry, "p", ACT).whole == wholes[0]
    with pytest.raises(RegistryError, match="no earlier version"):
        rollback(registry, "p", ACT)
    assert rollback(registry, "p", ACT, 3).whole == wholes[2]
    undeploy(registry, "p", ACT)
    assert undeploy(registry, "p", ACT) is None
    with pytest.raises(UsageError, match="no version 7"):
        rollback(registry, "p", ACT, 7)
    assert rollback(registry, "p", ACT).whole == wholes[2]


def test_a_trial_ends_by_going_back_or_for_everybody(registry: Registry, version: Versions) -> None:
    one, two = version(60), version(70)
    with pytest.raises(UsageError, match="nothing is deployed"):
        deploy(registry, one.bundle, one.data, "p", ACT, share=10)
    deploy(registry, one.bundle, one.data, "p", ACT)
    trial = deploy(registry, two.bundle, two.data, "p", ACT, share=10)
    assert trial is not None
    assert (trial.whole, trial.trial, trial.share) == (one.bundle.digest, two.bundle.digest, 10)
    back = rollback(registry, "p", ACT)
    assert (back.whole, back.trial, back.source) == (one.bundle.digest, None, "1")
    with pytest.raises(RegistryError, match="no earlier version"):
        rollback(registry, "p", ACT)
    deploy(registry, two.bundle, two.data, "p", ACT, share=20)
    whole = promote(registry, two.bundle.digest, registry.history("p"), "p", "p", ACT)
    assert whole is not None
    assert (whole.whole, whole.trial) == (two.bundle.digest, None)
    assert rollback(registry, "p", ACT).whole == one.bundle.digest


ACTIONS = st.lists(
    st.sampled_from(["deploy a", "deploy b", "deploy c", "trial a", "trial b", "back", "nothing"]),
    max_size=14,
)


def histories(actions: list[str]) -> Iterator[tuple[Entry, ...]]:
    """Yield a history as it grows."""
    found: list[Entry] = []
    for action in actions:
        verb, _, letter = action.partition(" ")
        now = found[-1].whole if found else None
        if verb == "deploy":
            found.append(ACT.entry(found, "p", "deploy", letter * 64, "x"))
        elif verb == "trial" and now not in (None, letter * 64):
            made = ACT.entry(found, "p", "deploy", now, "x", trial=letter * 64, share=5)
            found.append(made)
        elif verb == "nothing" and now is not None:
            found.append(ACT.entry(found, "p", "undeploy", None, "x"))
        elif verb == "back" and (to := before(found)) is not None:
            source = str(to.version)
            found.append(ACT.entry(found, "p", "rollback", to.whole, "x", source=source))
        yield tuple(found)


@settings(max_examples=200)
@given(ACTIONS)
def test_going_back_changes_what_runs_and_comes_to_an_end(actions: list[str]) -> None:
    for history in histories(actions):
        to = before(history)
        if to is None:
            continue
        now = history[-1]
        assert to.whole is not None
        assert to.version < now.version
        assert (to.whole, None) != (now.whole, now.trial)
        steps = list(histories([*actions, *["back"] * (len(actions) + 1)]))
        assert before(steps[-1]) is None


@given(ACTIONS)
def test_entries_are_read_as_they_were_written(actions: list[str]) -> None:
    for history in histories(actions):
        for entry in history:
            assert decode("x", entry.environment, entry.version, encode(entry)) == entry


@settings(max_examples=300)
@given(st.data())
def test_what_is_no_entry_is_refused(data: st.DataObject) -> None:
    entry = Entry("p", 2, "rollback", DIGESTS[0], "x", "2026-11-24", "ann", source="1")
    whole = encode(entry)
    wrong = data.draw(
        st.binary(max_size=20)
        | st.integers(0, len(whole) - 2).map(lambda n: whole[:n])
        | st.sampled_from(
            [
                encode(replace(entry, **change))  # type: ignore[arg-type]
                for change in (
                    {"version": 3}, {"whole": "../x"}, {"whole": 7}, {"source": "2"}, {"by": None},
                    {"source": "x"}, {"action": "fly"}, {"share": 101}, {"environment": "q"},
                    {"whole": None, "trial": DIGESTS[1]},
                )
            ]
        )
    )  # fmt: skip
    with pytest.raises(RegistryError):
        decode("x", "p", 2, wrong)


class Dying:
    """A storage whose user dies at a write, before or after it is done."""

    def __init__(self, storage: Storage, writes: int, *, is_done: bool) -> None:
        self.storage, self.place = storage, storage.place
        self.left, self.is_done = writes, is_done

    def create(self, name: str, data: bytes) -> bool:
        if self.left == 0 and not self.is_done:
            raise KeyboardInterrupt
        found = self.storage.create(name, data)
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return found

    def read(self, name: str) -> bytes | None:
        return self.storage.read(name)

    def names(self, folder: str) -> list[str]:
        return self.storage.names(folder)


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("writes", [0, 1])
def test_a_deployment_is_whole_or_nothing(
    registry: Registry, version: Versions, writes: int, is_done: bool
) -> None:
    one, two = version(60), version(70)
    deploy(registry, one.bundle, one.data, "p", ACT)
    dying = Registry(Dying(registry.storage, writes, is_done=is_done))
    with pytest.raises(KeyboardInterrupt):
        deploy(dying, two.bundle, two.data, "p", ACT)
    is_deployed = writes == 1 and is_done
    expected = two if is_deployed else one
    last = registry.history("p")[-1]
    assert last.whole == expected.bundle.digest
    assert registry.bundle(last.whole).digest == last.whole
    again = deploy(registry, two.bundle, two.data, "p", ACT)
    assert (again is None) == is_deployed


def test_a_damaged_registry_is_told(version: Versions) -> None:
    registry, one = open_registry("r", make=True), version(60)
    deploy(registry, one.bundle, one.data, "p", ACT)
    (kept,) = Path("r/bundles").iterdir()
    kept.write_bytes(version(61).data)
    with pytest.raises(BundleError, match="another bundle than its name says"):
        registry.bundle(one.bundle.digest)
    kept.write_bytes(one.data[:-3])
    with pytest.raises(BundleError, match="not a valid bundle"):
        deploy(registry, one.bundle, one.data, "q", ACT)
    assert registry.environments() == ["p"]
    kept.unlink()
    with pytest.raises(RegistryError, match=r"is missing"):
        registry.bundle(one.bundle.digest)
    Path("r/registry.json").write_text('{"format": 9}')
    with pytest.raises(RegistryError, match="has the format 9"):
        open_registry("r")


def test_a_history_with_a_gap_is_told(version: Versions) -> None:
    registry = open_registry("r", make=True)
    for gold in (60, 61, 62):
        one = version(gold)
        deploy(registry, one.bundle, one.data, "p", ACT)
    Path("r/environments/p/notes.txt").touch()
    assert registry.last("p") == registry.history("p")[-1]
    Path("r/environments/p/00000002.json").unlink()
    with pytest.raises(RegistryError, match=r"00000002.json is missing"):
        registry.history("p")
    last = registry.last("p")
    assert last is not None
    assert last.version == 3


def test_a_registry_begins_in_an_empty_folder() -> None:
    Path("full").mkdir()
    Path("full/x").touch()
    with pytest.raises(UsageError, match="holds something else"):
        open_registry("full", make=True)
    with pytest.raises(UsageError, match="is a file"):
        open_registry("full/x", make=True)
    with pytest.raises(UsageError, match="cannot be in http://x"):
        open_registry("http://x", make=True)
    Path("mine").mkdir()
    Path("mine/interact.toml").touch()
    open_registry("mine", make=True)


def test_a_storage_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = open_registry(f"memory://{uuid4().hex}", make=True)

    def fail(*_: object, **__: object) -> None:
        raise TimeoutError("the store\ndoes not answer")

    for name in ("cat_file", "pipe_file", "ls"):
        monkeypatch.setattr(f"fsspec.implementations.memory.MemoryFileSystem.{name}", fail)
    entry = ACT.entry([], "p", "deploy", DIGESTS[0], "x")
    for call in (
        lambda: registry.last("p"),
        lambda: registry.environments(),
        lambda: registry.append(entry),
    ):
        with pytest.raises(OutputError, match=r"the store$"):
            call()
