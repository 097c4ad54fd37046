"""Rows of the history that tell what happened beside contacts and responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from interact.runtime.host.session import Session


@dataclass(slots=True)
class Activity:
    """Takes down declared events that happen in a session, and patterns that are met.

    Attributes:
        is_kept: Whether the history tells of it; nothing is taken down otherwise.
        names: Gives each row a name that no other one has; None for what a session does by itself
            later, whose names are the same when another process does it again.
        rows: What was taken down.
    """

    session: Session
    is_kept: bool
    names: Callable[[], str] | None = None
    rows: list[Any] = field(default_factory=list)
    _counts: Counter[int] = field(default_factory=Counter)

    def tell(self, time: int, name: str, kind: Literal["posted", "met"]) -> None:
        """Take down what happened; events of the system have no rows.

        Args:
            time: Microseconds since 1970-01-01T00:00Z.
        """
        if not self.is_kept:
            return
        from interact.runtime.history.events import Happening

        session = self.session
        if kind == "posted":
            declared = session.served.events.get(name.lower())
            if declared is None:
                return
            name, category = declared.name, declared.category
        else:
            patterns = session.served.channel.patterns
            category = next(p.category for p in patterns if p.name == name)
        self.rows.append(
            Happening(
                event=self._name(time),
                at=time,
                channel=session.served.name,
                audience=session.served.audience.name,
                key=session.key,
                name=name,
                kind=kind,
                category=category,
                bundle=session.version,
                session=session.name,
            )
        )

    def _name(self, time: int) -> str:
        """Return a name; what is due at one time is always done together, so it can be counted."""
        if self.names is not None:
            return self.names()
        self._counts[time] += 1
        return f"{self.session.id}~{time}.{self._counts[time]}"
