"""The table of candidates, built from outcomes without a Python step for each row.

``candidates/`` has a row for each customer and each rule of each zone:

==============  ==========================  ====================================================
column          type                        what it is
==============  ==========================  ====================================================
key columns     int64, string or date32     who
zone            text, dictionary            the zone that the rule is of
rule            text, dictionary            the rule
offer           text, dictionary            the code of its offer, such as ``CC-GOLD``
stage           text, dictionary            what became of it: an ``Outcome`` of core/decide.py
rank            int8                        1 for the best offer of the zone; null if not kept
score           float64                     null where a stage before the score dropped it
file            text, dictionary            where the source says what decided
line            int32                       its line there
==============  ==========================  ====================================================

Rows come zone by zone and rule by rule for some ten thousand customers, in the order of the input,
and then for the next: a rule's columns are long runs, which are written and read fastest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.compiler.codegen.outcomes import OUTCOMES, Outcomes
from interact.compiler.core.decide import Outcome
from interact.compiler.core.program import Channel, Program, Rule
from interact.compiler.source import SourceFile, Span
from interact.runtime.arrays import coded, index_type, plain, text_array

TABLE = "candidates"


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
    _files: Any = field(init=False)
    _places: list[_Places] = field(init=False)

    def __post_init__(self) -> None:
        rules, offers = self.channel.rules, self.program.offers
        self._zones = text_array([z.name for z in self.channel.zones])
        self._offers = text_array([o.code_text for o in offers])
        self._rules = text_array([r.name for r in rules])
        self._stages = text_array([o.value for o in OUTCOMES])
        found = [places_of(self.program, r, self.sources) for r in rules]
        files = sorted({file for places in found for file, _ in places})
        self._files = text_array(files)
        self._places = [_Places.of(places, files) for places in found]

    def build(self, zone: int, keys: Mapping[str, Any], found: Sequence[Outcomes]) -> pa.Table:
        """Return the rows of one zone.

        Args:
            zone: Its index.
            keys: The key columns of the customers, by attribute.
            found: Of the rules of the zone, at least one.
        """
        parts = [self._columns(zone, outcomes) for outcomes in found]
        columns = {name: pa.chunked_array([key] * len(found)) for name, key in keys.items()}
        columns |= {name: pa.chunked_array([p[name] for p in parts]) for name in parts[0]}
        return pa.table(columns)

    def _columns(self, zone: int, found: Outcomes) -> dict[str, Any]:
        length = len(found.codes)
        rule, places = self.channel.rules[found.rule], self._places[found.rule]
        return {
            "zone": _repeated(zone, self._zones, length),
            "rule": _repeated(found.rule, self._rules, length),
            "offer": _repeated(rule.offer, self._offers, length),
            "stage": coded(found.codes, self._stages),
            "rank": _masked(found.positions.view(np.int8), found.positions != 0),
            "score": _masked(found.scores, found.scored),
            "file": coded(places.files.take(found.codes), self._files),
            "line": plain(places.lines.take(found.codes)),
        }


def places_of(
    program: Program, rule: Rule, sources: Mapping[str, SourceFile]
) -> list[tuple[str, int]]:
    """Return for each outcome the file and line that say why."""
    return [_place(span, rule, sources) for span in _spans(program, rule)]


def _spans(program: Program, rule: Rule) -> Iterator[Span]:
    deciding: dict[Outcome, Span] = {
        Outcome.OFFER_DATES: program.offers[rule.offer].span,
        Outcome.SCORE: rule.score.span,
    }
    if rule.condition is not None:
        deciding[Outcome.ELIGIBILITY] = rule.condition.span
    for outcome in OUTCOMES:
        yield deciding.get(outcome, rule.span)


def _place(span: Span, rule: Rule, sources: Mapping[str, SourceFile]) -> tuple[str, int]:
    span = span if span.file in sources else rule.span
    source = sources.get(span.file)
    return span.file, 0 if source is None else source.position(span.start)[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Codes of files, and lines, by outcome."""

    files: npt.NDArray[Any]
    lines: npt.NDArray[np.int32]

    @staticmethod
    def of(places: Sequence[tuple[str, int]], files: Sequence[str]) -> _Places:
        codes = np.array([files.index(file) for file, _ in places], index_type(len(files)))
        return _Places(codes, np.array([line for _, line in places], np.int32))


def _repeated(code: int, texts: Any, length: int) -> Any:
    return coded(np.full(length, code, index_type(len(texts))), texts)


def _masked(values: npt.NDArray[Any], present: npt.NDArray[np.bool_]) -> Any:
    """Return numbers that are null where they are not present."""
    bits = pa.py_buffer(np.packbits(present, bitorder="little"))
    held = [bits, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), held)
