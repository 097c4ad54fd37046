"""A visitor turns out to be a customer: what was counted, shown and answered is the customer's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.source import Key, Profile
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.protocol import Store

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int session { met: int = 0 } }
offer Gold { suppress for 2 days after 3 contacts }
offer Silver { suppress after reject }
offer Tin {}
channel Web for Customer {
  zone Home { point hero }
  event viewed
  event hide { suppress Tin for 1 hour }
  pattern Often { count of viewed is at least 3 within rolling 7 days
    when met { set met = met + 1 } }
}
flowchart All on Web { select Keen when Often }
strategy S on Web { zone Home { Gold score 3 Silver score 2 Tin score 1 for Keen { Tin score 9 } } }
"""
VISITOR, CUSTOMER, OTHER = 1001, 7, 8


class Known:
    """Profiles of two customers."""

    def load(self, key: Key) -> Profile | None:
        return Profile({}, {}) if key in ((CUSTOMER,), (OTHER,)) else None


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def host(shop: Deployment, store: Store, rows: list[Any]) -> Host:
    host = Host(shop, {"customer": Known()}, store=store, record=rows.extend, activity=True)
    host.clock = lambda: AT
    return host


def start(host: Host, customer: int | None) -> None:
    host.start_session("s", "Web", _id(customer))


def become(host: Host, customer: int | None, wish: str = "1") -> Response:
    return host.set_audience(
        "s", _id(customer), parameters=[NameValue("UACIMergePatternStates", wish, "string")]
    )


def _id(customer: int | None) -> list[NameValue]:
    return [] if customer is None else [NameValue("id", customer, "numeric")]


def view(host: Host, times: int) -> None:
    for _ in range(times):
        assert host.post_event("s", "viewed").status == 0


def offers(host: Host) -> list[str]:
    return [o.name for o in host.get_offers("s", "hero", 5).offer_lists[0].offers]


def profile(host: Host) -> dict[str, object]:
    return {p.name: p.value for p in host.get_profile("s").profile}


@pytest.mark.parametrize("visitor", [None, VISITOR])
def test_what_a_visitor_began_the_customer_has_completed(
    host: Host, rows: list[Any], visitor: int | None
) -> None:
    start(host, CUSTOMER)
    view(host, 1)
    start(host, visitor)
    view(host, 2)
    assert become(host, CUSTOMER).messages == []
    assert (profile(host)["Often"], profile(host)["met"]) == (1, 1)
    assert offers(host)[0] == "Tin"
    assert [(r.name, r.key) for r in rows if r.kind == "met"] == [("Often", (CUSTOMER,))]


def test_the_visitor_begins_anew(host: Host) -> None:
    start(host, VISITOR)
    view(host, 2)
    become(host, CUSTOMER)
    become(host, VISITOR)
    view(host, 1)
    assert profile(host)["Often"] == 0
    become(host, CUSTOMER)
    assert profile(host)["Often"] == 1


def test_contacts_and_responses_go_along(host: Host) -> None:
    contact, reject = "contact", "reject"
    start(host, CUSTOMER)
    host.get_offers("s", "hero", 1)
    host.post_event("s", contact)
    start(host, VISITOR)
    shown = host.get_offers("s", "hero", 2).offer_lists[0].offers
    code = [NameValue("UACIOfferTrackingCode", shown[1].treatment, "string")]
    host.post_event("s", reject, code)
    host.post_event("s", "hide")
    for _ in range(2):
        host.get_offers("s", "hero", 1)
        host.post_event("s", contact)
    assert offers(host) == ["Gold"]
    become(host, CUSTOMER)
    assert offers(host) == []
    host.clock = lambda: AT + timedelta(hours=1)
    assert offers(host) == ["Tin"]
    host.clock = lambda: AT + timedelta(days=2)
    assert offers(host) == ["Gold", "Tin"]
    become(host, VISITOR)
    assert offers(host) == ["Gold", "Silver", "Tin"]


def test_it_is_wished_at_the_start_or_not_at_all(host: Host) -> None:
    start(host, VISITOR)
    view(host, 3)
    become(host, CUSTOMER, "0")
    assert profile(host)["Often"] == 0
    wish = [NameValue("uacimergepatternstates", "true", "string")]
    host.start_session("s", "Web", _id(VISITOR), parameters=wish)
    host.set_audience("s", _id(CUSTOMER))
    assert (profile(host)["Often"], profile(host)["met"]) == (1, 0)


def test_what_a_known_customer_did_is_nobody_elses(host: Host) -> None:
    start(host, OTHER)
    view(host, 3)
    answer = become(host, CUSTOMER)
    assert [m.code for m in answer.messages] == [advisory.NOT_DONE]
    assert profile(host)["Often"] == 0
    assert become(host, CUSTOMER).messages == []
    become(host, OTHER)
    assert profile(host)["Often"] == 1
