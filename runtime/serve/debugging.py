"""Sessions with debug on: the log tells why they are given offers, and others not.

A line for each point and a line for each rule of its zone. They name no session and no customer,
but the decision, with whose name the codes of treatments begin. What conditions read of a customer,
scores, and who it is are told only where that is asked for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from interact.compiler.source import SourceFile, Span
from interact.runtime.explanation import Verdict
from interact.runtime.host.offers.reasons import Reasons
from interact.runtime.host.session import Session
from interact.runtime.serve.rates import Rates

Depth = Literal["reasons", "values"]
MOST_RULES = 200
"""Rules of a point that are told of; a line says how many more there are."""
CALLS = 20.0
"""Calls in a second that are told of: the interpreter takes a thousand times as long as kernels."""
log = logging.getLogger("interact.debug")


@dataclass(slots=True)
class Debugging:
    """Logs reasons.

    Attributes:
        depth: ``reasons``, or ``values`` to tell of the customer, too.
    """

    depth: Depth = "reasons"
    rates: Rates = field(default_factory=lambda: Rates(CALLS))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self) -> bool:
        """Return whether one more call may be told of now."""
        with self._lock:
            return not self.rates.wait("")

    def __call__(self, session: Session, told: Sequence[Reasons]) -> None:
        """Log the reasons of a call."""
        for point in told:
            log.info("decided", extra=self._point(session, point))
            for line in self._rules(session, point):
                log.info("considered", extra=line)

    def _point(self, session: Session, point: Reasons) -> dict[str, Any]:
        line: dict[str, Any] = {
            "decision": point.decision,
            "version": session.version[:12],
            "channel": session.served.name,
            "point": point.point,
            "zone": point.zone,
            "asked": point.asked,
            "offers": list(point.offers),
            "segments": list(point.segments),
        }
        if session.held:
            line["held"] = sorted(session.held)
        if self.depth == "values":
            line |= {"session": session.name, "customer": list(session.key)}
        more = len(point.verdicts) - MOST_RULES
        return line | ({"rules_not_told": more} if more > 0 else {})

    def _rules(self, session: Session, point: Reasons) -> Iterator[dict[str, Any]]:
        sources = session.served.sources
        for verdict, left in point.verdicts[:MOST_RULES]:
            line = {
                "decision": point.decision,
                "rule": verdict.rule,
                "offer": verdict.offer,
                "outcome": verdict.outcome if not left else "left out",
                "rank": verdict.position,
                "because": left or verdict.because,
                "at": _at(verdict.deciding or verdict.span, sources),
            }
            yield line | self._read(verdict)

    def _read(self, verdict: Verdict) -> dict[str, Any]:
        """Return what a verdict is from: names of attributes, or what they hold."""
        if self.depth == "values":
            return {"score": verdict.score, "values": dict(verdict.values)}
        return {"reads": sorted(verdict.values)}


def _at(span: Span, sources: Mapping[str, SourceFile]) -> str:
    source = sources.get(span.file)
    return span.file if source is None else f"{span.file}:{source.position(span.start)[0]}"
