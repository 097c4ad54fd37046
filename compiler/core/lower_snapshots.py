"""What a channel's snapshots may be called, and what they may hold."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.core.program import Audience
from interact.compiler.core.snapshots import Snapshot
from interact.compiler.diagnostics import structure
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.source import NOWHERE


def check_snapshots(snapshots: Sequence[Snapshot], audience: Audience, sink: Sink) -> None:
    """Check the tables of a channel.

    Reports:
        E0462 for a table of a name that is taken, E0463 for a field that the key has.
    """
    taken = {"offers": NOWHERE, "segments": NOWHERE}
    keys = {a.name for a in audience.key}
    for snapshot in snapshots:
        name = snapshot.name
        if name in taken:
            first = taken[name]
            labels = () if first is NOWHERE else (Label(first, "first here"),)
            sink.report(structure.TABLE_TAKEN, snapshot.span, labels=labels, name=name)
        taken[name] = snapshot.span
        for found in snapshot.fields:
            if found.name in keys:
                sink.report(structure.KEY_IN_SNAPSHOT, found.span, name=found.name)
