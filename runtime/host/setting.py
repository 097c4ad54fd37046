"""What calls need of the host that they are made to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from interact.runtime.host.deployment import Deployment
from interact.runtime.host.events.tracking import Numbers, Record
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.profiles.source import ProfileSource
from interact.runtime.host.trial import Trial

if TYPE_CHECKING:
    from interact.runtime.host.offers.reasons import Reasons
    from interact.runtime.host.session import Session


class Looking(Protocol):
    """Tells why sessions with debug on are given what they are."""

    def admits(self) -> bool:
        """Return whether one more call may be looked into now."""
        ...

    def __call__(self, session: Session, told: Sequence[Reasons]) -> None:
        """Tell of a call, a part for each point."""
        ...


def wall_clock() -> datetime:
    """Return what time it is."""
    return datetime.now(UTC)


class Setting(Protocol):
    """See ``Host``; what it has may be replaced at any time."""

    deployment: Deployment
    trial: Trial | None
    profiles: Mapping[str, ProfileSource]
    record: Record | None
    kept: Sequence[str]
    tables: Mapping[str, Sequence[str]]
    activity: bool
    inputs: bool
    numbers: Numbers
    done: set[str]
    impressions: Impressions
    debugging: Looking | None

    @property
    def clock(self) -> Callable[[], datetime]: ...
