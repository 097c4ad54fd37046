"""Web origins whose pages may call, as browsers write them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from interact.runtime.errors import UsageError

_PORTS = {"http": 80, "https": 443}
_ANY = "*"


def checked_origins(given: Sequence[str]) -> list[str]:
    """Return origins without what browsers leave out.

    >>> checked_origins(["https://Shop.example:443/", "http://localhost:3000"])
    ['https://shop.example', 'http://localhost:3000']

    Raises:
        UsageError: One is none, so that no browser would ever send it.
    """
    return [one if one == _ANY else _origin(one) for one in given]


def _origin(given: str) -> str:
    try:
        found = urlsplit(given)
        port = found.port
    except ValueError:
        found, port = urlsplit(""), None
    more = found.path.strip("/") or found.query or found.fragment or found.username
    if found.scheme not in _PORTS or not found.hostname or more:
        raise UsageError(
            f"{given:.80} is no origin of web pages",
            help="--origin is like https://shop.example or http://localhost:3000, without a path",
        )
    host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
    is_told = port is not None and port != _PORTS[found.scheme]
    return f"{found.scheme}://{host}{f':{port}' if is_told else ''}"
