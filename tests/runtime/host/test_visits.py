"""Visits: events are carried out, and what is known of a customer changes the offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue, Offer, Response
from interact.runtime.host.session import MOST_POSTED

EXAMPLES = Path(__file__).parents[3] / "examples"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int profile { balance: int } session { seen: int = 0 } }
offer Gold { code "G" suppress after accept suppress for 2 days after 3 contacts }
offer Silver { code "S" at most 3 contacts per visit suppress for 1 day after reject }
channel Web for Customer {
  zone Home { point hero default "x" }
  event contact(weight: int) { set seen = seen + weight }
  event later { set seen = 9 after 5 minutes log accept after 5 minutes }
  event hide(seen: text?) { suppress Silver for 1 hour }
  event banish { suppress Silver }
  event pause { suppress Silver for 2 hours }
  event shown { log contact }
  zone Aside { point side default "y" }
  event label { qualify Labelled when balance < 0 after 1 minute }
}
flowchart Everyone on Web { select All when true  select Labelled when id < 0 }
strategy Offers on Web {
  zone Home { for All { Gold score 2 Silver score 1 when seen < 9 } }
  zone Aside { for Labelled { Gold score 2 } for All { Silver } }
}
"""


Rows = list[Any]


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **length: int) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture(scope="module")
def telecom() -> Deployment:
    return open_deployment(str(EXAMPLES / "telecom_retention"))


@pytest.fixture
def host(shop: Deployment, clock: Clock) -> Host:
    made = Host(shop, clock=clock)
    made.start_session("s", "Web", [NameValue("id", 7, "numeric")])
    return made


def parameters(**given: Any) -> list[NameValue]:
    return [
        NameValue(n, v, "string" if isinstance(v, str) else "numeric") for n, v in given.items()
    ]


def shown(host: Host, session: str = "s", point: str = "hero") -> dict[str, Offer]:
    answer = host.get_offers(session, point, 5)
    assert answer.status == 0, answer.messages
    return {offer.name: offer for offer in answer.offer_lists[0].offers}


def post(
    host: Host, event: str, offer: Offer | None = None, session: str = "s", **given: Any
) -> Response:
    told = parameters(**given)
    if offer is not None:
        told += parameters(UACIOfferTrackingCode=offer.treatment)
    return host.post_event(session, event, told)


def profile(host: Host, session: str = "s") -> dict[str, object]:
    return {p.name: p.value for p in host.get_profile(session).profile}


def codes(answer: Response) -> list[int]:
    return [message.code for message in answer.messages]


def test_a_declared_event_sets_attributes_and_wins_over_a_built_in_one(host: Host) -> None:
    assert post(host, "Contact", weight=4).status == 0
    assert post(host, "contact", weight="3").status == 0
    assert profile(host)["seen"] == 7


@pytest.mark.parametrize("given", [{}, {"weight": "heavy"}])
def test_wrong_parameters_are_a_warning_and_the_event_does_not_happen(
    host: Host, given: dict[str, Any]
) -> None:
    answer = post(host, "contact", **given)
    assert (answer.status, codes(answer)) == (1, [advisory.PARAMETERS_FAILED])
    assert "weight" in answer.messages[0].text + answer.messages[0].detail
    assert profile(host)["seen"] == 0


def test_a_parameter_of_an_event_hides_an_attribute_of_its_name(host: Host) -> None:
    assert post(host, "hide", seen="twice").status == 0
    assert profile(host)["seen"] == 0


def test_an_accepted_offer_is_gone_in_all_sessions_of_the_customer(host: Host) -> None:
    assert post(host, "accept", shown(host)["Gold"]).status == 0
    assert set(shown(host)) == {"Silver"}
    host.end_session("s")
    host.start_session("again", "Web", parameters(id=7))
    host.start_session("other", "Web", parameters(id=8))
    assert set(shown(host, "again")) == {"Silver"}
    assert set(shown(host, "other")) == {"Gold", "Silver"}


def test_a_rejected_offer_comes_back_after_its_pause(host: Host, clock: Clock) -> None:
    post(host, "reject", shown(host)["Silver"])
    clock.pass_time(hours=23)
    assert set(shown(host)) == {"Gold"}
    clock.pass_time(hours=1)
    assert set(shown(host)) == {"Gold", "Silver"}


def test_three_contacts_are_a_visit_s_most(host: Host) -> None:
    for _ in range(3):
        post(host, "shown", shown(host)["Silver"])
    assert set(shown(host)) == {"Gold"}
    host.start_session("next", "Web", parameters(id=7))
    assert set(shown(host, "next")) == {"Gold", "Silver"}


