"""What Prometheus scrapes.

Requests are counted in plain numbers, on the loop's own thread, and become metrics when they are
scraped: that is a microsecond of a request instead of ten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from interact.runtime.host import advisory
from interact.runtime.host.results import ERROR, Response
from interact.runtime.serve.readiness import DeploymentMetrics
from interact.runtime.serve.wire import ACTIONS

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)
_MOST_VERSIONS = 16


@dataclass(slots=True, eq=False)
class Requests(Collector):
    """What requests did: commands by action and status, and how long requests took.

    Attributes:
        slots: How many took up to each bound, and how many longer than the last.
        started: Sessions that began, by version, the latest versions only.
    """

    commands: dict[tuple[str, int], int] = field(default_factory=dict)
    failures: int = 0
    seconds: float = 0.0
    slots: list[int] = field(default_factory=lambda: [0] * (len(_BUCKETS) + 1))
    started: dict[str, int] = field(default_factory=dict)

    def observe(
        self, commands: Sequence[object], answers: Sequence[Response], seconds: float
    ) -> None:
        """Count a request."""
        self.seconds += seconds
        self.slots[bisect_left(_BUCKETS, seconds)] += 1
        counts = self.commands
        for command, answer in zip(commands, answers, strict=False):
            action = str(command.get("action", "")).lower() if isinstance(command, dict) else ""
            counted = action if action in ACTIONS else "unknown", answer.status
            counts[counted] = counts.get(counted, 0) + 1
            if action == "startsession" and answer.status != ERROR:
                self._start(answer.version)
            if answer.messages:
                self.failures += any(m.code in advisory.LOG_FAILED for m in answer.messages)

    def _start(self, version: str) -> None:
        count = self.started.get(version)
        if count is None and len(self.started) == _MOST_VERSIONS:
            del self.started[next(iter(self.started))]
        self.started[version] = (count or 0) + 1

    def collect(self) -> Iterator[Metric]:
        """Yield all as Prometheus has it."""
        begun = CounterMetricFamily(
            "interact_sessions_started", "Sessions that began with a version", labels=["version"]
        )
        for version, count in self.started.items():
            begun.add_metric([version], count)
        yield begun
        told = CounterMetricFamily("interact_commands", "Commands", labels=["action", "status"])
        for (action, status), count in self.commands.items():
            told.add_metric([action, str(status)], count)
        yield told
        bounds = [*map(str, _BUCKETS), "+Inf"]
        counts = [float(count) for count in accumulate(self.slots)]
        yield HistogramMetricFamily(
            "interact_request_seconds",
            "Time of a request's commands, until they are durable",
            buckets=list(zip(bounds, counts, strict=True)),
            sum_value=self.seconds,
        )
        yield CounterMetricFamily(
            "interact_history_failures", "Commands whose rows were not logged", self.failures
        )


class Metrics:
    """Counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Requests()
        self._registry.register(self._requests)
        self.observe = self._requests.observe
        self.store_failures = Counter(
            "interact_store_failures", "Requests that the session store did not answer",
            registry=self._registry,
        )  # fmt: skip
        self._refused = Counter(
            "interact_refused", "Requests that were refused as a whole", ["status"],
            registry=self._registry,
        )  # fmt: skip
        self._closed = Counter(
            "interact_connections_closed", "Connections that took too long, or were too many",
            ["why"], registry=self._registry,
        )  # fmt: skip
        self._profiles = Histogram(
            "interact_profile_seconds", "Time to get a profile from a database",
            ["level", "outcome"], registry=self._registry, buckets=_BUCKETS,
        )  # fmt: skip
        self._users = Gauge("interact_users", "Users who may call", registry=self._registry)
        self._users_refused = Gauge(
            "interact_users_refused", "1 while the file of users cannot be taken",
            registry=self._registry,
        )  # fmt: skip
        self.deployment = DeploymentMetrics(self._registry)
        self.sessions = Gauge("interact_sessions", "Live sessions", registry=self._registry)

    def observe_users(self, count: int, is_refused: bool) -> None:
        """Take how many users may call, and whether their file is not taken as it is."""
        self._users.set(count)
        self._users_refused.set(is_refused)

    def refuse(self, status: int) -> None:
        """Count a request that was refused."""
        self._refused.labels(str(status)).inc()

    def close(self, why: str) -> None:
        """Count a connection that was closed: for its head, body or answer, or as one too many."""
        self._closed.labels(why).inc()

    def observe_profile(self, level: str, outcome: str, seconds: float) -> None:
        """Count a profile from a database: found, unknown or failed."""
        self._profiles.labels(level, outcome).observe(seconds)

    def text(self) -> bytes:
        """Return all metrics as Prometheus reads them."""
        return generate_latest(self._registry)
