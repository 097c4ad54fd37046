"""A host takes new versions, keeps sessions on theirs, and refuses what cannot run."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.runtime.registry.conftest import Versions, project

from interact.compiler.codegen.link import COMPILED
from interact.runtime.build import Built, build
from interact.runtime.errors import InteractError, OutputError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.stored import saved_session, session_bytes
from interact.runtime.project import project_in
from interact.runtime.registry.deploying import Act, deploy, promote, rollback, undeploy
from interact.runtime.registry.registry import Registry, open_registry
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.compiling import Compiling
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.updating import RETRY_SECONDS, Updates
from interact.runtime.serve.users import Gate
from interact.runtime.serve.versions import PathVersions, RegistryVersions, trust_all

ACT = Act("ann")


class Running:
    """A host with its updates, in this process."""

    def __init__(self, updates: Updates) -> None:
        self.updates = updates
        live = updates.first()
        self.host = Host(live.whole, trial=live.trial)
        self.client = TestClient(make_app(Service(self.host, None, Gate(None), Metrics(), updates)))

    def update(self, *, anew: bool = False) -> bool:
        """Look for a version once; return whether one was taken."""
        found = self.updates.next(anew=anew)
        if found is not None:
            self.updates.swap(self.host, found)
        return found is not None

    def begin(self, name: str, key: int = 1, age: int = 20) -> Response:
        given = [NameValue("id", key, "numeric")]
        more = [NameValue("age", age, "numeric")]
        return self.host.start_session(name, "Web", given, None, more)

    def score(self, name: str) -> float:
        (shown,) = self.host.get_offers(name, "hero").offer_lists
        return shown.offers[0].score

    def ready(self) -> tuple[int, dict[str, object]]:
        answer = self.client.get("/ready")
        return answer.status_code, answer.json()


@pytest.fixture
def registry() -> Registry:
    return open_registry("r", make=True)


def put(registry: Registry, built: Built, share: float | None = None) -> str:
    deploy(registry, built.bundle, built.data, "p", ACT, share)
    return built.bundle.digest


def running(registry: Registry, **more: object) -> Running:
    versions = RegistryVersions(registry, "p", trust_all)
    return Running(Updates(versions, Preparing({}), **more))  # type: ignore[arg-type]


def test_sessions_keep_the_version_that_they_began_with(
    registry: Registry, version: Versions
) -> None:
    first = put(registry, version(60))
    found = running(registry)
    found.begin("old")
    assert not found.update()
    second = put(registry, version(70))
    assert found.update()
    assert found.begin("new").version == second
    assert (found.score("old"), found.score("new")) == (60, 70)
    assert found.host.get_profile("old").version == first
    again = found.host.start_session("old", "Web", [], rely_on_existing=True)
    assert (again.version, found.score("old")) == (first, 60)
    assert found.host.version().version == second
    assert found.ready() == (
        200, {"status": "ready", "version": second, "environment": "p", "number": 2},
    )  # fmt: skip
    rollback(registry, "p", ACT)
    assert found.update()
    assert found.begin("newer").version == first


def test_a_bundle_that_cannot_run_is_refused_and_the_old_one_stays(
    registry: Registry, version: Versions
) -> None:
    now = 0.0
    first = put(registry, version(60))
    found = running(registry, clock=lambda: now)
    second = put(registry, version(70))
    kept = Path(f"r/bundles/{second}.bundle")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-9])
    assert not found.update()
    status, told = found.ready()
    assert (status, told["version"]) == (200, first)
    assert "version 2 of p is refused: " in str(told["refused"])
    assert "is not a valid bundle" in str(told["refused"])
    metrics = found.client.get("/metrics").text
    assert "interact_deployment_refused 1.0" in metrics
    assert f'interact_version_info{{environment="p",kind="whole",version="{first}"}} 1.0' in metrics
    kept.write_bytes(whole)
    assert not found.update()
    now = RETRY_SECONDS
    assert found.update()
    assert found.ready()[1] == {
        "status": "ready", "version": second, "environment": "p", "number": 2,
    }  # fmt: skip
    assert "interact_deployment_refused 0.0" in found.client.get("/metrics").text


def test_a_bug_in_a_version_does_not_stop_the_host(
    registry: Registry, version: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(registry, version(60))
    found = running(registry)
    put(registry, version(70))

    def fail(self: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("interact.runtime.host.deployment.Deployment.warm", fail)
    assert not found.update()
    assert "a bug of interact: ZeroDivisionError: x" in found.updates.refused


def test_a_host_starts_with_the_last_version_that_can_run(
    registry: Registry, version: Versions
) -> None:
    first, second = put(registry, version(60)), put(registry, version(70))
    Path(f"r/bundles/{second}.bundle").write_bytes(b"")
    found = running(registry)
    assert found.host.deployment.version == first
    assert "version 2 of p is refused" in str(found.ready()[1]["refused"])
    Path(f"r/bundles/{first}.bundle").unlink()
    with pytest.raises(InteractError, match="is not a valid bundle"):
        running(registry)


def test_a_host_may_start_before_anything_is_deployed(
    registry: Registry, version: Versions
) -> None:
    found = running(registry)
    assert found.ready()[0] == 503
    assert found.begin("s").status == 2
    first = put(registry, version(60))
    assert found.update()
    assert found.begin("s").version == first
    undeploy(registry, "p", ACT)
    assert found.update()
    assert found.ready() == (
        503, {"status": "nothing is deployed", "version": "nothing", "environment": "p",
              "number": 2},
    )  # fmt: skip
    assert found.begin("t").status == 2
    assert found.score("s") == 60


def test_a_trial_is_for_its_share_of_the_audience(registry: Registry, version: Versions) -> None:
    first = put(registry, version(60))
    found = running(registry)
    second = put(registry, version(70), 10)
    assert found.update()

    def on_trial() -> set[int]:
        begun = {key: found.begin(f"s{key}", key).version for key in range(2000)}
        assert set(begun.values()) <= {first, second}
        return {key for key, started in begun.items() if started == second}

    few = on_trial()
    for key in range(100):
        id = [{"n": "id", "v": key, "t": "numeric"}]
        start = {"action": "startSession", "ic": "Web", "audienceID": id}
        found.client.post("/servlet/RestServlet", json={"commands": [start, {"action": "zap"}]})
    metrics, tried = found.client.get("/metrics").text, len([key for key in few if key < 100])
    assert f'interact_sessions_started_total{{version="{second}"}} {tried}.0' in metrics
    assert f'interact_sessions_started_total{{version="{first}"}} {100 - tried}.0' in metrics
    assert 140 < len(few) < 260
    assert running(registry).begin("x", min(few)).version == second
    put(registry, version(70), 30)
    assert found.update()
    more = on_trial()
    assert 520 < len(more) < 680
    assert few < more
    assert found.ready()[1]["trial"] == {"version": second, "share": 30.0}
    assert found.host.start_session("x", "Web", []).version == first
    promote(registry, second, registry.history("p"), "p", "p", ACT)
    assert found.update()
    assert len(on_trial()) == 2000
    assert "trial" not in found.ready()[1]


def test_kernels_are_compiled_in_a_process_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project(60)
    text = Path("p/all.interact").read_text()
    odd = text.replace("score 60", "score 60 + age * age * 2 - age / 7 when age * 3 > age + 11")
    Path("p/all.interact").write_text(odd)
    bundle = build("p").bundle
    with monkeypatch.context() as patch:
        patch.setenv("INTERACT_CACHE_DIR", "cold")
        # other tests of this process may have loaded the kernels already
        patch.setattr("interact.runtime.serve.compiling._is_compiled", lambda bundle: False)
        before = COMPILED.kernels
        Compiling()(bundle)
        assert any(Path("cold/kernels").iterdir())
        patch.setattr("sys.executable", "/nowhere")
        Compiling()(bundle)
        Deployment(project_in(bundle)).warm()
        assert COMPILED.kernels == before


def test_a_host_that_stops_does_not_wait_for_compilers(
    version: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERACT_CACHE_DIR", "cold")
    Path("sleeper").write_text("#!/bin/sh\nexec sleep 1000 > /dev/null\n")
    Path("sleeper").chmod(0o755)
    monkeypatch.setattr("sys.executable", "./sleeper")
    monkeypatch.setattr("interact.runtime.serve.compiling._is_compiled", lambda bundle: False)
    compiling = Compiling()
    stopped: list[str] = []

    def compile_it() -> None:
        try:
            compiling(version(60).bundle)
        except InteractError as error:
            stopped.append(error.message)

    thread = threading.Thread(target=compile_it)
    thread.start()
    while compiling._running is None:
        thread.join(0.01)
    compiling.stop()
    thread.join()
    assert stopped == ["the host stops"]


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


def test_a_version_whose_audience_has_another_key_is_refused(
    registry: Registry, version: Versions
) -> None:
    put(registry, version(60))
    found = running(registry)
    project(70)
    text = Path("p/all.interact").read_text()
    Path("p/all.interact").write_text(text.replace("key id", "key number"))
    put(registry, build("p"))
    assert not found.update()
    assert "the key of Customer was id and is number" in found.updates.refused


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


@pytest.fixture
def bundle(version: Versions) -> Iterator[Path]:
    path = Path("x.bundle")
    path.write_bytes(version(60).data)
    return path


def test_a_bundle_that_is_replaced_is_served(bundle: Path, version: Versions) -> None:
    found = Running(Updates(PathVersions("x.bundle"), Preparing({})))
    assert not found.update()
    other = version(70)
    Path("y").write_bytes(other.data)
    os.replace("y", bundle)
    assert [found.update() for _ in range(3)] == [False, True, False]  # when it has settled
    assert found.host.deployment.version == other.bundle.digest
    os.utime(bundle)
    assert [found.update() for _ in range(3)] == [False, False, False]  # the same bundle
    bundle.write_bytes(b"no bundle")
    assert [found.update() for _ in range(3)] == [False, False, False]
    assert "not a valid bundle" in found.updates.refused
    bundle.unlink()
    assert not found.update()
    assert found.ready()[1]["unreachable"] == "x.bundle is gone"


def test_sources_are_read_anew_when_asked(version: Versions) -> None:
    project(60)
    found = Running(Updates(PathVersions("p"), Preparing({})))
    project(70)
    assert not found.update()
    assert found.update(anew=True)
    found.begin("s")
    assert found.score("s") == 70
    Path("p/all.interact").write_text("offer")
    assert not found.update(anew=True)
    assert "the project has errors" in found.updates.refused
