"""Entries of an environment's history: what it runs from then on, who said so, when and why."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from interact.runtime.errors import InteractError, UsageError

FORMAT = 1
RESTORE = "restore it from a backup"
Action = Literal["deploy", "promote", "rollback", "undeploy"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class RegistryError(InteractError):
    """A registry does not hold what it should, or somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an environment. Entries are numbered from 1 and never change.

    Attributes:
        whole: The digest of the bundle for everybody; None when nothing is deployed.
        name: Of that bundle, or of the one on trial.
        trial: The digest of a bundle that a share of the audience gets; None for no trial.
        share: That share, in per cent.
        source: Where it came from: an environment, or the version that was gone back to.
        at: The moment, as ISO 8601 in UTC.
    """

    environment: str
    version: int
    action: Action
    whole: str | None
    name: str
    at: str
    by: str
    why: str = ""
    trial: str | None = None
    share: float = 0.0
    source: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is deployed."""
        return self.whole is None and self.trial is None

    @property
    def digests(self) -> tuple[str, ...]:
        """The bundles that are needed to run it."""
        return tuple(d for d in (self.whole, self.trial) if d is not None)

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return asdict(self)


def encode(entry: Entry) -> bytes:
    """Return an entry as it is kept."""
    told = {"format": FORMAT, **entry.as_json()}
    return json.dumps(told, indent=1, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"


def decode(place: str, environment: str, version: int, data: bytes) -> Entry:
    """Return an entry of an environment.

    Raises:
        RegistryError: It is no entry, or not that one.
    """
    try:
        found = json.loads(data)
        known = found.pop("format")
        entry = Entry(**found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RegistryError(f"{place} is not an entry of a registry", help=RESTORE) from error
    if known != FORMAT:
        raise RegistryError(
            f"{place} has the format {known!r:.20}, and {FORMAT} is understood here",
            help="use the version of interact that wrote it",
        )
    if (entry.environment, entry.version) != (environment, version) or not _is_sound(entry):
        raise RegistryError(f"{place} is not what its name says")
    return entry


def _is_sound(entry: Entry) -> bool:
    texts = (entry.name, entry.at, entry.by, entry.why, entry.source)
    digests = (entry.whole, entry.trial)
    return (
        entry.action in get_args(Action)
        and all(isinstance(t, str) for t in texts)
        and all(d is None or (isinstance(d, str) and is_digest(d)) for d in digests)
        and isinstance(entry.share, int | float)
        and 0 <= entry.share <= 100
        and (entry.trial is None or entry.whole is not None)
        and (entry.action != "rollback" or _is_earlier(entry))
    )


def is_digest(text: str) -> bool:
    """Return whether a text may be the digest of a bundle."""
    return _DIGEST.fullmatch(text) is not None


def _is_earlier(entry: Entry) -> bool:
    return entry.source.isdecimal() and 0 < int(entry.source) < entry.version


def checked_environment(name: str) -> str:
    """Return the name of an environment.

    Raises:
        UsageError: It cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of an environment",
            help="it has letters, digits, - and _, such as staging",
        )
    return name


def before(history: Sequence[Entry]) -> Entry | None:
    """Return the version to go back to from the last one; None when there is none.

    From a trial that is what everybody else has; going back twice goes back further, not forth
    again.
    """
    if not history:
        return None
    now, place = history[-1], history[-1]
    while place.action == "rollback":
        place = history[int(place.source) - 1]
    for entry in reversed(history[: place.version - 1]):
        is_whole = entry.whole is not None and entry.trial is None
        if is_whole and (now.trial is not None or entry.whole != now.whole):
            return entry
    return None
