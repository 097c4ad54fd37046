"""The good rows of a table of offers as arrays, sorted by customer and slot.

A row is about a *slot*: an offer that the channel reads states of, and a zone or any. Texts are
kept in Arrow's form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.core.program import OfferTable
from interact.compiler.core.table_states import Place
from interact.runtime.batch.bitmaps import Mask
from interact.runtime.tables.convert import Values
from interact.runtime.tables.key_index import KeyIndex, Rows
from interact.runtime.tables.report import TableReport


@dataclass(frozen=True, slots=True)
class Stored:
    """A column of the good rows: values with where there are any, or texts."""

    values: Values
    valid: Mask
    texts: Any = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of a table, sorted by customer and slot.

    Attributes:
        places: What each state of the channel is about, by its name.
        slots: The slot of each row: ``offer * (zones + 1) + zone``, zone 0 being any.
        starts: Where the rows of each customer begin, and the end; one customer for defaults.
        keys: The key of the first row of each customer, a part each; none for defaults.
    """

    table: OfferTable
    places: dict[str, Place]
    offers: dict[str, int]
    zones: dict[str, int]
    slots: npt.NDArray[np.int32]
    starts: Rows
    index: KeyIndex
    keys: tuple[Any, ...]
    columns: dict[str, Stored]
    report: TableReport

    def slots_of(self, place: Place) -> list[int]:
        """Return the slots whose rows a state is about; a later one counts more."""
        first = self.offers[place.offer] * (len(self.zones) + 1)
        zone = None if place.zone is None else self.zones[place.zone]
        return [first] if zone is None else [first, first + zone]
