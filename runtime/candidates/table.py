"""The table of candidates, built from outcomes without a Python step for each row.

``candidates/`` has a row for each customer and each rule of each zone:

==============  ==========================  ====================================================
column          type                        what it is
==============  ==========================  ====================================================
key columns     int64, string or date32     who; ``Key_`` is before a name that is in this table
zone            text, dictionary            the zone that the rule is of
rule            text, dictionary            the rule
offer           text, dictionary            the code of its offer, such as ``CC-GOLD``
stage           text, dictionary            what became of it: an ``Outcome`` of core/decide.py
rank            int8                        1 for the best offer of the zone; null if not kept
score           float64                     null where a stage before the score dropped it
at              text, dictionary            the line that decided, such as ``cards.interact:12``
==============  ==========================  ====================================================

For some ten thousand customers at a time, rows come by zone, rule and stage, and in each by the
order of the input: then all columns but three are long runs, which are written and read fastest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.compiler.codegen.outcomes import OUTCOMES, Outcomes
from interact.compiler.core.decide import Outcome
from interact.compiler.core.program import Channel, Program, Rule
from interact.compiler.source import SourceFile, Span
from interact.runtime.arrays import coded, index_type, plain, taken, text_array
from interact.runtime.result import result_column

TABLE = "candidates"
Codes = npt.NDArray[np.integer[Any]]
_KEPT, _UNSCORED = OUTCOMES.index(Outcome.KEPT), OUTCOMES.index(Outcome.SCORE)
_NEVER_NULL = frozenset({"zone", "rule", "offer", "stage", "at"})
"""To say so spares the writer a level for each value, which is half the time of a long run."""


@dataclass(slots=True)
class CandidateTable:
    """Builds the table of a channel, zone by zone; threads may share it."""

    program: Program
    channel: Channel
    sources: Mapping[str, SourceFile]
    _zones: Any = field(init=False)
    _offers: Any = field(init=False)
    _rules: Any = field(init=False)
    _stages: Any = field(init=False)
    _lines: Any = field(init=False)
    _line_of: list[Codes] = field(init=False)
    """For each rule the code of the line by outcome."""

    def __post_init__(self) -> None:
        rules, offers = self.channel.rules, self.program.offers
        self._zones = text_array([z.name for z in self.channel.zones])
        self._offers = text_array([o.code_text for o in offers])
        self._rules = text_array([r.name for r in rules])
        self._stages = text_array([o.value for o in OUTCOMES])
        found = [places_of(self.program, self.channel, r, self.sources) for r in rules]
        lines = {line: code for code, line in enumerate(dict.fromkeys(chain(*found)))}
        self._lines = text_array(list(lines))
        kind = index_type(len(lines))
        self._line_of = [np.array([lines[line] for line in told], kind) for told in found]

    def build(self, zone: int, keys: Mapping[str, Any], found: Sequence[Outcomes]) -> pa.Table:
        """Return the rows of one zone.

        Args:
            zone: Its index.
            keys: The key columns of the customers, by attribute.
            found: Of the rules of the zone, at least one.
        """
        parts = [p for outcomes in found for p in self._parts(zone, keys, outcomes)]
        fields = [pa.field(n, a.type, nullable=n not in _NEVER_NULL) for n, a in parts[0].items()]
        columns = [pa.chunked_array([part[f.name] for part in parts]) for f in fields]
        return pa.table(columns, schema=pa.schema(fields))

    def _parts(
        self, zone: int, keys: Mapping[str, Any], found: Outcomes
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a rule in parts of one outcome each; one without rows if need be."""
        counts = found.counts if any(found.counts) else (*found.counts[1:], 1)
        for code, count in enumerate(counts):
            if count:
                rows = found.rows(code)
                part = {result_column(name): taken(key, rows) for name, key in keys.items()}
                yield part | self._columns(zone, found, code, rows)

    def _columns(
        self, zone: int, found: Outcomes, code: int, rows: npt.NDArray[np.int64]
    ) -> dict[str, Any]:
        rule, length = self.channel.rules[found.rule], len(rows)
        is_kept, is_scored = code == _KEPT, code > _UNSCORED
        return {
            "zone": _repeated(zone, self._zones, length),
            "rule": _repeated(found.rule, self._rules, length),
            "offer": _repeated(rule.offer, self._offers, length),
            "stage": _repeated(code, self._stages, length),
            "rank": plain(found.positions.view(np.int8).take(rows)) if is_kept else _ranks(length),
            "score": plain(found.scores.take(rows)) if is_scored else _scores(length),
            "at": _repeated(self._line_of[found.rule][code], self._lines, length),
        }


def places_of(
    program: Program, channel: Channel, rule: Rule, sources: Mapping[str, SourceFile]
) -> list[str]:
    """Return for each outcome the file and line that say why."""
    return [_place(span, rule, sources) for span in _spans(program, channel, rule)]


def _spans(program: Program, channel: Channel, rule: Rule) -> Iterator[Span]:
    deciding: dict[Outcome, Span] = {
        Outcome.OFFER_DATES: program.offers[rule.offer].span,
        Outcome.SCORE: rule.score.span,
    }
    for bar in reversed(channel.bars):  # of several, the first one stands for all
        if rule.offer in bar.offers:
            deciding[Outcome(bar.stage)] = bar.span
    if rule.condition is not None:
        deciding[Outcome.ELIGIBILITY] = rule.condition.span
    if rule.order is not None:
        deciding[Outcome.SELECTION] = rule.order.span
    for outcome in OUTCOMES:
        yield deciding.get(outcome, rule.span)


def _place(span: Span, rule: Rule, sources: Mapping[str, SourceFile]) -> str:
    span = span if span.file in sources else rule.span
    source = sources.get(span.file)
    return span.file if source is None else f"{span.file}:{source.position(span.start)[0]}"


def _repeated(code: int, texts: Any, length: int) -> Any:
    return coded(np.full(length, code, index_type(len(texts))), texts)


def _ranks(length: int) -> Any:
    return _nulls(np.dtype(np.int8), length)


def _scores(length: int) -> Any:
    return _nulls(np.dtype(np.float64), length)


def _nulls(kind: np.dtype[Any], length: int) -> Any:
    """Return nulls."""
    zeros = pa.py_buffer(_zeros(length.bit_length()))
    return pa.Array.from_buffers(pa.from_numpy_dtype(kind), length, [zeros, zeros])


@cache
def _zeros(bits: int) -> npt.NDArray[np.uint64]:
    """Return zeros for lengths of so many bits, for all tables: what is null has no value."""
    return np.zeros(1 << bits, np.uint64)
