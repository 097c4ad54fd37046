"""What is done to environments: each is one new entry of a history, or nothing at all."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from interact.runtime.bundle import Bundle
from interact.runtime.errors import UsageError
from interact.runtime.registry.entries import Action, Entry, RegistryError, before
from interact.runtime.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when and why."""

    by: str
    why: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def entry(
        self,
        history: Sequence[Entry],
        environment: str,
        action: Action,
        whole: str | None,
        name: str,
        *,
        trial: str | None = None,
        share: float = 0.0,
        source: str = "",
    ) -> Entry:
        """Return the entry that follows a history."""
        at = self.at.isoformat(timespec="milliseconds")
        return Entry(
            environment, len(history) + 1, action, whole, name, at, self.by, self.why,
            trial, share, source,
        )  # fmt: skip


def whoami() -> str:
    """Return the user of this process and its machine, as far as they have names."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def deploy(
    registry: Registry,
    bundle: Bundle,
    data: bytes,
    environment: str,
    act: Act,
    share: float | None = None,
    history: Sequence[Entry] | None = None,
) -> Entry | None:
    """Let an environment run a bundle; None when it does already.

    Args:
        data: The bytes of the bundle.
        share: Per cent of the audience that get it; None is everybody.
        history: Of the environment, as somebody looked at it; None is as it is now.

    Raises:
        InteractError: Somebody else was faster, or the registry cannot be written.
    """
    if history is None:
        history = registry.entries(environment)
    entry = _next(history, environment, "deploy", bundle.digest, bundle.name, act, share)
    if entry is not None:
        registry.add(bundle.digest, data)
        registry.append(entry)
    return entry


def candidate(registry: Registry, source: str, target: str | None) -> tuple[str, Sequence[Entry]]:
    """Return the digest that a promotion brings, and the history of where it goes.

    Args:
        target: None to give everybody what a share of ``source`` has on trial.

    Raises:
        UsageError: ``source`` has nothing to give.
    """
    entries = registry.history(source)
    now = entries[-1]
    if target is None or target == source:
        if now.trial is None:
            raise UsageError(
                f"{source} has nothing on trial",
                help=f"interact deploy BUNDLE --to {source} --share 10% begins a trial, and "
                f"interact promote {source} OTHER promotes what {source} runs",
            )
        return now.trial, entries
    if now.whole is None:
        raise UsageError(f"nothing is deployed to {source}")
    return now.whole, registry.entries(target)


def promote(
    registry: Registry,
    digest: str,
    history: Sequence[Entry],
    source: str,
    target: str,
    act: Act,
    share: float | None = None,
) -> Entry | None:
    """Let ``target`` run a bundle that ``source`` runs; None when it does already."""
    name = registry.bundle(digest).name
    entry = _next(history, target, "promote", digest, name, act, share, source)
    return None if entry is None else registry.append(entry)


def rollback(registry: Registry, environment: str, act: Act, to: int | None = None) -> Entry:
    """Go back to an earlier version: by default what everybody had before the last one.

    Raises:
        UsageError: There is no such version.
        RegistryError: There is nothing to go back to, its bundle is damaged, or somebody was
            faster.
    """
    history = registry.history(environment)
    wanted = before(history) if to is None else _version(history, to)
    if wanted is None or wanted.whole is None:
        raise RegistryError(
            f"{environment} has no earlier version to go back to",
            help=f"see interact deployments {environment}",
        )
    name = registry.bundle(wanted.whole).name
    source = str(wanted.version)
    entry = act.entry(history, environment, "rollback", wanted.whole, name, source=source)
    return registry.append(entry)


def undeploy(registry: Registry, environment: str, act: Act) -> Entry | None:
    """Let an environment run nothing; None when it does so already."""
    history = registry.history(environment)
    if history[-1].is_empty:
        return None
    entry = act.entry(history, environment, "undeploy", None, history[-1].name)
    return registry.append(entry)


def _version(history: Sequence[Entry], version: int) -> Entry:
    if not 1 <= version < len(history) or history[version - 1].whole is None:
        raise UsageError(
            f"there is no version {version} of {history[0].environment} to go back to",
            help=f"see interact deployments {history[0].environment}",
        )
    return history[version - 1]


def _next(
    history: Sequence[Entry],
    environment: str,
    action: Action,
    digest: str,
    name: str,
    act: Act,
    share: float | None,
    source: str = "",
) -> Entry | None:
    """Return the entry that gives a bundle to everybody or to a share; None for no change."""
    now = history[-1] if history else None
    if share is None:
        is_same = now is not None and (now.whole, now.trial) == (digest, None)
        made = act.entry(history, environment, action, digest, name, source=source)
        return None if is_same else made
    if now is None or now.whole is None:
        raise UsageError(
            f"nothing is deployed to {environment} that the others could have",
            help="the first version is for everybody: leave --share out",
        )
    if now.whole == digest:
        raise UsageError(f"everybody has this bundle in {environment} already")
    if (now.trial, now.share) == (digest, share):
        return None
    return act.entry(
        history, environment, action, now.whole, name, trial=digest, share=share, source=source
    )
