"""From a project's sources to its bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from interact.compiler.columnar.nodes import Plan
from interact.compiler.core.program import Channel, Program
from interact.compiler.diagnostics.diagnostic import Diagnostic
from interact.compiler.serial import dumps
from interact.runtime.bundle import (
    PROGRAM,
    SCHEMA,
    SOURCES,
    Bundle,
    json_bytes,
    manifest_of,
    pack_bundle,
    plan_name,
    unpack_bundle,
)
from interact.runtime.inputs import Input, inputs_of
from interact.runtime.project import Project, from_sources, names_in_project

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """The bytes of a bundle, the bundle in them, and what works out the findings of lints."""

    data: bytes
    bundle: Bundle
    lint: Callable[[], tuple[Diagnostic, ...]]


def build(path: str, name: str | None = None) -> Built:
    """Build the project in a file or folder.

    Args:
        path: Where the sources are. It has no part in the result.
        name: What to call the project; None to call it by its channels.

    Raises:
        InteractError: The sources cannot be read, or have errors.
    """
    project = from_sources(path)
    parts = _parts(project)
    data = pack_bundle(*parts, label=name)
    return Built(data, unpack_bundle(path, data), project.lint)


def digest_of(project: Project) -> str:
    """Return the digest of the bundle that a project of sources would be built into."""
    return str(manifest_of(*_parts(project))["digest"])


def _parts(project: Project) -> tuple[str, list[Json], dict[str, bytes]]:
    """Return a project's name, what the manifest says of its channels, and the entries."""
    program, sources = project.program, list(project.sources.values())
    files = names_in_project(project.path, sources)
    plans = {c.name: project.plan_of(c) for c in program.channels}
    entries = {SOURCES + files[s.name]: s.text.encode() for s in sources}
    entries[PROGRAM] = dumps(program, files)
    entries |= {plan_name(channel): dumps(plan, files) for channel, plan in plans.items()}
    entries[SCHEMA] = json_bytes(_schemas(program, plans))
    return ", ".join(plans), [_channel(program, c) for c in program.channels], entries


def _channel(program: Program, channel: Channel) -> Json:
    """Return what the manifest says of a channel."""
    offers = {rule.offer for rule in channel.rules}
    return {
        "name": channel.name,
        "audience": program.audience_of(channel).name,
        "zones": [
            {"name": z.name, "points": [{"name": p.name, "default": p.default} for p in z.points]}
            for z in channel.zones
        ],
        "segments": [segment.name for segment in channel.segments],
        "offers": [
            {"name": offer.name, "code": offer.code_text, "title": offer.title}
            for index, offer in enumerate(program.offers)
            if index in offers
        ],
        "rules": len(channel.rules),
    }


def _schemas(program: Program, plans: dict[str, Plan]) -> Json:
    """Return for each channel what it reads from a customer."""
    return {
        channel.name: {
            "audience": program.audience_of(channel).name,
            "columns": _columns(
                inputs_of(program.audience_of(channel), plans[channel.name], states=channel.states)
            ),
        }
        for channel in program.channels
    }


def _columns(inputs: Iterable[Input]) -> list[Json]:
    return [_column(i) for i in inputs]


def _column(found: Input) -> Json:
    told: Json = {"column": found.column, "attribute": found.name, "role": found.role}
    if found.attribute is None:
        told |= {"type": "many", "needed": found.is_needed, "fields": _columns(found.fields)}
    else:
        told |= {
            "type": str(found.type),
            "nullable": found.nullable,
            "needed": found.is_needed,
        }
    return told
