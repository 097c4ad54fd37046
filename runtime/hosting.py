"""A host in this process, with all that ``interact serve`` opens but the network."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from os import PathLike, fspath

from interact.runtime.errors import InteractError
from interact.runtime.history.recorded import done_before
from interact.runtime.history.writer import open_history
from interact.runtime.host.events.tracking import Numbers
from interact.runtime.host.host import Host
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.timer import Timer
from interact.runtime.host.trouble import Troubles
from interact.runtime.project import open_project
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.settings import read_settings
from interact.runtime.serve.stores import open_counts, open_store
from interact.runtime.tables.rows import TableSpec
from interact.runtime.tables.settings import read_table_settings
from interact.runtime.values import instant

log = logging.getLogger("interact.host")


@contextmanager
def open_host(
    path: str | PathLike[str],
    *,
    profiles: Mapping[str, str] | None = None,
    tables: Mapping[str, str] | None = None,
    history: str | PathLike[str] | None = None,
    store: str | None = None,
) -> Iterator[Host]:
    """Serve a project to this process; what is due is done in a thread of its own.

    Args:
        path: A file or folder of sources, or a bundle; ``interact.toml`` beside it is read.
        profiles: Files by audience level, in place of those of ``interact.toml``.
        tables: Files by table of offers, in place of those of ``interact.toml``.
        history: A folder for contacts and responses; None keeps none.
        store: ``memory``, a folder, or the URL of a Redis; None is a folder in the history, or
            memory without one.

    Raises:
        InteractError: Something cannot be opened.
    """
    path, history = fspath(path), None if history is None else fspath(history)
    settings = read_settings(path)
    places = settings.profiles | dict(profiles or {})
    specs = read_table_settings(path).tables | {
        name: TableSpec(name, place) for name, place in (tables or {}).items()
    }
    prepare = Preparing(places, tables=tuple(specs.values()))
    deployment = prepare(open_project(path))
    troubles = Troubles()
    with ExitStack() as opened:
        kept = open_store(store, history, outcome=troubles.store)
        opened.callback(kept.close)
        opened.callback(prepare.close)
        impressions = Impressions(open_counts(kept, history, troubles.impressions))
        opened.callback(_close, impressions)
        host = Host(deployment, store=kept, impressions=impressions, tables=settings.tables)
        if history is not None:
            written = open_history(history, prepare.keys_of, _say, outcome=troubles.history)
            opened.callback(written.close)
            host.record, host.numbers = written.record, Numbers(written.writer)
            host.done = done_before(history, kept.next_due(), instant(host.clock()))
        timer = Timer(host, _say)
        timer.start()
        opened.callback(timer.stop)
        yield host


def _close(impressions: Impressions) -> None:
    try:
        impressions.close()
    except InteractError as error:
        _say(error)


def _say(error: Exception) -> None:
    if isinstance(error, StoreError):
        return  # the store's ``Trouble`` says it
    log.warning("%s", error, exc_info=None if isinstance(error, InteractError) else error)
