"""What calls need of the host that they are made to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from interact.runtime.host.deployment import Deployment
from interact.runtime.host.events.tracking import Numbers, Record
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.profiles.source import ProfileSource
from interact.runtime.host.trial import Trial


class Setting(Protocol):
    """See ``Host``; what it has may be replaced at any time."""

    deployment: Deployment
    trial: Trial | None
    profiles: Mapping[str, ProfileSource]
    record: Record | None
    kept: Sequence[str]
    activity: bool
    inputs: bool
    numbers: Numbers
    done: set[str]
    impressions: Impressions

    @property
    def clock(self) -> Callable[[], datetime]: ...
