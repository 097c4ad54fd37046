"""Which files of a history a campaign database has seen."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from interact.runtime.errors import UsageError
from interact.runtime.history.parts import sources_of


def is_known(name: str, path: Path, known: Container[str]) -> bool:
    """Return whether a file was imported: as it is, or all that it was merged from.

    Args:
        name: Its path in the history.
        path: Where it is.
        known: Names of files that were imported.
    """
    if name in known:
        return True
    if not path.name.startswith("part-merged-"):
        return False
    folder = name.rpartition("/")[0]
    sources = sources_of(path)
    return bool(sources) and all(f"{folder}/{source}" in known for source in sources)


def imported(url: str, wait: float) -> set[str]:
    """Return the names of all files that a database has seen.

    Raises:
        UsageError: There is no such database.
        OutputError: It cannot be opened, or not in time.
    """
    from interact.runtime.campaign.database import opened
    from interact.runtime.campaign.duck import file_of
    from interact.runtime.campaign.load import ledger

    if url.startswith("duckdb:") and not Path(file_of(url)).exists():
        raise UsageError(f"no campaign database: {url}")
    with opened(url, wait, read_only=True) as db:
        return ledger(db)
