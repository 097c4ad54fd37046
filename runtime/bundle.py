"""Bundles: one file that holds all of a built project, and is the same wherever it is built.

==================  =========================================================================
entry               what it holds
==================  =========================================================================
manifest.json       format, language, name, digest, the digest of each entry, the channels
program.json        the core program
plan-CHANNEL.json   the columnar plan of a channel
schema.json         the columns of customer data that each channel reads, with their types
sources/PATH        the sources, named from the project's folder
==================  =========================================================================

The digest covers names and contents of all entries, and the manifest but for the digest itself and
what somebody called the project. It is the name of the version: who serves the sources of a folder
works out the same. A bundle is data: nothing in it is executed when it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from interact.compiler.columnar.nodes import Plan
from interact.compiler.columnar.verify import verify_plan
from interact.compiler.core.program import Program
from interact.compiler.core.verify import CompilerBug
from interact.compiler.serial import MalformedData, OtherVersion, loads
from interact.compiler.source import SourceFile
from interact.runtime import archive
from interact.runtime.errors import InteractError, OutputError, UsageError

FORMAT = 1
LANGUAGE = 1
EXTENSION = ".bundle"
MANIFEST, PROGRAM, SCHEMA, SOURCES = "manifest.json", "program.json", "schema.json", "sources/"
LABEL = "label"


class BundleError(InteractError):
    """A file is not a bundle, or not one that can be trusted or understood."""


class ForeignBundle(BundleError):
    """What the compiler made was made by another version of it."""


@dataclass(slots=True)
class Bundle:
    """A bundle whose digests were verified. Program and plans are decoded when asked for."""

    path: str
    manifest: Mapping[str, Any]
    entries: Mapping[str, bytes]
    _plans: dict[str, Plan] = field(default_factory=dict)
    _program: Program | None = None

    @property
    def name(self) -> str:
        """What the project is called: as somebody said, or else by its channels."""
        return str(self.manifest.get(LABEL, self.manifest["name"]))

    @property
    def digest(self) -> str:
        return str(self.manifest["digest"])

    @property
    def program(self) -> Program:
        """The optimised core program."""
        if self._program is None:
            self._program = self._decoded(PROGRAM, Program)
        return self._program

    def plan(self, channel: str) -> Plan:
        """Return the plan of a channel."""
        if channel not in self._plans:
            self._plans[channel] = self._decoded(plan_name(channel), Plan)
        return self._plans[channel]

    @property
    def sources(self) -> list[SourceFile]:
        """The sources in the order of the project, as spans in the program call them."""
        found = {
            name.removeprefix(SOURCES): data.decode(errors="replace")
            for name, data in self.entries.items()
            if name.startswith(SOURCES)
        }
        listed = self.manifest.get("sources")
        names = [n for n in listed if isinstance(n, str)] if isinstance(listed, list) else []
        ordered = dict.fromkeys([*(name for name in names if name in found), *found])
        return [SourceFile(name, found[name]) for name in ordered]

    def _decoded(self, name: str, kind: type[Any]) -> Any:
        try:
            found = loads(self.entries[name], kind)
            if isinstance(found, Plan):
                verify_plan(found)
            return found
        except OtherVersion as error:
            text = f"{self.path} was built by another version of interact"
            raise ForeignBundle(text, help="build it anew") from error
        except (MalformedData, KeyError, CompilerBug, IndexError) as error:
            raise BundleError(f"{self.path}: {name} is not understood: {error}") from error


def plan_name(channel: str) -> str:
    """Return the entry that holds the plan of a channel."""
    return f"plan-{channel}.json"


def pack_bundle(
    name: str,
    channels: Iterable[Mapping[str, Any]],
    entries: Mapping[str, bytes],
    label: str | None = None,
) -> bytes:
    """Return the bytes of a bundle.

    Args:
        name: Of the project, by its channels.
        channels: What the manifest says of each channel.
        entries: All but the manifest, the sources in the order of the project.
        label: What somebody calls the project, which is no part of the version.
    """
    ordered = {key: entries[key] for key in sorted(entries)}
    manifest = manifest_of(name, channels, entries)
    if label is not None:
        manifest[LABEL] = label
    try:
        return archive.pack({MANIFEST: json_bytes(manifest), **ordered})
    except archive.BadArchive as error:
        raise OutputError(f"this project cannot be put into a bundle: {error}") from error


def manifest_of(
    name: str, channels: Iterable[Mapping[str, Any]], entries: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return the manifest of a bundle, with its digest."""
    ordered = {key: entries[key] for key in sorted(entries)}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "language": LANGUAGE,
        "name": name,
        "channels": list(channels),
        "sources": [key.removeprefix(SOURCES) for key in entries if key.startswith(SOURCES)],
        "entries": {key: hashlib.sha256(data).hexdigest() for key, data in ordered.items()},
    }
    manifest["digest"] = _digest(manifest, ordered)
    return manifest


