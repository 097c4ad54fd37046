"""How rows of a table name offers and zones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.core.offer_tables import CODE_PARTS, OFFER, ZONE
from interact.compiler.core.program import Channel, OfferTable, Program
from interact.compiler.core.table_states import Place
from interact.runtime.batch.bitmaps import Mask
from interact.runtime.tables.convert import converted
from interact.stdlib.types import TEXT

Numbers = npt.NDArray[np.int32]
_NONE, _UNKNOWN, _ELSEWHERE = -1, -2, -3


@dataclass(frozen=True, slots=True)
class Named:
    """What rows name: the slot of each, and what is wrong with some."""

    slots: Numbers
    offers: Any
    zones: Any
    without_offer: Mask
    unknown_offer: Mask
    unknown_zone: Mask
    elsewhere: Mask


@dataclass(frozen=True, slots=True)
class Names:
    """The offers and zones that a channel reads states of, by number.

    Attributes:
        by_text: What a row may write for an offer: the number, or that it is of no use here.
        zone_by_text: The same for zones; of any zone is 0.
    """

    offers: dict[str, int]
    zones: dict[str, int]
    by_text: dict[str, int]
    zone_by_text: dict[str, int]

    @staticmethod
    def of(program: Program, table: OfferTable, channel: Channel, places: Iterable[Place]) -> Names:
        """Return the names that rows of a table may have."""
        offers = {name: i for i, name in enumerate(dict.fromkeys(p.offer for p in places))}
        zones = {z.name: i for i, z in enumerate(channel.zones, 1)} if table.by_zone else {}
        others = (c for c in program.channels if c.audience == table.audience)
        elsewhere = {z.name: _ELSEWHERE for c in others for z in c.zones}
        by_name = {o.name: offers.get(o.name, _ELSEWHERE) for o in program.offers}
        by_code = {o.code_text: offers.get(o.name, _ELSEWHERE) for o in program.offers}
        return Names(offers, zones, by_name | by_code, elsewhere | zones)

    def read(self, rows: Any) -> Named:
        """Return what rows of a source name."""
        written = _offers(rows)
        offers = _looked_up(written, self.by_text)
        zones: Any = None
        zone: Numbers = np.zeros(rows.num_rows, np.int32)
        if self.zones:
            zones, _ = converted(rows.column(ZONE), TEXT)
            zone = _looked_up(zones, self.zone_by_text)
            zone[zone == _NONE] = 0
        slots = np.maximum(offers, 0) * np.int32(len(self.zones) + 1) + np.maximum(zone, 0)
        return Named(
            slots.astype(np.int32),
            written,
            zones,
            offers == _NONE,
            offers == _UNKNOWN,
            zone == _UNKNOWN,
            (offers == _ELSEWHERE) | (zone == _ELSEWHERE),
        )


def _offers(rows: Any) -> Any:
    """Return what rows write for the offer: one column, or the parts of a code joined."""
    if OFFER in rows.schema.names:
        return converted(rows.column(OFFER), TEXT)[0].cast(pa.large_string())
    parts = [converted(rows.column(n), TEXT)[0] for n in CODE_PARTS if n in rows.schema.names]
    texts = [part.cast(pa.large_string()) for part in parts]
    separator = pa.scalar("-", pa.large_string())
    joined = pc.binary_join_element_wise(*texts, separator, null_handling="skip")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.large_string()), joined)


def _looked_up(texts: Any, known: dict[str, int]) -> Numbers:
    """Return the number of each text, looked up once for each distinct one."""
    coded = pc.utf8_trim_whitespace(texts).dictionary_encode()
    distinct = [
        known.get(text, _UNKNOWN if text else _NONE) for text in coded.dictionary.to_pylist()
    ]
    numbers = np.array([*distinct, _NONE], np.int32)
    codes = coded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)
    found: Numbers = numbers[codes]
    return found
