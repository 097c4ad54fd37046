"""Times and numbers at the edges of what there is: as calls send them, and as answers tell them."""

from __future__ import annotations

from typing import Any

import pytest

from interact.runtime.host import advisory
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue

SHOP = """
audience C { key id: int profile { since: date? at: timestamp? rate: float? } }
offer Gold { attributes { until: date = since + 10 days later: timestamp = at + 10 days } }
channel W for C { zone Z { point p } }
strategy S on W { zone Z { Gold score 1 } }
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    path = tmp_path_factory.mktemp("shop") / "shop.interact"
    path.write_text(SHOP)
    return Host(open_deployment(str(path)))


def sent(host: Host, name: str, value: object) -> list[int]:
    """Send a value, and return the codes of what is said; the profile can be read in any case."""
    host.start_session("s", "W", {"id": 1})
    answer = host.get_profile("s", [NameValue(name, value, "string")])
    assert host.get_profile("s").status == 0
    return [m.code for m in answer.messages]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("rate", float("inf")),
        ("rate", "1e400"),
        ("rate", "inf"),
    ],
)
def test_what_there_is_not_is_not_taken(host: Host, name: str, value: object) -> None:
    assert sent(host, name, value) == [advisory.PARAMETERS_FAILED]


@pytest.mark.parametrize("value", ["0001-01-01T14:00:00+14:00", "9999-12-31T09:59:59-14:00"])
def test_the_first_and_last_moments_are_taken(host: Host, value: str) -> None:
    assert sent(host, "at", value) == []


@pytest.mark.parametrize("given", [{}, {"since": "9999-12-31", "at": "9999-12-31T00:00:00"}])
def test_a_null_of_an_offer_has_the_type_of_its_attribute(
    host: Host, given: dict[str, Any]
) -> None:
    host.start_session("s", "W", {"id": 1}, parameters=given)
    (offer,) = host.get_offers("s", "p").offer_lists[0].offers
    assert offer.attributes == (
        NameValue("until", None, "datetime"),
        NameValue("later", None, "datetime"),
    )
