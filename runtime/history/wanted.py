"""What rows of a history are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from interact.runtime.errors import UsageError
from interact.runtime.history.events import Contact, Decided, Event
from interact.runtime.history.parts import Part
from interact.runtime.history.schema import TABLES, key_column
from interact.runtime.values import instant

CONTACT, DECISION = "contact", "decision"
_ACTIVITY = frozenset({"posted", "met"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What rows are asked for; None and empty ask for all.

    Attributes:
        since: The first moment; ``until`` the first that is too late.
        customer: Values of key columns, whose names may be before them: ``customer_id=7``.
        kinds: ``contact``, types of responses, ``posted`` or ``met`` of activity, and
            ``decision``, which is not among all.
    """

    since: datetime | None = None
    until: datetime | None = None
    channel: str | None = None
    session: str | None = None
    customer: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def tables(self) -> list[str]:
        """Return the tables that can have such rows."""
        kinds = set(self.kinds)
        holds = {
            "contacts": CONTACT in kinds,
            "responses": bool(kinds - _ACTIVITY - {CONTACT, DECISION}),
            "activity": bool(kinds & _ACTIVITY),
            "decisions": DECISION in kinds,
        }
        return [t for t in TABLES if holds[t] or (not kinds and t != "decisions")]

    def takes_part(self, part: Part) -> bool:
        """Return whether a file can have such rows, by its folder."""
        first = "" if self.since is None else self.since.astimezone(UTC).date().isoformat()
        last = "9" if self.until is None else self.until.astimezone(UTC).date().isoformat()
        return self._takes_channel(part.channel) and first <= part.day <= last

    def takes(self, event: Event) -> bool:
        """Return whether a row of a log is asked for."""
        kind = kind_of(event)
        values = [value for _, _, value in self.named_customer()]
        return (
            self._takes_channel(event.channel)
            and (self.since is None or instant(self.since) <= event.at)
            and (self.until is None or event.at < instant(self.until))
            and (self.session is None or event.session == self.session)
            and (kind in self.kinds if self.kinds else kind != DECISION)
            and all(value in map(str, event.key) for value in values)
        )

    def condition(self, keys: Sequence[str], schema: Any) -> Any:
        """Return the condition on rows of files with such key columns; None asks for all.

        Raises:
            ValueError: No row of such a file can be asked for.
        """
        parts = []
        if self.since is not None:
            parts.append(ds.field("at") >= pa.scalar(self.since, pa.timestamp("us", "UTC")))
        if self.until is not None:
            parts.append(ds.field("at") < pa.scalar(self.until, pa.timestamp("us", "UTC")))
        if self.session is not None:
            parts.append(ds.field("session") == self.session)
        if self.kinds and "kind" in schema.names:
            parts.append(ds.field("kind").isin(list(self.kinds)))
        for has_name, name, value in self.named_customer():
            chosen = [name] if has_name else list(keys)
            parts.append(_any([_equals(schema, key, value) for key in chosen if key in keys]))
        whole = None
        for part in parts:
            whole = part if whole is None else whole & part
        return whole

    def named_customer(self) -> Iterator[tuple[bool, str, str]]:
        """Yield whether a key column is named, its name, and the value."""
        for part in self.customer:
            name, sign, value = part.partition("=")
            yield (True, key_column(name), value) if sign else (False, "", name)

    def check_key(self, keys: Sequence[str]) -> None:
        """See to it that there is the key column that is named.

        Raises:
            UsageError: There is none.
        """
        for has_name, name, _ in self.named_customer():
            if has_name and keys and name not in keys:
                raise UsageError(f"no key column {name}", help=f"there are {', '.join(keys)}")

    def _takes_channel(self, channel: str) -> bool:
        return self.channel is None or self.channel.lower() == channel.lower()


def kind_of(event: Event) -> str:
    """Return the kind of a row, as it is asked for."""
    match event:
        case Contact():
            return CONTACT
        case Decided():
            return DECISION
        case _:
            return event.kind


def _equals(schema: Any, key: str, value: str) -> Any:
    if pa.types.is_integer(schema.field(key).type):
        try:
            return ds.field(key) == int(value)
        except ValueError:
            return None
    return ds.field(key) == value


def _any(conditions: list[Any]) -> Any:
    whole = None
    for one in conditions:
        if one is not None:
            whole = one if whole is None else whole | one
    if whole is None:
        raise ValueError
    return whole
