"""What was wrong with the rows of a table: counted by reason, the first few named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from interact.runtime.tables.key_index import Rows
from interact.runtime.tables.rows import Broken

Json = dict[str, Any]
NAMED = 3
"""How many rows are named for each reason."""
_LONGEST = 40
_MOST_DISTINCT = 1000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is not used; ``column`` and ``kind`` where it is for a value."""

    what: str
    column: str = ""
    kind: str = ""

    @property
    def told(self) -> str:
        """The reason in words, which follow a number of rows."""
        words = {
            "key": f"`{self.column}` is not of type {self.kind}",
            "null key": f"`{self.column}` is null",
            "no offer": "no offer is named",
            "offer": "the offer is not known",
            "zone": "the zone is not known",
            "value": f"`{self.column}` is not of type {self.kind}",
            "null": f"`{self.column}` is null, although its type has no `?`",
            "repeated": "the customer and the offer had a row before",
            "alike": "the key cannot be told from another one",
            "broken": "the line has more or fewer fields than the header",
        }
        return words[self.what]


@dataclass(frozen=True, slots=True)
class Example:
    """A row that is not used; ``value`` is what stands there, empty where that says nothing."""

    source: str
    row: int
    value: str


@dataclass(slots=True)
class TableReport:
    """What became of the rows of a table.

    Attributes:
        used: Good rows; ``elsewhere`` are those about offers or zones of other channels.
        distinct: How often each wrong value stands there, of the first so many different ones.
    """

    name: str
    source: str
    broken: Broken
    rows: int = 0
    used: int = 0
    elsewhere: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    examples: dict[Reason, list[Example]] = field(default_factory=dict)
    distinct: dict[Reason, Counter[str]] = field(default_factory=dict)

    def count(self, reason: Reason, rows: int) -> None:
        """Count rows that are not used."""
        if rows:
            self.reasons[reason] += rows

    def add(
        self, reason: Reason, places: Rows, source: str, first: int, values: Any = None
    ) -> None:
        """Count rows at places of a chunk that begins with row ``first``; name some of them.

        Of rows with values those are named that differ, so that many of one hide no other one.
        """
        self.count(reason, len(places))
        known = self.examples.setdefault(reason, [])
        for place, value in self._different(reason, places, values):
            row = self.broken.moved(source, first + place)
            if len(known) < NAMED and value not in (e.value for e in known if value):
                known.append(Example(source, row, value))

    def _different(self, reason: Reason, places: Rows, values: Any) -> list[tuple[int, str]]:
        """Return the places to name, with what stands there, and count that."""
        if values is None:
            return [(place, "") for place in places[:NAMED].tolist()]
        found = values.take(pa.array(places))
        try:
            coded = found.dictionary_encode()
        except pa.ArrowNotImplementedError:
            return [(place, _shown(_python(values[place]))) for place in places[:NAMED].tolist()]
        codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
        _, at, rows = np.unique(codes, return_index=True, return_counts=True)
        told = self.distinct.setdefault(reason, Counter())
        named = list[tuple[int, str]]()
        for place, count in sorted(zip(at.tolist(), rows.tolist(), strict=True))[:_MOST_DISTINCT]:
            value = _shown(_python(found[place]))
            named.append((int(places[place]), value))
            if value in told or len(told) < _MOST_DISTINCT:
                told[value] += count
        return named

    def all_reasons(self) -> Iterator[tuple[Reason, int, list[Example]]]:
        """Yield why rows are not used, how many, and some of them."""
        broken = [
            Example(source, row, "")
            for source, rows in self.broken.rows.items()
            for row in rows[:NAMED]
        ]
        count = sum(map(len, self.broken.rows.values()))
        if count:
            yield Reason("broken"), count, broken[:NAMED]
        for reason, found in self.reasons.items():
            yield reason, found, self.examples.get(reason, [])

    def as_json(self) -> Json:
        """Return what ``run.json`` says of it."""
        malformed = [self._told(*found) for found in self.all_reasons()]
        return {
            "table": self.name,
            "source": self.source,
            "rows": self.rows + sum(map(len, self.broken.rows.values())),
            "used": self.used,
            "elsewhere": self.elsewhere,
            "malformed": malformed,
        }

    def _told(self, reason: Reason, count: int, examples: list[Example]) -> Json:
        often = self.distinct.get(reason, Counter[str]())
        named = [{"source": e.source, "row": e.row, "value": e.value} for e in examples]
        for one in named:
            if often[str(one["value"])] > 1:
                one["rows"] = often[str(one["value"])]
        told: Json = {"reason": reason.told, "rows": count, "examples": named}
        if len(often) > len(named):
            told["values"] = len(often)
        return told


def _python(scalar: Any) -> object:
    """Return a value of a column, or what stands for it where Python has no such value."""
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes() if hasattr(scalar, "as_buffer") else ""
    except (OverflowError, ValueError):
        return scalar.value  # a time that datetime cannot hold, as a number


def _shown(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
