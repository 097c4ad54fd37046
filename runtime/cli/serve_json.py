"""What ``interact serve --log json`` writes in place of lines for people: objects.

It begins with ``started``, or with an error, and ends with ``stopped``.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sized
from typing import Any

import click

log = logging.getLogger("interact.serve")


def in_json(work: Callable[[], int]) -> int:
    """Do the work of a service; log how it ends, and return the exit code."""
    from interact.runtime.cli import findings
    from interact.runtime.cli.main import INTERRUPTED, STOPPED, Stopped
    from interact.runtime.errors import InteractError
    from interact.runtime.project import CheckFailed

    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable
    try:
        return work()
    except Stopped:
        log.info("stopped")
        return STOPPED
    except KeyboardInterrupt:
        log.info("stopped")
        return INTERRUPTED
    except CheckFailed as failed:
        told = findings.as_json(failed.checked.diagnostics, failed.sources)
        log.error(failed.message, extra=told)
        return failed.exit_code
    except InteractError as error:
        log.error(error.message, extra={"help": error.help} if error.help else {})
        return error.exit_code
    except Exception:
        log.exception("this is a bug of interact")
        return 1


def say_started(started: Any, url: str) -> None:
    """Log that a service answers. The password of a run is told on the standard output alone."""
    from interact.runtime.cli import tables

    live = started.live
    history = started.history
    told = {
        "url": url,
        "version": live.whole.version,
        "number": live.number,
        "serving": live.label,
        "trial": None if live.trial is None else live.trial.deployment.version,
        "channels": [served.name for served in live.whole.channels],
        "profiles": {s.audience.name: _count(s.profiles) for s in live.whole.channels},
        "offer_tables": [_without_rows(t) for t in tables.reports_of(live.whole.channels)],
        "recovered": None if history is None else history.recovered,
    }
    log.info("started", extra=told)
    if started.password is not None:
        click.echo(f"user interact, password {started.password} (for this run)")
        sys.stdout.flush()


def _count(profiles: Any) -> int | None:
    """Return how many customers are known; None when a database knows, or nobody."""
    return len(profiles) if isinstance(profiles, Sized) else None


def _without_rows(table: dict[str, Any]) -> dict[str, Any]:
    """Return what became of a table's rows, without any of them: they are about customers."""
    wrong = sum(one["rows"] for one in table.get("malformed", ()))
    counts: dict[str, Any] = {name: table[name] for name in ("rows", "used") if name in table}
    return {"table": table["table"], "source": table["source"], **counts, "left_out": wrong}


def _thread_failed(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None:
        log.error("a thread failed", exc_info=found.exc_value)


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    if found.exc_value is not None:
        log.error("an error that nobody takes", exc_info=found.exc_value)
