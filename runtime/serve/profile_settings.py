"""``[profiles.LEVEL]`` of ``interact.toml``: a database that profiles come from.

::

    [profiles.Customer]
    url = "postgresql://crm.example/crm"    # or env:NAME, a variable that has it
    table = "customers"                     # or query = "SELECT … WHERE customer_id = :customer_id"
    timeout = 0.5
    connections = 4
    many.accounts = { table = "accounts" }
"""

from __future__ import annotations

import os
from typing import Any

from interact.runtime.errors import UsageError
from interact.runtime.host.profiles.sql import Database, From

_KNOWN = {"url", "table", "query", "timeout", "connections", "many"}


def read_database(where: str, folder: str, given: dict[str, Any]) -> Database:
    """Return the database of an audience level.

    Args:
        where: What messages call the entry.
        folder: What paths are relative to.
        given: The entry.

    Raises:
        UsageError: Something is missing or not known.
    """
    if unknown := sorted(set(given) - _KNOWN):
        raise UsageError(f"{where}: no setting {unknown[0]}", help=f"there are {_listed(_KNOWN)}")
    many = given.get("many", {})
    if not isinstance(many, dict) or not all(isinstance(v, dict) for v in many.values()):
        raise UsageError(f'{where}: many is written many.accounts = {{ table = "accounts" }}')
    return Database(
        _url(where, folder, given.get("url")),
        _from(where, given),
        {name: _from(f"{where}.many.{name}", source) for name, source in many.items()},
        _number(where, given, "timeout", 0.5),
        max(1, int(_number(where, given, "connections", 4))),
    )


def _from(where: str, given: dict[str, Any]) -> From:
    found = {name: given[name] for name in ("table", "query") if name in given}
    if len(found) != 1 or not all(isinstance(v, str) and v for v in found.values()):
        raise UsageError(f"{where}: give a table, or a query")
    return From(**found)


def _url(where: str, folder: str, url: object) -> str:
    if not isinstance(url, str) or not url:
        raise UsageError(f"{where}: give a url")
    if url.startswith("env:"):
        name = url.removeprefix("env:")
        if not (found := os.environ.get(name)):
            raise UsageError(f"{where}: the variable {name} is not set")
        url = found
    scheme, sign, file = url.partition(":///")
    if sign and scheme in ("sqlite", "duckdb"):
        return f"{scheme}:///{os.path.join(folder, file)}"
    return url


def _number(where: str, given: dict[str, Any], name: str, default: float) -> float:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise UsageError(f"{where}: {name} is a number above 0, up to 1000")
    return value


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
