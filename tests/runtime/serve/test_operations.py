"""The service in operation: limits of rates, logs without personal data, and full disks."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pyarrow.dataset as ds
import pytest
from starlette.testclient import TestClient

from interact.runtime.errors import UsageError
from interact.runtime.history.recover import recover
from interact.runtime.history.verify import verify
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.rates import MOST_CLIENTS, Rates
from interact.runtime.serve.users import Gate, hashed, read_users

SERVLET = "/servlet/RestServlet"
SHOP = """
audience C { key id: int }
channel W for C { zone Z { point p } }
offer O {}
strategy S on W { zone Z { O score 1 } }
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shop") / "shop.interact"
    file.write_text(SHOP)
    return file


@pytest.fixture(scope="module")
def deployment(project: Path) -> Deployment:
    return open_deployment(str(project))


def visit(session: str = "s1", customer: int = 4711) -> dict[str, Any]:
    return {
        "sessionId": session,
        "commands": [
            {
                "action": "startSession",
                "ic": "W",
                "audienceID": [{"n": "id", "v": customer, "t": "numeric"}],
            },
            {"action": "getOffers", "ip": "p"},
            {"action": "postEvent", "event": "contact"},
        ],
    }


# -- rates -------------------------------------------------------------------------------------


def test_a_client_may_save_up_and_then_goes_at_its_rate() -> None:
    now = [0.0]
    rates = Rates(10.0, lambda: now[0])
    assert [rates.wait("a") for _ in range(20)] == [0.0] * 20
    assert rates.wait("a") == pytest.approx(0.1)
    assert rates.wait("b") == 0.0
    now[0] = 0.1
    assert rates.wait("a") == 0.0
    assert rates.wait("a") > 0
    now[0] = 100.0
    assert [rates.wait("a") for _ in range(21)].count(0.0) == 20


def test_many_clients_take_no_more_memory() -> None:
    rates = Rates(1.0, lambda: 0.0)
    for number in range(MOST_CLIENTS + 10):
        rates.wait(str(number))
    assert len(rates._full) == MOST_CLIENTS


def test_requests_beyond_the_rate_are_refused_by_user_or_address(deployment: Deployment) -> None:
    now = [0.0]
    gate = Gate({"ann": hashed("a", work=16), "ben": hashed("b", work=16)})
    rates = Rates(2.0, lambda: now[0])
    service = Service(Host(deployment), None, gate, Metrics(), rates=rates)
    client = TestClient(make_app(service))

    def post(**headers: str) -> httpx.Response:
        found: Any = client.post(SERVLET, json=visit(), headers=headers)
        return found  # type: ignore[no-any-return]

    tokens = {
        name: post(m_user_name=name, m_user_password=name[0]).headers["m_tokenId"]
        for name in ("ann", "ben")
    }
    assert [post(m_tokenId=tokens["ann"]).status_code for _ in range(6)] == [200] * 4 + [429] * 2
    assert post(m_tokenId=tokens["ben"]).status_code == 200
    statuses = [post(m_user_name="ann", m_user_password="x").status_code for _ in range(4)]
    assert statuses == [401, 401, 429, 429]  # two of the address were the logins
    refused = post(m_tokenId=tokens["ann"])
    (answer,) = refused.json()["responses"]
    assert (answer["statusCode"], answer["messages"][0]["msgCode"]) == (2, 1011)
    assert refused.headers["retry-after"] == "1"
    now[0] = 10.0
    assert post(m_tokenId=tokens["ann"]).status_code == 200
    assert 'interact_refused_total{status="429"} 5.0' in client.get("/metrics").text


def test_a_bug_is_an_answer_like_others(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(make_app(Service(Host(deployment), None, Gate(None), Metrics())))
    monkeypatch.setattr(Host, "steps", None)
    answer = client.post(SERVLET, json=visit())
    assert answer.status_code == 500
    assert "bug" in answer.json()["responses"][0]["messages"][0]["msg"]


@pytest.mark.parametrize("line", ["ann secret", "ann scrypt$x$AA==$AA==", "ann scrypt$1$2$3$4"])
def test_a_line_that_is_no_user_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "users").write_text(f"# who may call\n{line}\n")
    with pytest.raises(UsageError, match="line 2"):
        read_users(str(tmp_path / "users"))


# -- a process ---------------------------------------------------------------------------------


@contextmanager
def serving(
    project: Path, *options: str, most_bytes: int | None = None
) -> Iterator[tuple[Any, str]]:
    """Run a service whose files can have so many bytes; yield the process and its address."""

    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "-m", "interact", "serve", str(project), "--port", "0", *options]
    pipe = subprocess.PIPE
    run = subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, preexec_fn=limit, env=dict(os.environ)
    )
    try:
        assert run.stderr is not None
        first = run.stderr.readline()
        found = re.search(r"http://[\d.:]+", first)
        assert found is not None
        if first.startswith("{"):
            json.loads(first)
        yield run, found[0]
    finally:
        run.kill()
        run.communicate()


