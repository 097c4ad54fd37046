"""Origins of web pages that may call are what browsers send."""

from __future__ import annotations

import pytest

from interact.runtime.errors import UsageError
from interact.runtime.serve.origins import checked_origins
from interact.runtime.serve.run import Options, start


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example/", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("https://shop.example:80", "https://shop.example:80"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("*", "*"),
    ],
)
def test_an_origin_is_taken_as_browsers_send_it(given: str, sent: str) -> None:
    assert checked_origins([given]) == [sent]


WRONG = [
    *("", "shop.example", "//shop.example", "https://shop.example/page", "ftp://a", "https://"),
    *("null", "https://a?b", "https://me@a", "http://a:x", "http://a:99999", "http://[::1"),
]


@pytest.mark.parametrize("given", WRONG)
def test_what_no_browser_sends_is_wrong_usage(given: str) -> None:
    with pytest.raises(UsageError, match="no origin of web pages"):
        start(Options("nowhere", origins=["https://shop.example", given]))
