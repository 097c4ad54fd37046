"""A visit: what its events set, log and post, at once and later."""

import pytest

from interact.compiler.core.interpret import Customer
from interact.compiler.core.program import Channel
from interact.compiler.core.visit import Effect, Visit, post, wait
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

SOURCE = """
audience Customer {
  key id: int
  profile { vip: bool }
  session { dropped: int = 0  note: text? }
}
offer Extra { code "E" }
channel App for Customer {
  event call_dropped(minutes: int = 0, place: text?) {
    set dropped = dropped + 1
    set note = place when minutes > 5
    post apologised(after = minutes) when Annoyed after 10 seconds
  }
  event apologised(after: int) { log contact; suppress Extra for 1 day when after > 2 }
  event accepted { log accept }
  pattern Annoyed {
    count of call_dropped where minutes < 60 is at least 3 within rolling 1 minute
    hold 1 hour
    when met { resegment; qualify Upset when vip }
  }
  pattern Kind {
    all of apologised, accepted within 30 seconds
    when not met { set note = "not accepted" }
  }
}
flowchart Mood on App { select Upset when dropped > 5 }
"""
SECOND = 10**6


def channel() -> Channel:
    checked = check([SourceFile("app.interact", SOURCE)])
    assert checked.program is not None, checked.diagnostics
    return checked.program.channels[0]


def brief(effects: tuple[Effect, ...]) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(e.time // SECOND, e.action.kind, e.action.names) for e in effects]


def test_a_visit() -> None:
    app, visit = channel(), Visit()
    customer = Customer({"id": 1, "vip": True, "dropped": 0, "note": None})
    for at, minutes in ((0, 3), (20, 90), (30, 4)):
        visit, effects = post(
            app, customer, visit, "Call_Dropped", {"minutes": minutes}, at * SECOND
        )
        assert effects == ()
    assert (visit.attributes["dropped"], visit.pending) == (3, ())
    seventh = {"minutes": 7, "place": "the tunnel"}
    visit, effects = post(app, customer, visit, "call_dropped", seventh, 59 * SECOND)
    assert brief(effects) == [(59, "resegment", ())]
    assert visit.attributes == {"dropped": 4, "note": "the tunnel", "Upset.qualified": True}
    assert wait(app, customer, visit, 68 * SECOND)[1] == ()
    visit, effects = post(app, customer, visit, "get_offers", {}, 80 * SECOND)
    assert brief(effects) == [(69, "log contact", ()), (69, "suppress", ("Extra",))]
    assert wait(app, customer, visit, 98 * SECOND)[0].attributes["note"] == "the tunnel"
    after, effects = wait(app, customer, visit, 99 * SECOND)
    assert (after.attributes["note"], effects) == ("not accepted", ())
    kind, effects = post(app, customer, visit, "accepted", {}, 90 * SECOND)
    assert brief(effects) == [(90, "log accept", ())]
    assert wait(app, customer, kind, 500 * SECOND)[0].attributes["note"] == "the tunnel"


def test_events_that_are_not_there() -> None:
    with pytest.raises(KeyError):
        post(channel(), Customer({}), Visit(), "clicked", {}, 0)
