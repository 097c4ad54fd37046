"""What a service takes from the columns of a file of profiles, beside attributes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interact.runtime.errors import InteractError
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.project import open_project
from interact.runtime.serve.preparing import Preparing

SHOP = """
audience Customer { key id: int }
offer Gold { suppress for 9 days after reject }
offer Blue {}
channel Web for Customer {
  zone Home { point hero }
  event viewed
  pattern Shopper from "shopper" { count of viewed is at least 3 within 1 day }
}
channel Desk for Customer { zone Till { point screen } }
strategy Tills on Desk { zone Till { Blue } }
strategy Cards on Web { zone Home { Gold score 9  Blue score 80 when Shopper } }
"""


def served(folder: Path, **columns: pa.Array) -> Host:
    (folder / "s.interact").write_text(SHOP)
    pq.write_table(pa.table({"id": [1, 2], **columns}), folder / "people.parquet")
    prepare = Preparing({"Customer": str(folder / "people.parquet")})
    return Host(prepare(open_project(str(folder / "s.interact"))))


def offers(host: Host, customer: int, channel: str = "Web", point: str = "hero") -> list[str]:
    name = f"{channel} {customer}"
    host.start_session(name, channel, [NameValue("id", customer, "numeric")])
    return [offer.name for offer in host.get_offers(name, point, 3).offer_lists[0].offers]


def test_a_pattern_is_as_the_profile_has_it(tmp_path: Path) -> None:
    host = served(tmp_path, shopper=pa.array([1, 0]))
    assert offers(host, 1) == ["Blue", "Gold"]
    assert offers(host, 2) == ["Gold"]
    assert offers(host, 1, "Desk", "screen") == ["Blue"]


def test_history_in_a_profile_is_read_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rejected = {"Gold.rejected": pa.array([datetime.now(UTC), None], pa.timestamp("us", "UTC"))}
    host = served(tmp_path, **rejected)
    assert not caplog.records
    assert (offers(host, 1), offers(host, 2)) == ([], ["Gold"])


def test_history_of_a_type_that_does_not_serve_is_told_before_the_start(tmp_path: Path) -> None:
    told = "column `Gold.rejected` should be timestamp, but is string"
    with pytest.raises(InteractError, match=told):
        served(tmp_path, **{"Gold.rejected": pa.array(["yesterday", None])})
