"""Why a call gives offers and others not, for sessions that are looked into.

What the definition of arbitration says of each rule, and what the call itself leaves out beyond it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from interact.compiler.core.interpret import Moment
from interact.runtime.explanation import Verdict, explain
from interact.runtime.host import advisory
from interact.runtime.host.deployment import MOST_OFFERS, ServedChannel
from interact.runtime.host.offers.giving import Given, Wanted
from interact.runtime.host.results import SUCCESS, Response
from interact.runtime.host.session import Session
from interact.runtime.host.setting import Looking
from interact.stdlib.records import record


@record
class Reasons:
    """What became of the rules of a point's zone.

    Attributes:
        decision: The name of the call, with which its treatments begin.
        asked: How many offers for.
        offers: Those that are given, best first.
        segments: Those that the customer is in.
        verdicts: Of each rule, with why its offer is not given though the decision has it.
    """

    decision: str
    point: str
    zone: str
    asked: int
    offers: tuple[str, ...]
    segments: tuple[str, ...]
    verdicts: tuple[tuple[Verdict, str], ...]


def look_into(
    look: Looking,
    session: Session,
    served: ServedChannel,
    wanted: Sequence[Wanted],
    given: Given,
    now: int,
    barred: Container[str],
    decisions: Sequence[str],
    answer: Response,
) -> None:
    """Tell why a session with debug on is given what it is, if there is time for it."""
    if look.admits():
        look(session, list(reasons(served, wanted, given, now, barred, decisions)))
        text, detail = "the log of the service tells why", " ".join(decisions)
    else:
        text, detail = "too much is looked into at once, and the log does not tell why", ""
    answer.say(SUCCESS, advisory.LOOKED_INTO, text, detail)


def reasons(
    served: ServedChannel,
    wanted: Sequence[Wanted],
    given: Given,
    now: int,
    barred: Container[str],
    decisions: Sequence[str],
) -> Iterator[Reasons]:
    """Yield the reasons of each point of a call; ``decisions`` are their names."""
    told = explain(served.program, served.channel, given.customer, Moment(now), MOST_OFFERS)
    earlier: set[str] = set()
    for (place, request), proposals, name in zip(wanted, given.proposals, decisions, strict=True):
        zone, offers = served.channel.zones[place.zone].name, tuple(p.offer for p in proposals)
        left = _Left(barred, earlier if not request.duplicates else set(), offers, request.number)
        verdicts = tuple((v, left.why(v)) for v in told.zones[zone])
        yield Reasons(name, place.point, zone, request.number, offers, told.segments, verdicts)
        earlier.update(offers)


@record
class _Left:
    barred: Container[str]
    earlier: Container[str]
    offers: Sequence[str]
    asked: int

    def why(self, verdict: Verdict) -> str:
        """Return why an offer that the decision has is not given; empty for the others."""
        if verdict.position is None or verdict.offer in self.offers:
            return ""
        if verdict.offer in self.barred:
            return "an event has suppressed it"
        if verdict.offer in self.earlier:
            return "an earlier point of the call has it"
        if len(self.offers) >= self.asked:
            return "fewer were asked for"
        return "the call asks for others"
