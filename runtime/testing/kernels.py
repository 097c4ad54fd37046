"""Whether the kernels decide as the interpreter does."""

from __future__ import annotations

from dataclasses import dataclass, field

from interact.compiler.codegen.single import SingleScorer
from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.decide import decide
from interact.compiler.core.interpret import Customer, Moment
from interact.compiler.core.program import Channel, Program
from interact.compiler.pipeline import plan_channel

_Key = tuple[str, tuple[object, ...], int, int]


@dataclass
class KernelCheck:
    """Decides with kernels, bound once for each channel, outcome of samples and day."""

    program: Program
    store: KernelStore
    _scorers: dict[_Key, SingleScorer] = field(default_factory=dict)

    def difference(
        self, channel: Channel, customer: Customer, moment: Moment, top: int
    ) -> str | None:
        """Return what the kernels say that the interpreter does not, None when they agree.

        Args:
            channel: All of it, with the outcomes of samples that are given.
        """
        wanted = decide(self.program, channel, customer, moment, top)
        found = self._scorer(channel, moment, top).decide(customer, moment.now)
        for segment, a, b in zip(channel.segments, wanted.segments, found.segments, strict=True):
            if a is not b:
                return f"segment {segment.name}: {b} instead of {a}"
        for zone, candidates, ranked in zip(channel.zones, wanted.zones, found.zones, strict=True):
            kept = [(c.rule, c.score) for c in candidates if c.position is not None]
            if kept != list(ranked):
                return f"zone {zone.name}: {self._told(channel, list(ranked))} instead of " + (
                    self._told(channel, kept)
                )
        return None

    def _scorer(self, channel: Channel, moment: Moment, top: int) -> SingleScorer:
        key = (channel.name, channel.cells, moment.today, top)
        if key not in self._scorers:
            plan = plan_channel(self.program, channel)
            self._scorers[key] = SingleScorer(plan, self.store, moment.today, top)
        return self._scorers[key]

    def _told(self, channel: Channel, ranked: list[tuple[int, float | None]]) -> str:
        listed = (f"{channel.rules[rule].name} {score!r}" for rule, score in ranked)
        return ", ".join(listed) or "nothing"
