"""Tables of offers as sessions read them: rows by key, read anew when their sources change."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from interact.compiler.core.program import Channel, Program
from interact.runtime.batch.files import find_files
from interact.runtime.errors import InteractError
from interact.runtime.tables.customer import CustomerRows
from interact.runtime.tables.load import load_table
from interact.runtime.tables.opening import states_of
from interact.runtime.tables.rows import TableSpec
from interact.stdlib.types import Value

Mark = tuple[object, ...]
_LOOKS = count()


@dataclass(slots=True)
class ListedRows:
    """The tables of one channel. What is read anew takes the place of the former at once.

    Attributes:
        specs: Where rows come from; tables that the project does not have are left out.
        stale: The tables that could not be read anew when that was tried last.
    """

    specs: Sequence[TableSpec]
    program: Program
    channel: Channel
    rows: Mapping[str, CustomerRows] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    _marks: dict[str, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for spec in self.specs:
            self._read(spec)

    @property
    def suppressions(self) -> frozenset[str]:
        """The names of the lists of suppressions."""
        return frozenset(t.name for t in self.program.tables if t.kind == "suppressions")

    def states(self, key: tuple[Any, ...], *, with_suppressions: bool = True) -> dict[str, Value]:
        """Return the states that rows make of a customer, by name."""
        found: dict[str, Value] = {}
        for name, rows in self.rows.items():
            if with_suppressions or name not in self.suppressions:
                found.update(rows.states(key))
        return found

    @property
    def stale_suppressions(self) -> list[str]:
        """The lists of suppressions whose rows are former ones, as they cannot be read."""
        return sorted(self.stale & self.suppressions) if self.stale else []

    @property
    def missing(self) -> list[str]:
        """The tables that the channel reads, and that have no rows."""
        declared = {table.name: table for table in self.program.tables}
        states = [state.name for state in self.channel.states]
        names = [t.name for t in self.program.tables if states_of(t, states, declared)]
        return [name for name in names if name not in self.rows]

    def refresh(self) -> list[InteractError]:
        """Read what has changed; what cannot be read stays as it was, and is returned."""
        failed, stale = [], set()
        for spec in self.specs:
            try:
                if spec.name in self._marks and mark_of(spec) != self._marks[spec.name]:
                    self._read(spec)
            except InteractError as error:
                failed.append(error)
                stale.add(spec.name)
        self.stale = frozenset(stale)
        return failed

    def _read(self, spec: TableSpec) -> None:
        declared = {table.name: table for table in self.program.tables}
        table = declared.get(spec.name)
        states = [state.name for state in self.channel.states]
        of_it = [] if table is None else states_of(table, states, declared)
        if table is None or not of_it:
            return
        mark = mark_of(spec)
        loaded = load_table(spec, table, self.program, self.channel, of_it)
        kinds = tuple(part.type for part in self.program.audience_of(self.channel).key)
        self.rows = {**self.rows, spec.name: CustomerRows(loaded, kinds)}
        self._marks[spec.name] = mark


def mark_of(spec: TableSpec) -> Mark:
    """Return what changes when the source of a table does.

    Raises:
        InteractError: There is no source.
    """
    if spec.query and spec.path.startswith("postgres"):
        return (next(_LOOKS),)  # a server does not tell whether something changed
    if spec.query:
        place = spec.path.partition(":///")[2]
        files = [file for file in (place, f"{place}-wal", f"{place}.wal") if os.path.exists(file)]
    else:
        files, _ = find_files(spec.path)
    try:
        return tuple((f, s.st_mtime_ns, s.st_size, s.st_ino) for f in files for s in (os.stat(f),))
    except OSError as error:
        raise InteractError(f"cannot read {spec.told}: {error.strerror}") from error
