"""The service against its own OpenAPI document."""

from __future__ import annotations

from pathlib import Path

import httpx2 as httpx
from tests.runtime.serve.fuzz import fuzz
from tests.runtime.serve.serving import EXAMPLES, SERVLET, Serve

from interact.runtime.serve.users import hashed

TELECOM = EXAMPLES / "telecom_retention"


def test_every_generated_request_is_answered_as_documented(serve: Serve, tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text(f"web {hashed('secret', work=16)}\n")
    profiles = f"Subscriber={TELECOM / 'customers.parquet'}"
    more = ["--users", str(users), "--history", str(tmp_path / "h"), "--profiles", profiles]
    server = serve(str(TELECOM), *more)
    login = {"m_user_name": "web", "m_user_password": "secret"}
    answer = httpx.post(f"{server.base}{SERVLET}", json={"commands": []}, headers=login)
    found = fuzz(server.base, answer.headers["m_tokenId"], examples=8, seed=1)
    assert found.returncode == 0, found.stdout
    server.stop()
    assert not [line for line in server.said if "Traceback" in line]


def test_the_document_names_what_the_deployment_has(serve: Serve) -> None:
    told = httpx.get(f"{serve(str(TELECOM), '--no-auth').base}/openapi.json").json()
    places = told["paths"]["/v2/offers/{session}/{ip}"]["parameters"]
    assert {"banner", "reply"} == set(places[1]["schema"]["enum"])
    anyone = told["components"]["schemas"]["Command"]["anyOf"]
    commands = {one["title"]: one["properties"] for one in anyone}
    assert commands["startSession"]["ic"]["enum"] == ["App"]
    without = {name for name, known in commands.items() if "parameters" not in known}
    assert without == {"getVersion"}
    assert {"call_dropped", "accept"} <= set(commands["postEvent"]["event"]["enum"])
