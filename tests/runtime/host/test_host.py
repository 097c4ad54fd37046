"""Sessions: what a touchpoint asks, and that it gets what a batch would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from interact.runtime.batch.adapt import fixed_width
from interact.runtime.errors import DataError, OutputError
from interact.runtime.host import advisory, batch
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.profiles.keys import hash_columns, hash_key
from interact.runtime.host.profiles.tables import TableProfiles, open_profiles
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.scoring import Run, open_customers, score_customers
from interact.stdlib.types import BOOL, FLOAT, INT

EXAMPLES = Path(__file__).parents[3] / "examples"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BANK = EXAMPLES / "retail_bank"


def number(name: str, value: float) -> NameValue:
    return NameValue(name, value, "numeric")


def text(name: str, value: str) -> NameValue:
    return NameValue(name, value, "string")


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return open_deployment(str(BANK))


@pytest.fixture(scope="module")
def profiles(deployment: Deployment) -> TableProfiles:
    return open_profiles(str(BANK / "customers.parquet"), deployment.channels[0].audience)


@pytest.fixture
def host(deployment: Deployment, profiles: TableProfiles) -> Host:
    return Host(deployment, {"customer": profiles}, clock=lambda: AT)


def started(host: Host, customer: int = 7) -> str:
    answer = host.start_session("s", "Website", [number("customer_id", customer)], "Customer")
    assert answer.status == 0, answer.messages
    return "s"


def codes(answer: Response) -> list[int]:
    return [message.code for message in answer.messages]


@pytest.mark.parametrize("name", ["retail_bank", "term_deposit"])
def test_sessions_decide_as_a_batch_does(name: str, tmp_path: Path) -> None:
    folder = EXAMPLES / name
    deployment = open_deployment(str(folder))
    served = deployment.channels[0]
    (customers,) = folder.glob("*.parquet")
    project = deployment.project
    run = Run(
        project,
        served.channel,
        project.plan_of(served.channel),
        str(customers),
        str(tmp_path / "out"),
        AT,
        top=5,
    )
    score_customers(run, open_customers(run), lambda report: {})
    batch: dict[tuple[Any, ...], list[tuple[str, float]]] = {}
    key = [a.name for a in served.audience.key]
    for row in pq.ParquetDataset(tmp_path / "out/offers").read().to_pylist():
        place = (*(row[k] for k in key), row["zone"])
        batch.setdefault(place, []).append((row["offer"], row["score"]))
    host = Host(
        deployment,
        {served.audience.name.lower(): open_profiles(str(customers), served.audience)},
        clock=lambda: AT,
    )
    people = pq.read_table(customers, columns=[a.column for a in served.audience.key])
    points = [PointRequest(zone.points[0].name, 5) for zone in served.channel.zones]
    for person in people.slice(0, 600).to_pylist():
        ids = [NameValue(k, v, "numeric") for k, v in person.items()]
        assert host.start_session("s", served.name, ids).status == 0
        answer = host.get_offers_for_points("s", points)
        for zone, found in zip(served.channel.zones, answer.offer_lists, strict=True):
            shown = [("-".join(o.code), o.score) for o in found.offers]
            assert shown == batch.get((*person.values(), zone.name), [])


def test_names_are_found_whatever_their_case(host: Host) -> None:
    answer = host.start_session("s", "WEBSITE", [number("CUSTOMER_ID", 7)], "customer")
    assert answer.status == 0
    assert host.get_offers("s", "Hero").offer_lists[0].point == "hero"


def test_a_dead_session_is_told_in_the_words_that_clients_look_for(host: Host) -> None:
    calls: list[Callable[[], Response]] = [
        lambda: host.get_offers("gone", "hero"),
        lambda: host.post_event("gone", "contact"),
        lambda: host.get_profile("gone"),
        lambda: host.end_session("gone"),
    ]
    for call in calls:
        answer = call()
        assert (answer.status, codes(answer)) == (2, [advisory.INVALID_SESSION])
        assert "Request received an invalid session id" in answer.messages[0].text


def test_what_does_not_exist_is_a_message(host: Host) -> None:
    assert codes(host.start_session("s", "Shop", [])) == [advisory.INVALID_CHANNEL]
    level = host.start_session("s", "Website", [], "Household")
    assert codes(level) == [advisory.INVALID_AUDIENCE]
    started(host)
    assert codes(host.get_offers("s", "nowhere")) == [advisory.INVALID_POINT]
    assert codes(host.post_event("s", "danced")) == [advisory.INVALID_EVENT]


def test_an_unknown_customer_gets_what_nulls_give(host: Host) -> None:
    started(host, 10**9)
    answer = host.get_offers("s", "hero", 3)
    assert answer.status == 0
    assert answer.offer_lists[0].default == "welcome"


def test_parameters_change_the_visit_only(host: Host) -> None:
    started(host)
    before = host.get_offers("s", "hero", 3).offer_lists
    balance = [number("Balance", 90_000), text("colour", "red")]
    changed = host.get_offers("s", "hero", 3, balance)
    assert changed.status == 0
    assert changed.offer_lists != before
    profile = {p.name: p.value for p in host.get_profile("s").profile}
    assert (profile["balance"], profile["colour"]) == (90_000.0, "red")
    started(host)
    assert [o.code for o in host.get_offers("s", "hero", 3).offer_lists[0].offers] == [
        o.code for o in before[0].offers
    ]


def test_a_parameter_of_another_type_is_a_warning(host: Host) -> None:
    started(host)
    answer = host.get_offers("s", "hero", 1, [text("balance", "plenty")])
    assert (answer.status, codes(answer)) == (1, [advisory.PARAMETERS_FAILED])
    assert len(answer.offer_lists) == 1


def test_relying_on_a_session_goes_on_with_it(host: Host) -> None:
    started(host)
    host.get_offers("s", "hero", 1, [number("balance", 90_000)])
    ids = [number("customer_id", 7)]
    host.start_session("s", "Website", ids, rely_on_existing=True)
    assert {p.name: p.value for p in host.get_profile("s").profile}["balance"] == 90_000.0
    host.start_session("s", "Website", ids)
    assert {p.name: p.value for p in host.get_profile("s").profile}["balance"] != 90_000.0


def test_the_audience_can_be_told_later(host: Host) -> None:
    host.start_session("s", "Website", [number("customer_id", 10**9)])
    stranger = host.get_offers("s", "hero", 3).offer_lists[0].offers
    host.set_audience("s", [number("customer_id", 7)])
    known = host.get_offers("s", "hero", 3).offer_lists[0].offers
    started(host)
    assert [o.code for o in known] == [
        o.code for o in host.get_offers("s", "hero", 3).offer_lists[0].offers
    ]
    assert [o.code for o in known] != [o.code for o in stranger]


def test_points_of_one_call_share_offers_only_where_they_may(host: Host) -> None:
    started(host)
    twice = [
        PointRequest("hero", 2, duplicates=False),
        PointRequest("sidebar", 2, duplicates=False),
    ]
    first, second = host.get_offers_for_points("s", twice).offer_lists
    assert not {o.name for o in first.offers} & {o.name for o in second.offers}
    free = [PointRequest("hero", 2), PointRequest("sidebar", 2)]
    first, second = host.get_offers_for_points("s", free).offer_lists
    assert [o.name for o in first.offers] == [o.name for o in second.offers]


def test_contacts_and_responses_are_recorded(host: Host) -> None:
    rows: list[Any] = []
    host.record, host.kept = rows.extend, ["channel_code"]
    started(host)
    shown = host.get_offers("s", "hero", 2, [text("channel_code", "app")]).offer_lists[0].offers
    assert host.post_event("s", "contact").status == 0
    treatment = [text("UACIOfferTrackingCode", shown[1].treatment)]
    assert host.post_event("s", "Accept", treatment).status == 0
    assert [(r.offer, r.rank, r.score) for r in rows[:2]] == [
        (o.name, n, o.score) for n, o in enumerate(shown, 1)
    ]
    assert (rows[2].kind, rows[2].offer, rows[2].matched) == ("accept", shown[1].name, True)
    assert all(r.key == (7,) and r.extra == {"channel_code": "app"} for r in rows)
    assert len({r.event for r in rows}) == 3
    unknown = host.post_event("s", "reject", [text("UACIOfferTrackingCode", "elsewhere")])
    assert codes(unknown) == [advisory.UNKNOWN_TREATMENT]
    assert (rows[3].kind, rows[3].matched, rows[3].treatment) == ("reject", False, "elsewhere")
    assert codes(host.post_event("s", "accept")) == [advisory.NOTHING_TO_LOG]


def test_a_history_that_fails_is_told(host: Host) -> None:
    def fail(rows: Sequence[Any]) -> None:
        raise OutputError("no space left")

    host.record = fail
    started(host)
    host.get_offers("s", "hero")
    answer = host.post_event("s", "contact")
    assert (answer.status, codes(answer)) == (2, [advisory.EVENT_LOG_FAILED])


def test_sessions_end_when_idle_and_the_oldest_when_many(deployment: Deployment) -> None:
    now = 0.0
    host = Host(deployment, store=MemoryStore(idle_seconds=10, most=3, clock=lambda: now))
    for name in "abc":
        host.start_session(name, "Website", [number("customer_id", 1)])
    assert host.get_profile("a").status == 0
    host.start_session("d", "Website", [number("customer_id", 1)])
    assert [host.get_profile(n).status for n in "abcd"] == [0, 2, 0, 0]
    now = 11.0
    assert [host.get_profile(n).status for n in "acd"] == [2, 2, 2]


def test_a_session_keeps_the_version_that_it_began_with(host: Host) -> None:
    started(host)
    old = host.deployment.version
    host.deployment = open_deployment(str(EXAMPLES / "term_deposit"))
    assert host.get_offers("s", "hero").version == old
    assert host.version().version == host.deployment.version != old


def test_profiles_are_found_by_every_sort_of_key(tmp_path: Path) -> None:
    source = tmp_path / "a.interact"
    source.write_text(
        "audience A { key region: text, number: int profile { age: int? vip: bool } "
        "visits: many { at: date } } channel W for A { zone Z { point p } } "
        "offer O {} strategy S on W { zone Z { O score 1 } }"
    )
    count = 300
    table = pa.table(
        {
            "region": [f"r{i % 7}" for i in range(count)],
            "number": pa.array(range(count), pa.int32()),
            "age": [None if i % 5 == 0 else i for i in range(count)],
            "vip": [i % 3 == 0 for i in range(count)],
            "visits": [
                [{"at": datetime(2026, 1, 1 + i % 20).date()}] * (i % 3) for i in range(count)
            ],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100)
    audience = open_deployment(str(source)).channels[0].audience
    found = open_profiles(str(tmp_path / "a.parquet"), audience)
    assert len(found) == count
    for i in range(count):
        profile = found.load((f"r{i % 7}", i))
        assert profile is not None
        assert profile.values["age"] == (None if i % 5 == 0 else i)
        assert profile.values["vip"] is (i % 3 == 0)
        assert len(profile.rows["visits"]) == i % 3
        assert found.load((f"r{(i + 1) % 7}", i)) is None


def test_profiles_with_bytes_that_are_no_text_are_refused_at_once(tmp_path: Path) -> None:
    source = tmp_path / "a.interact"
    source.write_text(
        "audience A { key id: int profile { name: text? } } channel W for A { zone Z { point p } }"
    )
    names = pa.array([b"Ada", b"\xff"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": [1, 2], "name": names}), tmp_path / "a.parquet")
    audience = open_deployment(str(source)).channels[0].audience
    with pytest.raises(DataError, match="column `name` holds a text that is not UTF-8"):
        open_profiles(str(tmp_path / "a.parquet"), audience)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=20),
            st.integers(-(2**63), 2**63 - 1),
            st.booleans(),
            st.floats(allow_nan=False),
        ),
        min_size=1,
    ),
    st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int16(), pa.string())]),
)
def test_keys_have_the_numbers_of_their_columns(
    keys: list[tuple[str, int, bool, float]], kind: Any
) -> None:
    texts, numbers, flags, floats = (list(part) for part in zip(*keys, strict=True))
    columns = [
        pa.array(texts, pa.string()).cast(kind),
        fixed_width(pa.array(numbers), INT)[0],
        fixed_width(pa.array(flags), BOOL)[0],
        fixed_width(pa.array(floats), FLOAT)[0],
    ]
    assert hash_columns(columns, len(keys)).tolist() == [hash_key(key) for key in keys]
    for number, column in enumerate(columns):
        found = hash_columns([column], len(keys)).tolist()
        assert found == [hash_key((key[number],)) for key in keys]


@pytest.mark.parametrize("compression", [None, "zstd"])
def test_profiles_of_arrow_files_are_mapped_where_they_can_be(
    tmp_path: Path, compression: str | None, deployment: Deployment
) -> None:
    table = pq.read_table(BANK / "customers.parquet")
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(tmp_path / "c.arrow", table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=700)
    audience = deployment.channels[0].audience
    plain = open_profiles(str(BANK / "customers.parquet"), audience)
    before = pa.total_allocated_bytes()
    found = open_profiles(str(tmp_path / "c.arrow"), audience)
    taken = pa.total_allocated_bytes() - before
    assert (taken < table.nbytes / 20) is (compression is None)
    for number in range(1, 5001, 7):
        assert found.load((number,)) == plain.load((number,))


def test_a_batch_is_kept_together(host: Host) -> None:
    visit = batch.start_session("Website", {"customer_id": 7})
    wrong = batch.start_session("Nowhere", {"customer_id": 7})
    asked = [batch.get_offers("hero", 2), batch.post_event("contact"), batch.get_profile()]
    done = host.execute_batch(
        "s", [visit, *asked, batch.post_event("nonsense"), batch.end_session()]
    )
    assert [answer.status for answer in done.responses] == [0, 0, 0, 0, 2, 0]
    assert done.status == 2
    stopped = host.execute_batch("t", [wrong, *asked])
    assert [answer.status for answer in stopped.responses] == [2]
    assert host.get_offers("t", "hero").status == 2
