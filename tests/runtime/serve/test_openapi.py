"""The service against its own OpenAPI document."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2 as httpx
from tests.runtime.serve.fuzz import fuzz
from tests.runtime.serve.serving import EXAMPLES, SERVLET, Serve

from interact.runtime.host.deployment import Deployment
from interact.runtime.serve.app import names_of
from interact.runtime.serve.openapi import document
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
    schemas = told["components"]["schemas"]
    assert {"banner", "reply"} == set(schemas["InteractionPoint"]["enum"])
    assert schemas["InteractiveChannel"]["enum"] == ["App"]
    assert {"call_dropped", "accept"} <= set(schemas["Event"]["enum"])
    mapping = schemas["Command"]["discriminator"]["mapping"].items()
    commands = {name: schemas[ref.rpartition("/")[2]]["properties"] for name, ref in mapping}
    assert {name for name, has in commands.items() if "parameters" not in has} == {"getVersion"}
    assert set(commands) == set(schemas["NamedCommands"]["properties"])


def test_what_clients_are_made_of_has_names(shop: Deployment) -> None:
    """Each object of a body or answer is a schema of its own, and each call has a name."""
    told = document(names_of(shop))
    operations = [
        one for path in told["paths"].values() for one in path.values() if isinstance(one, dict)
    ]
    assert len({one["operationId"] for one in operations}) == len(operations) == 10
    known = told["components"]["schemas"]
    mentioned = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(told)))
    assert mentioned <= set(known)
    for name, schema in known.items():
        for has in schema.get("properties", {}).values():
            inner = has.get("items", has)
            is_named = "$ref" in inner or inner.get("type") != "object" or name == "NamedCommands"
            assert is_named, name
