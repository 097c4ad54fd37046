"""From what a user calls it to a bundle in a registry."""

from __future__ import annotations

import re

from interact.runtime.bundle import Bundle
from interact.runtime.errors import UsageError
from interact.runtime.registry.entries import Entry
from interact.runtime.registry.registry import Registry

_DIGEST = re.compile("[0-9a-f]{8,64}")


def bundle_at(registry: Registry, name: str) -> Bundle:
    """Return what ``production``, ``production@3`` or ``production@trial`` stands for, or the
    beginning of a digest, of eight digits or more.

    Raises:
        UsageError: There is no such environment or version, or nothing in it.
        BundleError: The bundle is damaged.
    """
    environment, _, version = name.partition("@")
    history = registry.entries(environment)
    if not history and _DIGEST.fullmatch(name):
        return registry.bundle(_whole(registry, name))
    if not history:
        known = ", ".join(registry.environments())
        raise UsageError(
            f"{name} is no file, and no environment of {registry.place}",
            help=f"the environments are {known}",
        )
    if version == "trial":
        digest, missing = history[-1].trial, "has nothing on trial"
    else:
        entry = history[-1] if not version else _numbered(history, version)
        digest = None if entry is None else entry.whole
        missing = f"has no version {version}" if entry is None else "runs nothing there"
    if digest is None:
        raise UsageError(f"{environment} {missing}", help=f"see interact deployments {environment}")
    return registry.bundle(digest)


def _whole(registry: Registry, beginning: str) -> str:
    """Return the digest that begins so."""
    found = [digest for digest in registry.bundles() if digest.startswith(beginning)]
    if len(found) != 1:
        told = f"{len(found)} bundles" if found else "no bundle"
        raise UsageError(f"{registry.place} has {told} whose digest begins with {beginning}")
    return found[0]


def _numbered(history: tuple[Entry, ...], version: str) -> Entry | None:
    number = int(version) if version.isdecimal() else 0
    return history[number - 1] if 0 < number <= len(history) else None