def test_contacts_count_anew_after_a_pause_for_contacts(host: Host, clock: Clock) -> None:
    for _ in range(3):
        post(host, "shown", shown(host)["Gold"])
    assert "Gold" not in shown(host)
    clock.pass_time(days=2)
    for _ in range(2):
        post(host, "shown", shown(host)["Gold"])
    post(host, "shown", shown(host)["Gold"])
    assert "Gold" not in shown(host)


def test_an_event_suppresses_an_offer_for_a_time(host: Host, clock: Clock) -> None:
    post(host, "hide")
    assert set(shown(host)) == {"Gold"}
    clock.pass_time(hours=1)
    assert set(shown(host)) == {"Gold", "Silver"}


def test_a_shorter_suppression_does_not_end_a_longer_one(host: Host, clock: Clock) -> None:
    post(host, "pause")
    post(host, "hide")
    clock.pass_time(hours=1)
    assert set(shown(host)) == {"Gold"}
    clock.pass_time(hours=1)
    assert set(shown(host)) == {"Gold", "Silver"}
    post(host, "banish")
    post(host, "hide")
    clock.pass_time(hours=9)
    assert set(shown(host)) == {"Gold"}


def test_delayed_actions_are_done_when_they_are_due(host: Host, clock: Clock) -> None:
    rows: list[Any] = []
    host.record = rows.extend
    post(host, "later", shown(host)["Gold"])
    clock.pass_time(minutes=4)
    assert set(shown(host)) == {"Gold", "Silver"}
    assert not rows
    clock.pass_time(minutes=1)
    assert set(shown(host)) == set()
    assert [(r.kind, r.offer) for r in rows] == [("accept", "Gold")]


def test_a_session_that_ended_does_what_it_has_to(host: Host, clock: Clock) -> None:
    rows: list[Any] = []
    host.record = rows.extend
    post(host, "later", shown(host)["Gold"])
    host.end_session("s")
    clock.pass_time(minutes=5)
    host.start_session("other", "Web", parameters(id=8))
    shown(host, "other")
    assert [(r.kind, r.offer, r.session) for r in rows] == [("accept", "Gold", "s")]


def test_a_visitor_is_put_into_a_segment(host: Host, clock: Clock) -> None:
    host.start_session("other", "Web", parameters(id=7))
    assert set(shown(host, point="side")) == {"Silver"}
    assert codes(post(host, "label")) == []
    assert set(shown(host, point="side")) == {"Silver"}
    assert codes(post(host, "label", balance=-5)) == []
    clock.pass_time(minutes=1)
    assert set(shown(host, point="side")) == {"Gold", "Silver"}
    assert set(shown(host, "other", "side")) == {"Silver"}  # it is for the visit
    host.set_audience("s", parameters(id=7))
    assert set(shown(host, point="side")) == {"Silver"}


SUBSCRIBER = {
    "subscriber_id": 1, "plan": "plus", "monthly_fee": 30, "churn_risk": 0.1, "complaints": 0,
    "contract_end": "2030-01-01", "data_share": 0.1, "first_name": "Ada", "opted_in": "true",
}  # fmt: skip


def subscriber(host: Host, *sessions: str) -> Host:
    for name in sessions:
        key = parameters(subscriber_id=1)
        given = {k: v for k, v in SUBSCRIBER.items() if k != "subscriber_id"}
        answer = host.start_session(name, "App", key, parameters=parameters(**given))
        assert answer.status == 0, answer.messages
    return host


def test_a_visit_of_a_subscriber(telecom: Deployment, clock: Clock) -> None:
    host = subscriber(Host(telecom, clock=clock), "app", "call")
    rows: list[Any] = []
    host.record = rows.extend
    assert shown(host, "app", "reply") == {}
    for page in ("contract", "cancel"):
        assert post(host, "page_viewed", session="app", page=page).status == 0
    found = shown(host, "app", "reply")
    assert set(found) == {"StayBonus", "Callback"}
    assert set(shown(host, "call", "reply")) == set(found), "a pattern is the customer's"
    assert post(host, "offer_seen", found["Callback"], "app").status == 0
    assert post(host, "offer_refused", found["Callback"], "app").status == 0
    assert [(type(r).__name__, r.offer) for r in rows] == [
        ("Contact", "Callback"),
        ("Response", "Callback"),
    ]
    assert set(shown(host, "call", "reply")) == {"StayBonus"}, "suppressed for a fortnight"
    clock.pass_time(days=6)
    assert set(shown(subscriber(host, "later"), "later", "reply")) == {"StayBonus"}
    clock.pass_time(days=1)
    assert shown(subscriber(host, "last"), "last", "reply") == {}, "met for seven days"


