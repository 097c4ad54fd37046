"""The folder of pages: what is shown of it, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from interact.runtime.host.deployment import nothing
from interact.runtime.host.host import Host
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.users import Gate


@pytest.fixture
def pages(tmp_path: Path) -> TestClient:
    site = tmp_path / "site"
    for place in ("index.html", "more/index.html", ".env", ".git/config", ".well-known/a.txt"):
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        (site / place).write_text(place)
    (tmp_path / "secret.txt").write_text("secret")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    (site / "linked").symlink_to(tmp_path)
    app = make_app(Service(Host(nothing()), None, Gate(None), Metrics()), site=str(site))
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/more/", "more/index.html"),
        ("/.well-known/a.txt", ".well-known/a.txt"),
    ],
)
def test_pages_are_shown(pages: TestClient, path: str, text: str) -> None:
    answer = pages.get(f"http://testserver{path}")
    assert (answer.status_code, answer.text) == (200, text)


HIDDEN = [
    *("/.env", "/.git/config", "/more/../.env", "/%2eenv", "/link.txt", "/linked/secret.txt"),
    *("/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%252e%252e/secret.txt"),
    *("/linked", "/..%5csecret.txt", "/index.html%00", "//secret.txt", "/more/%2e%2e%2f.env"),
]


@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_hidden_or_elsewhere_is_not(pages: TestClient, path: str) -> None:
    answer = pages.get(f"http://testserver{path}")
    assert (answer.status_code, "secret" in answer.text) == (404, False)


@pytest.mark.parametrize("path", ["/more", "//evil.example/../more", "/%2f%2fevil.example/../more"])
def test_a_folder_is_found_wherever_clients_reach_it(pages: TestClient, path: str) -> None:
    """Also behind a proxy that speaks TLS; and nobody is sent to another host."""
    answer = pages.get(f"http://testserver{path}", headers={"host": "evil.example"})
    if answer.status_code == 307:
        assert answer.headers["location"] == "/more/"
    else:
        assert answer.status_code == 404
