"""Sessions from bytes: with the version that they began with, or with another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from interact.compiler.core.state import LASTING
from interact.runtime.errors import InteractError
from interact.runtime.host.deployment import ServedChannel
from interact.runtime.host.identity import take_in
from interact.runtime.host.listing import Lists
from interact.runtime.host.profiles.source import Profile, ProfileSource
from interact.runtime.host.results import Response
from interact.runtime.host.session import Session
from interact.runtime.host.store.stored import Saved, extra_of, lists_of, pending_of
from interact.stdlib.types import Value

Revive = Callable[[Saved], Session | None]
"""Returns a session; None when no version that is served has its channel."""


def revived(saved: Saved, served: ServedChannel, profiles: Mapping[str, ProfileSource]) -> Session:
    """Return a session with a channel, which is of its version or has the same name.

    Of another version it keeps what has the same meaning there: actions to be done that are still
    the same, and values where all attributes have the types that they had, else the profile and
    the parameters are taken in anew. What the profile says of history is taken in anew.
    """
    values: Mapping[str, Value] = saved.values
    session = Session(
        saved.name,
        saved.id,
        served,
        tuple(saved.key),
        values,
        saved.rows,
        extra_of(saved),
        saved.known,
        saved.debug,
        Lists().having(lists_of(saved)),
        saved.latest,
        saved.contacts,
        tuple(
            pending_of(one)
            for one in saved.pending
            if one.meant == served.meaning(one.owner, one.part, one.place)
        ),
        saved.planned,
        saved.delayed,
        tuple(saved.posted),
        {flowchart: frozenset(cells) for flowchart, cells in saved.held.items()},
    )
    if saved.form != served.form:
        _take_in_anew(session, profiles)
    elif saved.version != served.version and served.states:
        _take_history_anew(session, profiles)
    return session


def _take_in_anew(session: Session, profiles: Mapping[str, ProfileSource]) -> None:
    level = session.served.audience
    session.values, session.rows = {}, {}
    if len(session.key) == len(level.key):
        session.values = dict(zip((a.name for a in level.key), session.key, strict=True))
        found = _loaded(session, profiles)
        if found is not None:
            session.values = {**found.known, **session.values}
            session.rows = found.rows
    take_in(session, list(session.extra.values()), Response(session.name, session.version))


def _take_history_anew(session: Session, profiles: Mapping[str, ProfileSource]) -> None:
    """Take what a profile says of history, of which another version reads other parts."""
    found = _loaded(session, profiles) if session.key else None
    if found is not None:
        kept = {n: v for n, v in session.values.items() if not _is_said(n)}
        session.values = kept | {n: v for n, v in found.known.items() if _is_said(n)}


def _is_said(name: str) -> bool:
    return "." in name and name.rpartition(".")[2] in LASTING


def _loaded(session: Session, profiles: Mapping[str, ProfileSource]) -> Profile | None:
    source = session.served.profiles or profiles.get(session.served.audience.name.lower())
    try:
        return None if source is None else source.load(session.key)
    except InteractError:
        return None