def test_dropped_calls_are_an_apology(telecom: Deployment, clock: Clock) -> None:
    host = subscriber(Host(telecom, clock=clock), "app")
    for minutes in (2, 3, 4):
        assert "Apology" not in shown(host, "app", "banner")
        post(host, "call_dropped", session="app", minutes=minutes)
    offer = shown(host, "app", "banner")["Apology"]
    told = {a.name: a.value for a in offer.attributes}
    assert told["headline"] == "Sorry, Ada: 9 minutes were lost"


# -- events that clients name ------------------------------------------------------------------


@pytest.fixture
def rows(host: Host) -> Rows:
    """Return the rows that the host logs."""
    found: Rows = []
    host.record = found.extend
    return found


def test_an_event_that_is_posted_again_is_done_once(host: Host, rows: Rows) -> None:
    offer = shown(host)["Gold"]
    answers = [post(host, "shown", offer, UACIEventID=name) for name in ("a", "a", "b", "a")]
    assert [answer.status for answer in answers] == [0] * 4
    assert len(rows) == 2
    for name in ("x", "x", "y"):
        assert post(host, "contact", weight=4, UACIEventID=name).status == 0
    assert profile(host)["seen"] == 8


def test_names_are_of_a_session(host: Host, rows: Rows) -> None:
    host.start_session("t", "Web", parameters(id=9))
    for session in ("s", "t"):
        post(host, "shown", shown(host, session)["Gold"], session, UACIEventID="a")
    assert len({row.event for row in rows}) == 2


def test_rows_have_the_same_names_when_another_host_does_it_again(
    host: Host,
    rows: Rows,
) -> None:
    shown(host)
    before = host.store.find("s")
    assert before is not None
    kept = before.session.copy()
    for _ in range(2):
        held = host.store.find("s")
        assert held is not None
        held.session.posted = kept.posted  # as if what was done had not been kept
        post(host, "accept", shown(host)["Silver"], UACIEventID="a")
    assert len(rows) == 2
    assert rows[0].event == rows[1].event


@pytest.mark.parametrize(("event", "code"), [("fly", 4), ("contact", 11)])
def test_what_was_wrong_is_not_done(host: Host, event: str, code: int) -> None:
    for _ in range(2):
        assert codes(post(host, event, UACIEventID="a")) == [code]
    assert post(host, "contact", weight=4, UACIEventID="a").status == 0
    assert profile(host)["seen"] == 4


def test_what_was_not_logged_is_not_done(host: Host) -> None:
    def fail(rows: Sequence[Any]) -> None:
        raise OutputError("no space")

    kept: Rows = []
    host.record = fail
    answer: Response = post(host, "shown", shown(host)["Gold"], UACIEventID="a")
    assert codes(answer) == [advisory.EVENT_LOG_FAILED]
    host.record = kept.extend
    assert post(host, "shown", shown(host)["Gold"], UACIEventID="a").status == 0
    assert len(kept) == 1


def test_the_latest_names_are_remembered(host: Host) -> None:
    for number in range(MOST_POSTED + 1):
        post(host, "contact", weight=1, UACIEventID=f"n{number}")
    post(host, "contact", weight=1, UACIEventID="n1")
    post(host, "contact", weight=1, UACIEventID="n0")
    assert profile(host)["seen"] == MOST_POSTED + 2


def test_an_offer_that_an_event_suppressed_costs_no_place(tmp_path: Path, clock: Clock) -> None:
    names = [f"Offer{n:02}" for n in range(24)]
    declared = "".join(f'offer {name} {{ code "{name}" }}' for name in names)
    rules = " ".join(f"{name} score {90 - n}" for n, name in enumerate(names))
    (tmp_path / "shop.interact").write_text(
        f"audience Customer {{ key id: int }} {declared} offers All = {', '.join(names)}\n"
        "channel Web for Customer { zone Home { point hero } zone Two { point side }"
        "  event hide { suppress treatment for 1 hour } }\n"
        f"strategy S on Web {{ zone Home {{ {rules} }} zone Two {{ All take 2 score 5 }} }}"
    )
    host = Host(open_deployment(str(tmp_path)), clock=clock)
    host.start_session("s", "Web", parameters(id=7))
    first = host.get_offers("s", "hero", 16).offer_lists[0].offers
    assert [offer.name for offer in first] == names[:16]
    for offer in first[:8]:
        assert post(host, "hide", offer).status == 0
    left = [offer.name for offer in host.get_offers("s", "hero", 16).offer_lists[0].offers]
    assert left == names[8:]
    assert len(host.get_offers("s", "side", 5).offer_lists[0].offers) == 2
    clock.pass_time(hours=1)
    again = host.get_offers("s", "hero", 16).offer_lists[0].offers
    assert [offer.name for offer in again] == names[:16]
