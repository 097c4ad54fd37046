"""The service over HTTP: the wire of the original, who may call, and what breaks."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st
from starlette.testclient import TestClient
from tests.runtime.serve.serving import BANK, SERVLET, Serve

from interact.runtime.cli.main import cli
from interact.runtime.host import advisory
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.tables import open_profiles
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.endpoint import MOST_BYTES
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.users import Gate, hashed, matches

START = {
    "action": "startSession",
    "ic": "Website",
    "audienceLevel": "Customer",
    "audienceID": [{"n": "customer_id", "v": 7, "t": "numeric"}],
}


@pytest.fixture(scope="module")
def host() -> Host:
    deployment = open_deployment(str(BANK))
    audience = deployment.channels[0].audience
    return Host(deployment, {"customer": open_profiles(str(BANK / "customers.parquet"), audience)})


def client_of(host: Host, gate: Gate | None = None, **more: Any) -> TestClient:
    return TestClient(make_app(Service(host, None, gate or Gate(None), Metrics()), **more))


@pytest.fixture(scope="module")
def client(host: Host) -> TestClient:
    return client_of(host)


def post(client: TestClient, commands: list[Any], session: str | None = None) -> Any:
    answer = client.post(SERVLET, json={"sessionId": session, "commands": commands})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_visit_through_the_servlet(client: TestClient) -> None:
    found = post(client, [START, {"action": "getOffers", "ip": "hero", "numberRequested": 2}])
    assert found["batchStatusCode"] == 0
    session = found["responses"][0]["sessionId"]
    (shown,) = found["responses"][1]["offerLists"]
    assert (shown["ip"], shown["defaultString"], len(shown["offers"])) == ("hero", "welcome", 2)
    offer = shown["offers"][0]
    assert set(offer) == {"n", "desc", "code", "treatmentCode", "score", "attributes"}
    assert all(set(pair) == {"n", "v", "t"} for pair in offer["attributes"])
    tracking = [{"n": "UACIOfferTrackingCode", "v": offer["treatmentCode"], "t": "string"}]
    commands = [
        {"action": "postEvent", "event": "Contact"},
        {"action": "postEvent", "event": "Accept", "parameters": tracking},
        {"action": "getProfile"},
        {"action": "getVersion"},
        {"action": "setDebug", "debug": True},
        {"action": "endSession"},
    ]
    ended = post(client, commands, session)
    assert [r["statusCode"] for r in ended["responses"]] == [0] * 6
    assert {"n": "customer_id", "v": 7, "t": "numeric"} in ended["responses"][2]["profile"]
    dead = post(client, [{"action": "getOffers", "ip": "hero"}], session)
    (message,) = dead["responses"][0]["messages"]
    assert (message["msgLevel"], message["msgCode"]) == (2, 1)
    assert "Request received an invalid session id" in message["msg"]


def test_older_clients_write_the_audience_as_a_text(client: TestClient) -> None:
    found = post(client, [{**START, "audienceID": "customer_id,7,numeric"}])
    assert found["batchStatusCode"] == 0


def test_a_wrong_command_does_not_stop_the_others(client: TestClient) -> None:
    wrong: list[Any] = [
        {"action": "fly"},
        7,
        {"action": "getOffers"},
        {"action": "getOffers", "ip": "hero", "numberRequested": -1},
        {"action": "getOffers", "ip": "hero", "numberRequested": 10**30},
        {"action": "postEvent", "event": "contact", "parameters": [{"v": 1}]},
        {"action": "postEvent", "event": "contact", "parameters": {"n": 1}},
        {"action": "getOffers", "getOfferRequests": "hero"},
    ]
    found = post(client, [START, *wrong, {"action": "getOffers", "ip": "hero"}])
    status = [r["statusCode"] for r in found["responses"]]
    assert status == [0, *[2] * len(wrong), 0]
    assert all(r["messages"] for r in found["responses"][1:-1])


def test_a_session_that_does_not_start_stops_its_batch(client: TestClient) -> None:
    found = post(client, [{**START, "ic": "Nowhere"}, {"action": "getOffers", "ip": "hero"}])
    assert len(found["responses"]) == 1


def test_rest(client: TestClient) -> None:
    ids = {"audienceID": START["audienceID"]}
    made = client.post("/v2/sessions/r1?ic=Website&audienceLevel=Customer", json=ids)
    assert (made.status_code, made.json()["statusCode"]) == (200, 0)
    shown = client.get("/v2/offers/r1/hero?number=2").json()
    assert len(shown["offerLists"][0]["offers"]) == 2
    both = {"getOfferRequests": [{"ip": "hero"}, {"ip": "sidebar", "numberRequested": 2}]}
    points = client.post("/v2/offers/r1", json=both).json()["offerLists"]
    assert [p["ip"] for p in points] == ["hero", "sidebar"]
    assert client.post("/v2/events/r1/contact").json()["statusCode"] == 0
    assert client.get("/v2/profiles/r1").json()["profile"]
    assert client.delete("/v2/sessions/r1").json()["statusCode"] == 0
    assert client.get("/v2/offers/r1/hero").json()["statusCode"] == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"commands": {}}', 400),
        (b'{"sessionId": 3, "commands": []}', 400),
        (b"[" * 100_000, 400),
        (b'{"commands": [' + b"7," * 300 + b"7]}", 413),
        (b'{"x": "' + b"a" * MOST_BYTES + b'"}', 413),
    ],
)
def test_a_broken_request_is_refused(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post(SERVLET, content=body)
    told = answer.json()
    assert (answer.status_code, told["batchStatusCode"]) == (status, 2)
    (message,) = told["responses"][0]["messages"]
    assert (message["msgLevel"], message["msgCode"]) == (2, advisory.WRONG_ARGUMENT)


STRANGE = [
    {"n": "balance", "v": "1e999999999", "t": "string"},
    {"n": "balance", "v": 10**400, "t": "numeric"},
    {"n": "customer_id", "v": "1e999999999", "t": "string"},
    {"n": "last_login", "v": "2026-13-45", "t": "datetime"},
]


@pytest.mark.parametrize("parameter", STRANGE)
def test_a_value_that_does_not_fit_is_a_warning(
    client: TestClient, parameter: dict[str, Any]
) -> None:
    asked = {"action": "getOffers", "ip": "hero", "parameters": [parameter]}
    found = post(client, [START, asked, asked])
    (message,) = found["responses"][1]["messages"]
    assert (message["msgLevel"], message["msgCode"]) == (1, advisory.PARAMETERS_FAILED)
    assert "Decimal" not in message["msg"]
    assert found["responses"][2]["offerLists"]


@pytest.mark.parametrize("value", ["1e999", "-1e999", '"nan"', '"1e999"', '"much"'])
def test_a_number_that_is_none_stops_its_command_only(client: TestClient, value: str) -> None:
    given = '{"n": "x", "v": VALUE, "t": "numeric"}'.replace("VALUE", value)
    asked = f'{{"action": "getOffers", "ip": "hero", "parameters": [{given}]}}'
    body = f'{{"commands": [{json.dumps(START)}, {asked}, {{"action": "getProfile"}}]}}'
    found = client.post(SERVLET, content=body).json()["responses"]
    assert [r["statusCode"] for r in found] == [0, 2, 0]
    assert "x is numeric" in found[1]["messages"][0]["msg"]


def test_of_a_name_that_comes_twice_the_last_counts(client: TestClient) -> None:
    body = b'{"commands": [{"action": "fly", "action": "getVersion"}]}'
    assert client.post(SERVLET, content=body).json()["batchStatusCode"] == 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["ic", "ip", "event", "audienceID", "parameters", "numberRequested", "getOfferRequests",
     "audienceLevel", "relyOnExistingSession", "debug"]
)  # fmt: skip
ACTIONS = st.sampled_from(
    ["startSession", "getOffers", "postEvent", "setAudience", "getProfile", "setDebug",
     "getVersion", "endSession", "zap"]
)  # fmt: skip
COMMANDS = st.builds(
    lambda action, rest, told: (
        {"ic": "Website", "ip": "hero", "event": "contact", **rest, **told} | {"action": action}
    ),
    ACTIONS,
    st.dictionaries(NAMES, JSON, max_size=3),
    st.dictionaries(st.text(max_size=5), JSON, max_size=2),
)


@settings(max_examples=400)
@given(st.lists(COMMANDS, max_size=4))
def test_nothing_that_a_client_sends_is_a_bug(client: TestClient, commands: list[Any]) -> None:
    answer = client.post(SERVLET, content=json.dumps({"commands": [START, *commands]}))
    assert answer.status_code == 200
    assert len(answer.json()["responses"]) == len(commands) + 1


def test_who_may_call(host: Host) -> None:
    now = 0.0
    gate = Gate({"web": hashed("s€cret word", work=16)}, clock=lambda: now)
    client = client_of(host, gate, origins=["https://shop.example"])
    assert client.post(SERVLET, json={"commands": []}).status_code == 401
    wrong = {"m_user_name": "web", "m_user_password": "guess"}
    assert client.post(SERVLET, json={"commands": []}, headers=wrong).status_code == 401
    right = {"m_user_name": "web", "m_user_password": "s%E2%82%ACcret%20word"}
    answer = client.post(
        SERVLET, json={"commands": []}, headers={**right, "Origin": "https://shop.example"}
    )
    assert answer.status_code == 200
    assert "m_tokenId" in answer.headers["access-control-expose-headers"]
    token = {"m_tokenId": answer.headers["m_tokenId"]}
    assert client.post(SERVLET, json={"commands": []}, headers=token).status_code == 200
    assert client.get("/v2/profiles/x", headers={"m_tokenId": "made up"}).status_code == 401
    now = 4000.0
    assert client.post(SERVLET, json={"commands": []}, headers=token).status_code == 401
    assert client.get("/health").status_code == 200


def test_passwords_are_kept_as_hashes() -> None:
    kept = hashed("word", work=16)
    assert matches("word", kept)
    assert not matches("world", kept)
    assert "word" not in kept.replace("scrypt", "")
    assert kept != hashed("word", work=16)


def test_metrics_and_openapi(client: TestClient) -> None:
    post(client, [START, {"action": "zap"}])
    metrics = client.get("/metrics").text
    assert re.search(r'interact_commands_total\{action="startsession",status="0"\} \d', metrics)
    assert 'action="unknown",status="2"' in metrics
    told = client.get("/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    assert "/v2/offers/{session}/{ip}" in told["paths"]


def test_pages_of_a_site_lie_beside_the_service(host: Host, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("a page")
    (tmp_path / "site" / "link").symlink_to(tmp_path / "secret")
    client = client_of(host, site=str(tmp_path / "site"))
    assert client.get("/").text == "a page"
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/absent").status_code == 404
    for path in ("/../secret", "/%2e%2e/secret", "/link", "//etc/passwd"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[serve]\nsite = "absent"', "site names a folder, and 'absent' is none"),
        ("[serve]\nsite = 7", "site names a folder, and 7 is none"),
        ("[serve]\nport = 7", "[serve] has two settings"),
        ("[serve.tables]\nvisits = 7", "[serve.tables] has lists of names"),
        ("[server]", "no setting server"),
    ],
)
def test_wrong_settings_are_one_line(settings: str, said: str, tmp_path: Path) -> None:
    from interact.runtime.errors import UsageError
    from interact.runtime.serve.settings import read_settings

    (tmp_path / "interact.toml").write_text(settings)
    with pytest.raises(UsageError) as error:
        read_settings(str(tmp_path))
    assert said in error.value.message


# -- the command -------------------------------------------------------------------------------


def contact(base: str, session: str) -> list[str]:
    """Return the treatments of a session whose contact was acknowledged."""
    commands = [START, {"action": "getOffers", "ip": "hero", "numberRequested": 2}]
    commands.append({"action": "postEvent", "event": "contact"})
    body = {"sessionId": session, "commands": commands}
    found = httpx.post(f"{base}{SERVLET}", json=body, timeout=120).json()
    assert found["batchStatusCode"] == 0, found
    offers = found["responses"][1]["offerLists"][0]["offers"]
    return [offer["treatmentCode"] for offer in offers]


def test_what_was_acknowledged_survives_a_kill(serve: Serve, tmp_path: Path) -> None:
    server = serve(str(BANK), "--no-auth", "--history", str(tmp_path / "h"))
    told = [t for n in range(20) for t in contact(server.base, f"s{n}")]
    server.stop(kill=True)
    from interact.runtime.history.recover import recover

    recover(tmp_path / "h", lambda level: ("customer_id",))
    kept = pq.ParquetDataset(tmp_path / "h/contacts").read(["treatment"])["treatment"].to_pylist()
    assert sorted(kept) == sorted(told)


def test_a_service_that_is_told_to_stop_publishes_its_history(serve: Serve, tmp_path: Path) -> None:
    server = serve(str(BANK), "--no-auth", "--history", str(tmp_path / "h"))
    told = contact(server.base, "s")
    server.stop()
    kept = pq.ParquetDataset(tmp_path / "h/contacts").read().to_pylist()
    assert [row["treatment"] for row in kept] == told
    assert {row["customer_id"] for row in kept} == {7}
    assert not any((tmp_path / "h/log").iterdir())


def test_a_service_that_has_just_started_can_be_stopped(serve: Serve, tmp_path: Path) -> None:
    server = serve(str(BANK), "--no-auth", "--history", str(tmp_path / "h"))
    server.stop()
    assert server.run.returncode == 143
    assert not any((tmp_path / "h/log").iterdir())


def test_a_port_in_use_is_one_line() -> None:
    from click.testing import CliRunner

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = CliRunner().invoke(cli, ["serve", str(BANK), "--no-auth", "--port", port])
    assert (found.exit_code, found.output.count("\n")) == (2, 2)
    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in found.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--no-auth", "--host", "0.0.0.0"], "--no-auth is for this machine only"),
        (["--profiles", "Household=x.parquet"], "no audience level Household"),
        (["--profiles", "nonsense"], "is not LEVEL=FILE"),
        (["--users", "missing.txt"], "cannot read the users in missing.txt"),
    ],
)
def test_wrong_usage_is_one_line(more: list[str], said: str) -> None:
    from click.testing import CliRunner

    found = CliRunner().invoke(cli, ["serve", str(BANK), *more])
    assert found.exit_code == 2
    assert said in found.output
    assert found.output.count("error") == 1