def test_logs_are_json_and_name_nobody(project: Path, tmp_path: Path) -> None:
    (tmp_path / "users").write_text(f"ann {hashed('pass-word', work=16)}\n")
    options = ("--log", "json", "--log-requests", "--users", str(tmp_path / "users"))
    with serving(project, *options, "--history", str(tmp_path / "h")) as (run, base):
        login = {"m_user_name": "ann", "m_user_password": "pass-word"}
        first = httpx.post(base + SERVLET, json=visit("my-session", 4711), headers=login)
        token = {"m_tokenId": first.headers["m_tokenId"]}
        httpx.get(f"{base}/v2/offers/my-session/p", headers=token)
        httpx.post(base + SERVLET, content=b"{", headers=token)
        run.terminate()
        printed, told = run.communicate()
    lines = [json.loads(line) for line in told.splitlines()]
    assert (printed, lines[-1]["event"], run.returncode) == ("", "stopped", 143)
    assert all({"timestamp", "level", "logger", "event"} <= line.keys() for line in lines)
    requests = [line for line in lines if line["logger"] == "interact.requests"]
    assert [(r["method"], r["path"], r["status"], r["commands"]) for r in requests] == [
        ("POST", SERVLET, 200, 3),
        ("GET", "/v2/offers/{session}/{ip}", 200, 1),
        ("POST", SERVLET, 400, 0),
    ]
    for secret in ("my-session", "4711", "pass-word", token["m_tokenId"]):
        assert secret not in told


def test_a_log_of_json_is_json_from_the_first_line_on(project: Path, tmp_path: Path) -> None:
    """A password for the run is not in it: it is on the standard output."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "interact", "serve", "--port", "0", "--log", "json"]
    with subprocess.Popen([*command, str(project)], stdout=pipe, stderr=pipe, text=True) as run:
        assert run.stderr is not None
        started = json.loads(run.stderr.readline())
        run.terminate()
        printed, told = run.communicate()
    assert (started["event"], started["channels"], started["profiles"]) == (
        "started", ["W"], {"C": None},
    )  # fmt: skip
    assert started["version"] == open_deployment(str(project)).version
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["stopped"]
    password = re.fullmatch(r"user interact, password (\S+) \(for this run\)\n", printed)
    assert password is not None
    assert password[1] not in str(started)
    (tmp_path / "bad.interact").write_text("offer {")
    for path, code, event in [
        ("nowhere", 2, "no such file or folder: nowhere"),
        (str(tmp_path / "bad.interact"), 1, "the project has errors"),
    ]:
        wrong = subprocess.run([*command, path], capture_output=True, text=True, check=False)
        found = json.loads(wrong.stderr)
        assert (wrong.returncode, wrong.stdout) == (code, "")
        assert (found["event"], found["level"]) == (event, "error")


@pytest.mark.parametrize("store", ["memory", "file"])
def test_a_full_disk_is_an_error_and_loses_nothing(
    project: Path, tmp_path: Path, store: str
) -> None:
    history = tmp_path / "h"
    options = ["--no-auth", "--history", str(history)]
    options += ["--store", "memory"] if store == "memory" else []
    acknowledged: list[str] = []
    refused = 0
    with serving(project, *options, most_bytes=200_000) as (run, base), httpx.Client() as client:
        for number in range(3000):
            answer = client.post(base + SERVLET, json=visit(f"s{number}", number))
            assert answer.status_code in (200, 503)
            found = answer.json()["responses"]
            if answer.status_code == 200 and all(r["statusCode"] == 0 for r in found):
                offer = found[1]["offerLists"][0]["offers"][0]
                acknowledged.append(offer["treatmentCode"])
            else:
                refused += 1
                codes = {m["msgCode"] for r in found for m in r["messages"]}
                assert codes <= {13, 1006}
                if refused == 5:
                    break
        assert refused == 5, "the disk was never full"
        assert client.get(base + "/health").status_code == 200
        metrics = client.get(base + "/metrics").text
        counts = re.findall(r"^interact_(?:history|store)_failures_total (\S+)", metrics, re.M)
        assert sum(map(float, counts)) >= 5
        assert run.poll() is None
    recover(history, lambda level: ("id",))  # there is room again
    kept = ds.dataset(history / "contacts").to_table()["treatment"].to_pylist()
    assert not set(acknowledged) - set(kept)
    assert len(kept) == len(set(kept))
    assert verify(history).findings == []
