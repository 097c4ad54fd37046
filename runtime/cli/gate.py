"""What would shift: shown before something is deployed, and a reason to refuse it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from interact.runtime.cli.environments import percent_of
from interact.runtime.cli.moments import parse_moment
from interact.runtime.cli.tables import table_option_of

if TYPE_CHECKING:
    from interact.runtime.bundle import Bundle
    from interact.runtime.registry.entries import Entry
    from interact.runtime.registry.registry import Registry
    from interact.runtime.registry.shift import Shift

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS = ("customers", "most_shift", "tables", "channel", "as_of")


def gate_options(wrapped: F) -> F:
    """Add the options of a gate: give them all to ``gate_of``."""
    for option in (
        click.option(
            "--as-of",
            metavar="DATE|TIMESTAMP",
            callback=parse_moment,
            help="The time of these decisions, and of tests without `at`; now by default.",
        ),
        click.option(
            "--channel", metavar="NAME", help="Only this channel, when there are several."
        ),
        table_option_of("in the registry, then in that beside the project"),
        click.option(
            "--most-shift",
            metavar="PERCENT",
            callback=percent_of,
            help="Refuse when more of them enter or leave a segment, or get another first offer.",
        ),
        click.option(
            "--customers",
            metavar="FILE|DIR|GLOB",
            help="Show first how segments and offers would shift for these.",
        ),
    ):
        wrapped = option(wrapped)
    return wrapped


@dataclass(frozen=True, slots=True)
class Gate:
    """For whom shifts are shown, and how much of them is too much.

    Attributes:
        most: In per cent; None for whatever there is.
    """

    customers: str | None
    most: float | None
    tables: dict[str, str]
    channel: str | None
    as_of: datetime

    def lets(
        self,
        registry: Registry,
        history: Sequence[Entry],
        after: Bundle,
        environment: str,
        told: dict[str, object],
        path: str | None = None,
        *,
        as_json: bool,
    ) -> bool:
        """Show what would shift from what is live; return whether that is little enough.

        Args:
            history: Of the environment.
            after: What it would run.
            told: Gets the shifts for the JSON of what is done then.
            path: Of the project or bundle, when it comes from a file.
        """
        from interact.runtime.cli import shifts, tables

        if self.customers is None:
            return True
        found = self._shifts(registry, history, after, path)
        told["shifts"] = list(map(shifts.as_json, found))
        for name in dict.fromkeys(name for shift in found for name in shift.without_rows):
            click.echo(tables.read_of({"table": name, "source": None}), err=True)
        if not as_json:
            lines = [line for shift in found for line in shifts.lines(shift)]
            click.echo("\n".join(lines or [f"nothing is live in {environment} to compare with"]))
        worst = 100 * max((shift.most for shift in found), default=0.0)
        if self.most is None or worst <= self.most:
            return True
        return self._refused(worst, told, as_json=as_json)

    def _shifts(
        self, registry: Registry, history: Sequence[Entry], after: Bundle, path: str | None
    ) -> list[Shift]:
        """Return how what is live would shift; nothing when nothing is."""
        from interact.runtime.cli.progress import JobProgress
        from interact.runtime.project import project_in
        from interact.runtime.registry.shift import shifts
        from interact.runtime.tables.opening import specs_of

        live = history[-1].whole if history else None
        if live is None or self.customers is None:
            return []
        pair = project_in(registry.bundle(live)), project_in(after)
        beside = {} if path is None else {s.name: s for s in specs_of(path, {})}
        specs = (beside | {s.name: s for s in specs_of(registry.place, self.tables)}).values()
        with JobProgress(None) as progress:
            return list(shifts(*pair, self.customers, self.as_of, self.channel, progress, [*specs]))

    def _refused(self, worst: float, told: dict[str, object], *, as_json: bool) -> bool:
        from interact.runtime.cli.findings import print_json

        if as_json:
            print_json({"refused": True, "most": worst, **told})
        most = f"--most-shift {self.most:g}%"
        click.echo(f"error: {worst:.1f} % shift, more than {most}; nothing was done", err=True)
        return False


def gate_of(options: dict[str, Any]) -> Gate:
    """Return the gate that options ask for, which are taken out of them.

    Raises:
        UsageError: There is a limit, and nobody whom it is about.
    """
    from interact.runtime.errors import UsageError

    gate = Gate(*(options.pop(name) for name in _OPTIONS))
    if gate.most is not None and gate.customers is None:
        raise UsageError("--most-shift needs --customers", help="name a sample of customers")
    return gate
