"""A host takes new versions, keeps sessions on theirs, and refuses what cannot run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.registry.conftest import Versions, project
from tests.runtime.registry.swapping import ACT, Running, put, running

from interact.runtime.build import build
from interact.runtime.errors import InteractError
from interact.runtime.registry.deploying import promote, rollback, undeploy
from interact.runtime.registry.registry import Registry
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.updating import RETRY_SECONDS, Updates
from interact.runtime.serve.versions import PathVersions


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
    told = "p is refused: the project has errors: p/all.interact:1: E"
    assert str(found.ready()[1]["refused"]).startswith(told)
    assert found.updates.refused.endswith("; interact check p shows more")
