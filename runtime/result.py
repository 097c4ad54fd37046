"""The tables of a batch run, built from scores without a Python step for each row.

``offers/`` has a row for each offer of each customer, by customer, zone and rank:

==============  ==========================  ====================================================
column          type                        what it is
==============  ==========================  ====================================================
key columns     int64, string or date32     who; ``Key_`` is before a name that is in this table
zone            text, dictionary            the zone that is offered in
rank            int8                        1 for the best offer of the zone, then 2 …
offer           text, dictionary            the offer's code, such as ``CC-GOLD``
score           float64                     the score of the rule
rule            text, dictionary            the rule that proposed it
segments        text, dictionary            the customer's segments, joined by ``, ``
effective       date32                      the first day of the offer, null when it is open
expires         date32                      the last day of the offer, null when it is open
==============  ==========================  ====================================================

The last two are there when an offer of the channel has dates.

``segments/`` has a row for each customer: the key columns, and ``segments``, a list of text (in
CSV, which has no lists, the text of ``offers/``). A customer without a key has null there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.compiler.codegen.scorer import Scores
from interact.compiler.core.program import Audience, Channel, Offer
from interact.runtime.arrays import coded, index_type, plain, taken, text_array
from interact.runtime.batch.texts import require_utf8
from interact.runtime.combinations import Combinations, combinations
from interact.runtime.errors import DataError
from interact.stdlib.types import Kind

Codes = npt.NDArray[np.integer[Any]]
_KEY_TYPES = {Kind.INT: pa.int64(), Kind.TEXT: pa.string(), Kind.DATE: pa.date32()}


@dataclass(slots=True)
class ResultTables:
    """Builds both tables of a channel, batch by batch; threads may share it.

    Attributes:
        today: The day of the decisions.
        with_lists: Whether ``segments/`` has lists; CSV cannot.
    """

    audience: Audience
    channel: Channel
    offers: Sequence[Offer]
    today: int
    with_lists: bool = True
    _zones: Any = field(init=False)
    _offers: Any = field(init=False)
    _rules: Any = field(init=False)
    _segments: Any = field(init=False)
    _offer_of_rule: Codes = field(init=False)
    _dates: dict[str, Any] = field(init=False)
    _combination_type: type[np.integer[Any]] = field(init=False)

    def __post_init__(self) -> None:
        given = sorted({rule.offer for rule in self.channel.rules})
        self._dates = dict(_dates([self.offers[i] for i in given], self.today))
        self._zones = text_array([z.name for z in self.channel.zones])
        self._offers = text_array([self.offers[i].code_text for i in given])
        self._rules = text_array([r.name for r in self.channel.rules])
        self._segments = text_array([s.name for s in self.channel.segments])
        self._offer_of_rule = np.array(
            [given.index(r.offer) for r in self.channel.rules], index_type(len(given))
        )
        self._combination_type = index_type(1 << len(self.channel.segments))  # of every batch

    def build(self, data: Any, scores: Scores) -> tuple[Any, Any]:
        """Return the record batches for ``offers/`` and ``segments/``.

        Args:
            data: The record batch that was scored, with the key columns.
            scores: In the long layout.
        """
        keys = {result_column(k): v for k, v in key_columns(data, self.audience).items()}
        found = combinations(scores.segments, scores.length)
        codes = found.codes.astype(self._combination_type)
        joined = text_array([", ".join(self._names(c)) for c in found.distinct])
        row = scores.long["row"].astype(np.int64)
        rule = scores.long["rule"].view(np.uint16)
        offer = self._offer_of_rule.take(rule)
        offers = {
            **{name: taken(key, row) for name, key in keys.items()},
            "zone": coded(scores.long["zone"], self._zones),
            "rank": plain(scores.long["position"].view(np.int8)),
            "offer": coded(offer, self._offers),
            "score": plain(scores.long["score"]),
            "rule": coded(rule, self._rules),
            "segments": coded(codes.take(row), joined),
            **{name: days.take(plain(offer)) for name, days in self._dates.items()},
        }
        segments = {
            **keys,
            "segments": self._lists(found) if self.with_lists else coded(codes, joined),
        }
        return pa.RecordBatch.from_pydict(offers), pa.RecordBatch.from_pydict(segments)

    def _names(self, combination: Sequence[int]) -> list[str]:
        return [self.channel.segments[i].name for i in combination]

    def _lists(self, found: Combinations) -> Any:
        offsets, members = found.flattened(index_type(len(self._segments)))
        values = coded(members, self._segments)
        return pa.ListArray.from_arrays(plain(offsets), values)


_OWN = {
    *("zone", "rank", "offer", "score", "rule", "segments", "effective", "expires"),
    *("stage", "at", "reason"),
}
"""Names of columns of results, those of explanations and lists of suppressed offers too."""


def result_column(key: str) -> str:
    """Return the column of a key; one that would take the place of another has a prefix.

    >>> result_column("customer_id"), result_column("zone")
    ('customer_id', 'Key_zone')
    """
    return f"Key_{key}" if key.lower() in _OWN else key


def key_types(audience: Audience) -> dict[str, pa.DataType]:
    """Return the types of the columns of a key, by attribute."""
    return {a.name: _KEY_TYPES[a.type.kind] for a in audience.key}


def key_columns(data: Any, audience: Audience) -> dict[str, Any]:
    """Return the key of a record batch by attribute, in types that no file changes."""
    return {a.name: key_column(data, a.column, a.type.kind) for a in audience.key}


def key_column(data: Any, column: str, kind: Kind) -> Any:
    """Return a part of the key of a record batch, in the type that results have."""
    array = data.column(column)
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    if pa.types.is_timestamp(array.type):
        array = array.view(pa.timestamp(array.type.unit))  # the day is that of UTC
    try:
        found = array.cast(_KEY_TYPES[kind], safe=kind is Kind.INT)
    except (pa.ArrowInvalid, pa.ArrowIndexError) as error:
        raise DataError(f"the key `{column}` is out of range: {error}") from error
    if kind is Kind.TEXT:
        require_utf8(found, column)
    return found


def _dates(offers: Sequence[Offer], today: int) -> Iterator[tuple[str, Any]]:
    """Yield the columns of dates, with a day for each offer; none when no offer has dates."""
    if any(offer.is_dated for offer in offers):
        lives = [offer.live_at(today) for offer in offers]
        yield "effective", pa.array([live.start for live in lives], pa.date32())
        yield "expires", pa.array([live.end for live in lives], pa.date32())
