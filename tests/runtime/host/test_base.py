"""What a profile says of history is the base of what a host has seen itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.project import Project, open_project
from interact.runtime.serve.preparing import Preparing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int }
offer Gold { suppress for 2 days after 3 contacts  suppress for 9 days after reject }
offer Blue { suppress after accept  at most 1 contacts per visit }
offer Grey { suppress after 3 contacts }
channel Web for Customer {
  zone Home { point hero }
  event hide { suppress Blue for 1 hour }
  event viewed
  event asked { suppress Blue for 1 hour when Keen }
  pattern Keen { count of viewed is at least 2 within 1 day hold 1 hour }
}
strategy Cards on Web { zone Home { Gold score 3  Blue score 2  Grey score 1 } }
"""
TIME = pa.timestamp("us", "UTC")
KINDS = {"contacts": pa.int64(), "Keen": pa.int64()}


class Shop:
    """A host on a file of customers, at a time that a test moves on."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, NOON
        (folder / "s.interact").write_text(SHOP)
        self.project: Project = open_project(str(folder / "s.interact"))
        self.store = MemoryStore()

    def host(self, **columns: Any) -> Host:
        """Return a host; of customers 1 and 2 the first one has what the columns say."""
        self.write(**columns)
        prepare = Preparing({"Customer": str(self.folder / "people.parquet")})
        return Host(prepare(self.project), store=self.store, clock=lambda: self.now)

    def write(self, **columns: Any) -> None:
        written: Mapping[str, Any] = {
            name.replace("_", ".", 1): pa.array([value, None], KINDS.get(name.split("_")[-1], TIME))
            for name, value in columns.items()
        }
        pq.write_table(pa.table({"id": [1, 2], **written}), self.folder / "people.parquet")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def start(host: Host, customer: int | None = 1, name: str = "s") -> None:
    ids = [] if customer is None else [NameValue("id", customer, "numeric")]
    host.start_session(name, "Web", ids)


def offered(host: Host, name: str = "s") -> dict[str, str]:
    found = host.get_offers(name, "hero", 5).offer_lists[0].offers
    return {offer.name: offer.treatment for offer in found}


def post(host: Host, event: str, treatment: str = "", name: str = "s") -> None:
    about = [NameValue("UACIOfferTrackingCode", treatment, "string")] if treatment else []
    assert host.post_event(name, event, about).status == 0


def ago(**length: int) -> datetime:
    return NOON - timedelta(**length)


def test_who_rejected_or_accepted_elsewhere_is_not_offered_it_here(shop: Shop) -> None:
    host = shop.host(Gold_rejected=ago(days=8), Blue_accepted=ago(days=900))
    start(host)
    start(host, 2, "other")
    assert set(offered(host)) == {"Grey"}
    assert set(offered(host, "other")) == {"Gold", "Blue", "Grey"}
    shop.now += timedelta(days=1)
    start(host)
    assert set(offered(host)) == {"Gold", "Grey"}


@pytest.mark.parametrize(("before", "hours"), [(ago(days=8), 9 * 24), (ago(hours=-48), 11 * 24)])
def test_of_two_times_the_later_one_holds(shop: Shop, before: datetime, hours: int) -> None:
    host = shop.host()
    start(host)
    post(host, "reject", offered(host)["Gold"])
    host = shop.host(Gold_rejected=before)
    shop.now = NOON + timedelta(hours=hours, seconds=-1)
    start(host)
    assert "Gold" not in offered(host)
    shop.now += timedelta(seconds=1)
    assert "Gold" in offered(host)


def test_contacts_since_those_of_the_profile_are_added_to_them(shop: Shop) -> None:
    host = shop.host(Gold_contacts=1, Gold_contacted=ago(days=20))
    start(host)
    for _ in range(2):
        shop.now += timedelta(minutes=1)
        post(host, "contact", offered(host)["Gold"])
    assert "Gold" not in offered(host)
    shop.now += timedelta(days=2)
    start(host)
    assert "Gold" in offered(host)
    post(host, "contact", offered(host)["Gold"])  # the first one of three again
    assert "Gold" in offered(host)


def test_contacts_that_the_profile_knows_of_are_not_counted_twice(shop: Shop) -> None:
    host = shop.host()
    start(host)
    post(host, "contact", offered(host)["Gold"])
    host = shop.host(Gold_contacts=2, Gold_contacted=shop.now)
    start(host)
    shop.now += timedelta(minutes=5)
    post(host, "contact", offered(host)["Grey"])
    assert "Gold" in offered(host)
    post(host, "contact", offered(host)["Gold"])
    assert "Gold" not in offered(host)


def test_a_time_without_its_fraction_is_that_of_the_contact_itself(shop: Shop) -> None:
    shop.now += timedelta(microseconds=400)
    host = shop.host()
    start(host)
    for _ in range(2):
        post(host, "contact", offered(host)["Gold"])
    host = shop.host(Gold_contacts=2, Gold_contacted=NOON)
    start(host)
    assert "Gold" in offered(host)
    shop.now += timedelta(seconds=1)
    post(host, "contact", offered(host)["Gold"])
    assert "Gold" not in offered(host)


def test_contacts_without_the_time_of_the_last_are_the_larger_number(shop: Shop) -> None:
    host = shop.host(Grey_contacts=2)
    start(host)
    for _ in range(2):
        post(host, "contact", offered(host)["Grey"])
    assert "Grey" in offered(host)
    post(host, "contact", offered(host)["Grey"])
    assert "Grey" not in offered(host)


def test_the_time_of_the_last_contact_counts_where_no_clause_reads_it(shop: Shop) -> None:
    host = shop.host(Grey_contacts=2, Grey_contacted=ago(days=1))
    start(host)
    post(host, "contact", offered(host)["Grey"])
    assert "Grey" not in offered(host)


def test_a_suppression_of_the_profile_holds_beside_those_of_events(shop: Shop) -> None:
    host = shop.host(Blue_suppressed_until=NOON + timedelta(hours=3))
    start(host)
    post(host, "hide")
    shop.now += timedelta(hours=2)
    assert "Blue" not in offered(host)
    shop.now += timedelta(hours=1)
    assert "Blue" in offered(host)


def test_contacts_of_a_visit_are_those_of_the_session(shop: Shop) -> None:
    host = shop.host(Blue_contacts_in_visit=7)
    start(host)
    post(host, "contact", offered(host)["Blue"])
    assert "Blue" not in offered(host)
    start(host)
    assert "Blue" in offered(host)


def test_visitors_have_no_base_and_who_they_turn_out_to_be_has(shop: Shop) -> None:
    host = shop.host(Gold_rejected=ago(days=1))
    start(host, None)
    assert "Gold" in offered(host)
    host.set_audience("s", [NameValue("id", 1, "numeric")])
    assert "Gold" not in offered(host)
    host.set_audience("s", [NameValue("id", 2, "numeric")])
    assert "Gold" in offered(host)


def test_a_new_file_is_a_new_base_whatever_is_kept(shop: Shop) -> None:
    host = shop.host(Gold_rejected=ago(days=1), Gold_contacts=2, Gold_contacted=ago(days=1))
    start(host)
    post(host, "contact", offered(host)["Blue"])
    known = shop.store.known(("Customer", (1,))).state
    assert set(known.history) == {"Blue.contacts", "Blue.contacted"}
    host = shop.host(Gold_contacts=1, Gold_contacted=ago(days=1))
    start(host)
    assert "Gold" in offered(host)
    post(host, "contact", offered(host)["Gold"])
    assert "Gold" in offered(host)
    host = shop.host()
    start(host)
    post(host, "contact", offered(host)["Gold"])
    assert "Gold" in offered(host)


def test_suppression_can_be_ignored_that_of_the_profile_too(shop: Shop) -> None:
    host = shop.host(Gold_rejected=ago(days=1), Blue_accepted=NOON)
    start(host)
    wish = [NameValue("UACIIgnoreSuppressionRules", 1, "numeric")]
    found = host.get_offers("s", "hero", 5, wish).offer_lists[0].offers
    assert {offer.name for offer in found} == {"Gold", "Blue", "Grey"}


def test_the_latest_of_very_many_contacts_are_told_apart(shop: Shop) -> None:
    host = shop.host()
    start(host)
    treatment = offered(host)["Grey"]
    for _ in range(100):
        shop.now += timedelta(seconds=1)
        post(host, "contact", treatment)
    assert len(shop.store.known(("Customer", (1,))).state.contacts["Grey"]) == 64
    for since, is_offered in ((1, True), (2, True), (3, False)):
        last = shop.now - timedelta(seconds=since)
        host = shop.host(Grey_contacts=0, Grey_contacted=last)
        start(host)
        assert ("Grey" in offered(host)) is is_offered


def test_a_pattern_is_as_the_profile_says_until_an_event_counts(shop: Shop) -> None:
    host = shop.host(Keen=1)
    start(host)
    post(host, "asked")  # its condition sees the same
    assert "Blue" not in offered(host)
    start(host, 2, "other")
    post(host, "asked", name="other")
    assert "Blue" in offered(host, "other")
    shop.now += timedelta(hours=2)
    post(host, "viewed")
    post(host, "asked")
    assert "Blue" in offered(host)
