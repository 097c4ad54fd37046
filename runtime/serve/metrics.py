"""What Prometheus scrapes."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from interact.runtime.host import advisory
from interact.runtime.host.results import Response
from interact.runtime.serve.readiness import DeploymentMetrics
from interact.runtime.serve.wire import ACTIONS

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)


class Metrics:
    """Counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._commands = Counter(
            "interact_commands", "Commands", ["action", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "interact_request_seconds", "Time of a request's commands, until they are durable",
            registry=self._registry, buckets=_BUCKETS,
        )  # fmt: skip
        self._failures = Counter(
            "interact_history_failures", "Commands whose rows were not logged",
            registry=self._registry,
        )  # fmt: skip
        self.store_failures = Counter(
            "interact_store_failures", "Requests that the session store did not answer",
            registry=self._registry,
        )  # fmt: skip
        self.deployment = DeploymentMetrics(self._registry)
        self.sessions = Gauge("interact_sessions", "Live sessions", registry=self._registry)

    def observe(
        self, commands: Sequence[object], answers: Sequence[Response], seconds: float
    ) -> None:
        """Count what a request did."""
        self._seconds.observe(seconds)
        for command, answer in zip(commands, answers, strict=False):
            action = str(command.get("action", "")).lower() if isinstance(command, dict) else ""
            known = action if action in ACTIONS else "unknown"
            self._commands.labels(known, str(answer.status)).inc()
            if any(m.code == advisory.EVENT_LOG_FAILED for m in answer.messages):
                self._failures.inc()

    def text(self) -> bytes:
        """Return all metrics as Prometheus reads them."""
        return generate_latest(self._registry)
