"""Who may call is as the file of users says now."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import BANK, SERVLET, Serve

from interact.runtime.errors import UsageError
from interact.runtime.host.deployment import nothing
from interact.runtime.host.host import Host
from interact.runtime.serve.admission import Admission, open_users
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.users import MOST_WAITING, Gate, hashed, matches, read_users

ANN, BEN = hashed("a-secret", work=16), hashed("b-secret", work=16)
NOTHING: dict[str, Any] = {"commands": []}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    path.write_text(f"ann {ANN}\nben {BEN}\n")
    return path


@pytest.fixture
def users(file: Path) -> Admission:
    return open_users(str(file), 1.0)


def look(users: Admission) -> None:
    """Look as often as it takes to see that a file has settled."""
    for _ in range(2):
        users.look()


def test_who_is_removed_is_out_with_all_tokens(file: Path, users: Admission) -> None:
    gate = users.gate
    tokens = {n: gate.token_for(n, f"{n[0]}-secret") or "" for n in ("ann", "ben")}
    file.write_text(f"ben {BEN}\ncleo {ANN}\n")
    users.look()
    assert gate.user_of(tokens["ann"]) == "ann"  # it may still be written
    users.look()
    assert [gate.user_of(t) for t in tokens.values()] == [None, "ben"]
    assert gate.token_for("ann", "a-secret") is None
    assert gate.knows(gate.token_for("cleo", "a-secret") or "")
    file.write_text(f"ann {ANN}\nben {BEN}\n")
    look(users)
    assert gate.user_of(tokens["ann"]) is None  # back, but not with that token


def test_another_password_ends_tokens(file: Path, users: Admission) -> None:
    token = users.gate.token_for("ben", "b-secret") or ""
    file.write_text(f"ann {ANN}\nben {hashed('b-secret', work=16)}\n")
    users.look(anew=True)
    assert not users.gate.knows(token)


def test_who_sends_a_password_each_time_gets_one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def counted(password: str, kept: str) -> bool:
        checked.append(password)
        return matches(password, kept)

    monkeypatch.setattr("interact.runtime.serve.users.matches", counted)
    now = [0.0]
    gate = Gate({"ann": ANN, "ben": BEN}, lambda: now[0])
    first, other = gate.token_for("ann", "a-secret"), gate.token_for("ben", "b-secret")
    assert first is not None
    assert {gate.token_for("ann", "a-secret") for _ in range(20_000)} == {first}
    assert gate.user_of(other or "") == "ben"  # not pushed out by so many
    assert checked == ["a-secret", "b-secret"]
    assert gate.token_for("ann", "b-secret") is gate.token_for("anna", "-secret") is None
    now[0] = 1800.0
    later = gate.token_for("ann", "a-secret")
    assert later not in (None, first)
    assert gate.user_of(first) == "ann"
    gate.take({"ann": hashed("new", work=16)})
    assert gate.token_for("ann", "a-secret") is None
    assert gate.token_for("ann", "new") is not None


def test_a_token_lasts_while_it_is_used() -> None:
    now = [0.0]
    gate = Gate({"ann": ANN, "ben": BEN}, lambda: now[0])
    used, left = gate.token_for("ann", "a-secret") or "", gate.token_for("ben", "b-secret") or ""
    for _ in range(10):
        now[0] += 3000.0
        assert gate.user_of(used) == "ann"
    assert gate.user_of(left) is None
    now[0] += 3600.0
    assert gate.user_of(used) is None


def test_so_many_passwords_wait_to_be_checked() -> None:
    gate = Gate({"ann": ANN})
    client = TestClient(make_app(Service(Host(nothing()), None, gate, Metrics())))

    def status(**more: str) -> tuple[int, str | None]:
        answer = client.post(SERVLET, json=NOTHING, headers={"m_user_name": "ann", **more})
        return answer.status_code, answer.headers.get("retry-after")

    assert status(m_user_password="a-secret") == (200, None)
    gate.waiting = MOST_WAITING
    assert status(m_user_password="wrong") == (429, "1")
    assert status(m_user_password="a-secret") == (200, None)  # it is known
    gate.waiting = 0
    assert status(m_user_password="wrong") == (401, None)
    assert gate.waiting == 0


@pytest.mark.parametrize("text", ["ann a-secret\n", "ann scrypt$16$AA==\n", None, "\udcff"])
def test_a_broken_file_changes_nothing(
    file: Path, users: Admission, text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    token = users.gate.token_for("ann", "a-secret") or ""
    if text is None:
        file.unlink()
    else:
        file.write_bytes(text.encode(errors="surrogateescape"))
    with caplog.at_level(logging.INFO, "interact"):
        look(users)
        look(users)
        users.look(anew=True)
    assert users.gate.user_of(token) == "ann"
    (told,) = caplog.messages
    assert told.startswith("the users stay as they were: ")
    assert "secret" not in told
    assert (users.count, users.refused != "") == (2, True)
    file.write_text(f"ben {BEN}\n")
    look(users)
    assert (users.count, users.refused) == (1, "")


@pytest.mark.parametrize("work", ["0", "1", "3", str(1 << 30), "9" * 40])
def test_what_a_login_could_not_take_is_no_user(file: Path, work: str) -> None:
    file.write_text(f"ann scrypt${work}$AAAA$AAAA\n")
    with pytest.raises(UsageError, match="line 1"):
        read_users(str(file))


def _metric(base: str, name: str) -> float:
    lines = httpx.get(f"{base}/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


def test_a_host_takes_changes_and_signals(serve: Serve, file: Path) -> None:
    server = serve(str(BANK), "--users", str(file), "--poll", "0.1", "--log", "json")

    def status(**headers: str) -> int:
        return httpx.post(server.base + SERVLET, json=NOTHING, headers=headers).status_code

    def until(name: str, value: float) -> None:
        while _metric(server.base, name) != value:
            threading.Event().wait(0.02)

    login = {"m_user_name": "ann", "m_user_password": "a-secret"}
    answer = httpx.post(server.base + SERVLET, json=NOTHING, headers=login)
    token = answer.headers["m_tokenId"]
    assert (answer.status_code, status(m_tokenId=token)) == (200, 200)
    file.write_text("ann a-secret\n")
    os.kill(server.run.pid, signal.SIGHUP)
    until("interact_users_refused", 1)
    assert (status(m_tokenId=token), status(**login)) == (200, 200)
    file.write_text(f"ben {BEN}\n")
    until("interact_users", 1)
    assert (status(m_tokenId=token), status(**login)) == (401, 401)
    assert _metric(server.base, "interact_users_refused") == 0
    server.stop()
    told = [json.loads(line) for line in server.said if line.startswith("{")]
    assert any("users: 1 may call, 1 are out" in line["event"] for line in told)
    assert not any("secret" in line or token in line for line in server.said)