def packed(bundle: Bundle) -> bytes:
    """Return the bytes of a bundle that was read: the same as they were."""
    return archive.pack({MANIFEST: json_bytes(bundle.manifest), **bundle.entries})


def json_bytes(data: object) -> bytes:
    """Return JSON for people: indented, keys as given, one line end."""
    return json.dumps(data, indent=1, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"


def write_bundle(path: str, data: bytes) -> None:
    """Put a bundle in its place, whole or not at all.

    Raises:
        UsageError: Something that is not a bundle is there.
        OutputError: It cannot be written.
    """
    _refuse_other(path)
    aside = f"{path}.{os.getpid()}.tmp"
    try:
        with open(aside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            os.remove(aside)


def read_bundle(path: str) -> Bundle:
    """Read a bundle and verify it.

    Raises:
        UsageError: There is no such file.
        BundleError: It is not a bundle, is damaged, or is of an unknown format.
    """
    return bundle_of(path, read_bytes(path))


def read_bytes(path: str) -> bytes:
    """Return what is in a file that shall be a bundle.

    Raises:
        UsageError: There is no such file.
        BundleError: It cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read(archive.MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise UsageError(f"no such file: {path}") from error
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}") from error


def bundle_of(path: str, data: bytes) -> Bundle:
    """Return the verified bundle of bytes that came from ``path``.

    Raises:
        BundleError: They are no bundle, are damaged, or of an unknown format.
    """
    try:
        return unpack_bundle(path, data)
    except (archive.BadArchive, MalformedData) as error:
        raise BundleError(
            f"{path} is not a valid bundle: {error}", help="make it anew with interact build"
        ) from error


def unpack_bundle(path: str, data: bytes) -> Bundle:
    """Return the verified bundle of bytes; a damaged one is a ``BadArchive`` or such."""
    if len(data) > archive.MAX_BYTES:
        raise archive.BadArchive("it is too large")
    if not data.startswith(archive.MAGIC):
        raise archive.BadArchive("it does not begin as one")
    entries = archive.unpack(data)
    manifest = _manifest(entries.pop(MANIFEST, b""))
    if manifest.get("format") != FORMAT:
        raise BundleError(
            f"{path} has the bundle format {manifest.get('format')!r:.20}, and {FORMAT} is "
            "understood here",
            help="build it with the version of interact that shall run it",
        )
    _verify(manifest, entries)
    return Bundle(path, manifest, entries)


def _manifest(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedData("it has no readable manifest") from error
    if not isinstance(found, dict):
        raise MalformedData("it has no readable manifest")
    return found


def _verify(manifest: dict[str, Any], entries: Mapping[str, bytes]) -> None:
    """Compare every digest, and look for what every bundle has."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in entries.items()}
    if manifest.get("entries") != digests or manifest.get("digest") != _digest(manifest, entries):
        raise MalformedData("its content is not what its digest says")
    called = (manifest.get("name"), manifest.get(LABEL, ""))
    if not all(isinstance(c, str) for c in called) or not {PROGRAM, SCHEMA} <= entries.keys():
        raise MalformedData("it is incomplete")


def _digest(manifest: Mapping[str, Any], entries: Mapping[str, bytes]) -> str:
    """Return the digest of a bundle: over names and contents, each after its length."""
    told = {key: value for key, value in manifest.items() if key not in ("digest", LABEL)}
    found = hashlib.sha256()
    for name, data in [(MANIFEST, json_bytes(told)), *entries.items()]:
        for part in (name.encode(), data):
            found.update(len(part).to_bytes(8, "big"))
            found.update(part)
    return found.hexdigest()


def _refuse_other(path: str) -> None:
    try:
        with open(path, "rb") as file:
            start = file.read(len(archive.MAGIC))
    except FileNotFoundError:
        return
    except IsADirectoryError as error:
        raise UsageError(f"{path} is a folder; name the bundle's file") from error
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    if start not in (b"", archive.MAGIC):
        raise UsageError(f"{path} is there and is not a bundle; name another file")
