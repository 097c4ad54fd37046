"""A page of all reports over a month of history, in a new process."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Figure, Settings, run_fresh
from benchmarks.workload.history import write_history

BAR_ROWS = 10_000_000
MOST_SECONDS = 5.0
MOST_MEGABYTES = 1024.0


def reporting(settings: Settings) -> Iterator[Figure]:
    """Count and draw everything; fewer rows in a quick run, where the bars are not asked for."""
    history = settings.folder / "months"
    rows = write_history(history, settings.history_rows)
    is_whole = rows >= BAR_ROWS
    best, peak = float("inf"), 0
    for _ in range(settings.rounds):
        seconds, found = run_fresh(
            "report", history, settings.folder / "report.html", cache=settings.folder / "cache"
        )
        best, peak = min(best, seconds), max(peak, found["peak"])
    against = f"{rows:,} rows, the whole process"
    yield Figure("report, page", best, "s", MOST_SECONDS if is_whole else None, False, against)
    yield Figure(
        "report, memory", peak / 2**20, "MB", MOST_MEGABYTES if is_whole else None, False, against
    )
