"""What an import did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from interact.runtime.campaign.parts import BadPart


@dataclass(frozen=True, slots=True)
class Inserted:
    """What became of the rows of a batch."""

    table: str
    parts: int
    rows: int
    inserted: int
    unmatched: int
    rejected: dict[str, int]


@dataclass(slots=True)
class Report:
    """Counts of parts and rows; ``matched`` responses found their contact in this import."""

    dry_run: bool = False
    parts_read: int = 0
    parts_already_there: int = 0
    parts_rejected: list[BadPart] = field(default_factory=list)
    rows_read: int = 0
    inserted: dict[str, int] = field(default_factory=lambda: {"contacts": 0, "responses": 0})
    already_there: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0
    matched: int = 0
    aged_out: int = 0
    waiting: int = 0

    def count(self, batch: Inserted) -> None:
        """Add a batch that was committed."""
        self.parts_read += batch.parts
        self.rows_read += batch.rows
        self.inserted[batch.table] += batch.inserted
        self.unmatched += batch.unmatched
        gone = batch.inserted + batch.unmatched + sum(batch.rejected.values())
        self.already_there += batch.rows - gone
        for reason, count in batch.rejected.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the report as a terminal shows it."""
        what = "to import" if self.dry_run else "imported"
        told = [
            f"parts: {self.parts_read:,} {what}, {self.parts_already_there:,} imported before",
            f"rows: {self.rows_read:,} {'to read' if self.dry_run else 'read'}",
        ]
        if not self.dry_run:
            told += self._inserted()
        told += [f"part rejected: {p.name}: {p.reason}" for p in self.parts_rejected]
        return told

    def _inserted(self) -> list[str]:
        contacts, responses = self.inserted["contacts"], self.inserted["responses"]
        told = [
            f"inserted: {contacts:,} contacts, {responses:,} responses",
            f"already there: {self.already_there:,}",
            f"unmatched responses: {self.unmatched:,} new, {self.matched:,} matched now, "
            f"{self.waiting:,} waiting, {self.aged_out:,} aged out now",
        ]
        return told + [f"rejected: {n:,} ({why})" for why, n in self.rejected.items()]
