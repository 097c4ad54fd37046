"""A version on trial: a share of the audience begins with it, always the same customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interact.runtime.errors import DataError
from interact.runtime.host.audience import key_of
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.results import NameValue
from interact.stdlib.chance import BITS, customer_hash

_WHOLE = 100 << BITS


@dataclass(frozen=True, slots=True)
class Trial:
    """A deployment for a share of the audience, in per cent."""

    deployment: Deployment
    share: float

    def is_for(self, channel: str, audience_id: Sequence[NameValue]) -> bool:
        """Return whether a session begins with the version on trial.

        The hash is of the version and the audience id: other customers for each trial, and more
        of them, none less, when the share grows. Who has no key is not on trial.
        """
        served = self.deployment.channel(channel)
        if served is None:
            return False
        try:
            key = key_of(served.audience, audience_id)
        except DataError:
            return False
        if not key:
            return False
        drawn = 100 * customer_hash(f"trial {self.deployment.version}", key)
        return drawn < self.share / 100 * _WHOLE
