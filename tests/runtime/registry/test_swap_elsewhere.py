"""Versions that other hosts serve, and registries that cannot be reached."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.runtime.registry.conftest import Versions, project
from tests.runtime.registry.swapping import Running, put, running

from interact.runtime.build import build
from interact.runtime.errors import InteractError, OutputError
from interact.runtime.host.results import NameValue
from interact.runtime.host.store.stored import saved_session, session_bytes
from interact.runtime.registry.registry import Registry
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.updating import Updates
from interact.runtime.serve.versions import RegistryVersions, trust_all


def test_versions_that_other_hosts_serve_are_found(registry: Registry, version: Versions) -> None:
    first = put(registry, version(60))
    found = running(registry)
    second = put(registry, version(70))
    ahead = found.updates.find(second)
    assert ahead is not None
    assert ahead.version == second
    assert found.update()
    assert found.host.deployment is ahead
    assert found.updates.find(first) is not None
    assert found.updates.find("../../registry.json") is None
    with pytest.raises(InteractError, match="is missing"):
        found.updates.find("a" * 64)
    assert found.updates.prepare.most == 8
    for gold in range(80, 90):
        put(registry, version(gold))
        assert found.update()
    assert found.updates.prepare.ready(first) is None
    again = found.updates.find(first)
    assert again is not None
    assert again.version == first


def test_a_saved_session_goes_on_with_its_version_wherever_it_is(
    registry: Registry, version: Versions
) -> None:
    first = put(registry, version(60))
    found = running(registry)
    found.begin("s")
    found.host.post_event("s", "accept", [NameValue("UACIEventID", "e1", "string")])
    held = found.host.store.find("s")
    assert held is not None
    saved = saved_session(session_bytes(held.session))
    put(registry, version(70))
    other = running(registry)
    assert other.host.deployment.version != first
    for find, expected in ((other.updates.find_or_none, first), (lambda v: None, None)):
        other.host.find = find
        revived = other.host._revive(saved)
        assert revived is not None
        assert revived.version == (expected or other.host.deployment.version)
        assert revived.posted == ("e1",)
    assert other.updates.find_or_none("a" * 64) is None


def test_a_registry_that_cannot_be_read_is_told(
    registry: Registry, version: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(registry, version(60))
    found = running(registry)

    def fail(self: object, name: str) -> bytes:
        raise OutputError("cannot read r: timed out")

    with monkeypatch.context() as patch:
        patch.setattr("interact.runtime.registry.storage.FolderStorage.read", fail)
        assert not found.update()
        assert found.ready()[1]["unreachable"] == "cannot read r: timed out"
    assert found.begin("s").status == 0
    assert not found.update()
    assert "unreachable" not in found.ready()[1]
    with monkeypatch.context() as patch:
        patch.setattr("interact.runtime.registry.storage.FolderStorage.read", lambda: None)
        assert not found.update()
        assert "a bug of interact: TypeError" in str(found.ready()[1]["unreachable"])


def test_a_registry_that_is_gone_is_told(registry: Registry, version: Versions) -> None:
    put(registry, version(60))
    found = running(registry)
    os.rename(registry.place, "aside")
    os.mkdir(registry.place)  # as where a share is not mounted any more
    assert not found.update()
    assert "00000001.json is missing" in str(found.ready()[1]["unreachable"])
    os.rmdir(registry.place)
    os.rename("aside", registry.place)
    assert not found.update()
    assert "unreachable" not in found.ready()[1]


def test_profiles_are_those_of_the_version(registry: Registry, version: Versions) -> None:
    Path("c.csv").write_text("id,age,vip\n1,20,7\n")
    put(registry, version(60))
    found = Running(
        Updates(RegistryVersions(registry, "p", trust_all), Preparing({"Customer": "c.csv"}))
    )
    project(70)
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text.replace("age: int }", "age: int  vip: int? }"))
    key = [NameValue("id", 1, "numeric")]
    found.host.start_session("old", "Web", key)
    put(registry, build("p"))
    assert found.update()
    found.host.start_session("new", "Web", key)
    found.host.set_audience("old", key)
    known = {n: {v.name for v in found.host.get_profile(n).profile} for n in ("old", "new")}
    assert known == {"old": {"id", "age"}, "new": {"id", "age", "vip"}}
