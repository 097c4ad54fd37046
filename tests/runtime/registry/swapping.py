"""A host that takes versions from a registry, in this process."""

from __future__ import annotations

from starlette.testclient import TestClient

from interact.runtime.build import Built
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue, Response
from interact.runtime.registry.deploying import Act, deploy
from interact.runtime.registry.registry import Registry
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.updating import Updates
from interact.runtime.serve.users import Gate
from interact.runtime.serve.versions import RegistryVersions, trust_all

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


def put(registry: Registry, built: Built, share: float | None = None) -> str:
    deploy(registry, built.bundle, built.data, "p", ACT, share)
    return built.bundle.digest


def running(registry: Registry, **more: object) -> Running:
    versions = RegistryVersions(registry, "p", trust_all)
    return Running(Updates(versions, Preparing({}), **more))  # type: ignore[arg-type]
