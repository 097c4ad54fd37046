"""What a host tells of the versions that it serves, to load balancers and to those who watch it."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from interact.runtime.host.deployment import NOTHING
from interact.runtime.host.host import Host
from interact.runtime.serve.updating import Updates


def readiness(host: Host, updates: Updates | None) -> dict[str, Any]:
    """Return the content of ``/ready``; its status is ``ready``, or says why not."""
    version = host.deployment.version
    told: dict[str, Any] = {
        "status": "nothing is deployed" if version == NOTHING else "ready",
        "version": version,
    }
    if host.trial is not None:
        told["trial"] = {"version": host.trial.deployment.version, "share": host.trial.share}
    if updates is None:
        return told
    if updates.versions.environment:
        told |= {"environment": updates.versions.environment, "number": updates.live.number}
    if updates.refused:
        told["refused"] = updates.refused
    if updates.unreachable:
        told["unreachable"] = updates.unreachable
    return told


class DeploymentMetrics:
    """Which version is served, and what became of others."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._version = Gauge(
            "interact_version_info", "The version for everybody, and that on trial",
            ["version", "environment", "kind"], registry=registry,
        )  # fmt: skip
        self._number = self._gauge(registry, "number", "Version of the environment")
        self._swaps = self._gauge(registry, "swaps_total", "Versions that took another's place")
        self._refusals = self._gauge(registry, "refusals_total", "Versions that were refused")
        self._refused = self._gauge(registry, "refused", "1 while the last version is refused")
        self._unreachable = self._gauge(
            registry, "unreachable", "1 while the last version cannot be asked for"
        )

    @staticmethod
    def _gauge(registry: CollectorRegistry, name: str, meaning: str) -> Gauge:
        return Gauge(f"interact_deployment_{name}", meaning, registry=registry)

    def observe(self, updates: Updates) -> None:
        """Take what is served now."""
        live, environment = updates.live, updates.versions.environment
        self._version.clear()
        self._version.labels(live.whole.version, environment, "whole").set(1)
        if live.trial is not None:
            self._version.labels(live.trial.deployment.version, environment, "trial").set(1)
        self._number.set(live.number)
        self._swaps.set(updates.swaps)
        self._refusals.set(updates.refusals)
        self._refused.set(bool(updates.refused))
        self._unreachable.set(bool(updates.unreachable))
