"""Channels that extend others: whose events and patterns each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interact.compiler.diagnostics import happening, names
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast


def lineage(
    channel: ast.Channel, channels: Sequence[ast.Channel], sink: Sink
) -> tuple[ast.Channel, ...]:
    """Return a channel's ancestors, the farthest first, and itself.

    Reports:
        E0203 for an unknown parent, E0490 for one that descends from the channel, E0491 for one
        of another audience, E0492 for what is declared again.
    """
    known = {c.name.text: c for c in reversed(channels)}
    found = [channel]
    while (parent := found[0].parent) is not None:
        texts = [c.name.text for c in found]
        if parent.text in texts:
            if parent.text == channel.name.text:
                path = " → ".join([*reversed(texts), parent.text])
                sink.report(happening.EXTENDS_ITSELF, parent.span, name=parent.text, path=path)
            break
        if parent.text not in known:
            _unknown(parent, known, sink if found[0] is channel else Sink())
            break
        if found[0] is channel:
            sink.resolved(parent.span, known[parent.text].name.span)
        found.insert(0, known[parent.text])
    _check_parent(channel, found, sink)
    return tuple(found)


def _unknown(parent: ast.Name, known: Mapping[str, ast.Channel], sink: Sink) -> None:
    sink.missing(parent.span, known)
    sink.report(
        names.UNKNOWN_REFERENCE,
        parent.span,
        kind="channel",
        name=parent.text,
        where="",
        hint=known_hint(parent.text, known),
    )


def _check_parent(channel: ast.Channel, found: Sequence[ast.Channel], sink: Sink) -> None:
    for parent in found[-2:-1]:
        if parent.audience.text != channel.audience.text:
            sink.report(
                happening.PARENT_AUDIENCE,
                channel.audience.span,
                parent=parent.name.text,
                found=parent.audience.text,
                audience=channel.audience.text,
            )
    for kind, own in (("event", channel.events), ("pattern", channel.patterns)):
        for declared in own:
            _check_new(kind, declared.name, found[:-1], sink)


def _check_new(kind: str, name: ast.Name, ancestors: Sequence[ast.Channel], sink: Sink) -> None:
    for ancestor in ancestors:
        for other in ancestor.events if kind == "event" else ancestor.patterns:
            if other.name.text.lower() == name.text.lower():
                labels = [Label(other.name.span, "declared here")]
                parent = ancestor.name.text
                sink.report(
                    happening.INHERITED_NAME,
                    name.span,
                    labels=labels,
                    kind=kind,
                    name=name.text,
                    parent=parent,
                )


def is_base(channel: ast.Channel, channels: Sequence[ast.Channel]) -> bool:
    """Return whether a channel without zones is there for others to extend it."""
    name = channel.name.text
    extended = (c.parent.text for c in channels if c.parent is not None)
    return not channel.zones and name in extended
