"""URLs of databases: whether they are some, and how messages show them, without secrets."""

from __future__ import annotations

import re
from typing import Final

from interact.runtime.errors import UsageError

_HOST: Final = r"(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:@/?#,]*)(?::\d*)?"
_WHO: Final = r"(?P<user>[^:@/]*)(?::[^@/]*)?@"
_URL: Final = re.compile(
    rf"(?P<kind>[a-z]+)://(?:{_WHO})?(?P<hosts>{_HOST}(?:,{_HOST})*)(?P<path>/[^?#@]*)?"
    r"(?:\?(?:[^=&]+=[^&]*(?:&|$))*)?"
)
"""As libpq reads it: a password may hold anything but ``@`` and ``/``."""
_BAD_CODE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")


def checked(url: str) -> str:
    """Return a URL of a server as messages show it.

    Whoever opens a URL that was not checked may find parts of its password in what libpq says.

    Raises:
        UsageError: It is no URL, as when a character of the password is not escaped.
    """
    if _URL.fullmatch(url) is None or _BAD_CODE.search(url):
        raise UsageError(
            f"not a URL of a database: {without_password(url)}",
            help="write @ / % of a password as %40 %2F %25, or leave it to PGPASSWORD or ~/.pgpass",
        )
    return without_password(url)


def without_password(url: str) -> str:
    """Return a URL as messages show it, of one that is none only the beginning.

    >>> without_password("postgresql://me:secret@host/db?password=too")
    'postgresql://me@host/db'
    >>> without_password("postgresql://me:secret@one:5432,two:5433/db")
    'postgresql://me@one:5432,two:5433/db'
    >>> without_password("postgresql://me:not/escaped@host/db")
    'postgresql://…'
    """
    kind, separator, _ = url.partition("://")
    if not separator:
        return url
    found = _URL.fullmatch(url)
    if found is None:
        return f"{kind}://…"
    user = f"{found['user']}@" if found["user"] else ""
    return f"{found['kind']}://{user}{found['hosts']}{found['path'] or ''}"
