"""Rows of tables of offers that a test gives, as the states that the channel reads of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.core.nodes import Const
from interact.compiler.core.offer_tables import OFFER, ZONE
from interact.compiler.core.program import Attribute, OfferTable
from interact.compiler.core.table_states import Place
from interact.compiler.core.tests import Given
from interact.compiler.diagnostics import names, tests
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.source import Span
from interact.compiler.surface import ast, ast_tests as surface
from interact.stdlib.types import BOOL

Record = Callable[[str, Mapping[str, Attribute], surface.Record], tuple[Given, ...]]


@dataclass(frozen=True)
class TableRows:
    """Reads rows of one table.

    Attributes:
        zones: Of the channel.
        offers: Of the project, ``codes`` has them by code.
        record: Reads the fields of a row, given the columns by name.
        places: Where offers and zones are declared.
    """

    table: OfferTable
    zones: Sequence[str]
    offers: Sequence[str]
    codes: Mapping[str, str]
    record: Record
    sink: Sink
    places: Mapping[str, Mapping[str, Span]] = field(default_factory=dict)

    def states(self, records: Sequence[surface.Record]) -> dict[str, Given]:
        """Return the states that rows make.

        Reports:
            E0203 for an unknown offer or zone, E0502 for a row that is given twice, E0515 for one
            without an offer.
        """
        columns = {column.name: column for column in self.table.columns}
        naming = (OFFER, ZONE) if self.table.by_zone else (OFFER,)
        found: dict[str, Given] = {}
        taken: set[tuple[str, str | None]] = set()
        for record, offer, zone in self._in_order(records):
            others = tuple(v for v in record.fields if v.name.text not in naming)
            values = self.record(self.table.name, columns, surface.Record(others, record.span))
            if (offer, zone) in taken:
                self.sink.report(tests.GIVEN_TWICE, record.span, what=f"the row of `{offer}`")
            taken.add((offer, zone))
            for given in self._of_row(offer, zone, values):
                found.setdefault(given.name, given)
        return found

    def _in_order(
        self, records: Sequence[surface.Record]
    ) -> list[tuple[surface.Record, str, str | None]]:
        """Return rows with their offers and zones; those that name a zone come first."""
        placed = [(record, *self._naming(record)) for record in records]
        return sorted(placed, key=lambda place: place[2] is None)

    def _of_row(self, offer: str, zone: str | None, values: Sequence[Given]) -> Iterator[Given]:
        """Yield the states of a row, nulls of the columns that it does not give."""
        by_name = {given.name: given.value for given in values}
        zones: list[str | None] = [None]
        if self.table.by_zone:
            zones = [name for name in self.zones if zone in (None, name)]
        for of_zone in zones:
            present = Place(self.table.name, offer, of_zone, None).name
            yield Given(present, Const(True, BOOL))
            for column in self.table.columns:
                state = Place(self.table.name, offer, of_zone, column.name).name
                yield Given(state, by_name.get(column.name, Const(None, column.type)))

    def _naming(self, record: surface.Record) -> tuple[str, str | None]:
        """Return the offer and the zone that a row names."""
        known = {OFFER: self.offers, ZONE: self.zones if self.table.by_zone else None}
        found: dict[str, str] = {}
        for given in record.fields:
            listed = known.get(given.name.text)
            if listed is not None:
                found[given.name.text] = self._named(given.name.text, given.value, listed)
        if OFFER not in found:
            self.sink.report(tests.ROW_WITHOUT_OFFER, record.span, table=self.table.name)
        return found.get(OFFER, ""), found.get(ZONE)

    def _named(self, kind: str, written: ast.Expr, known: Sequence[str]) -> str:
        name = written.name if isinstance(written, ast.NameExpr) else ""
        if isinstance(written, ast.LiteralExpr) and written.kind == "text":
            name = self.codes.get(written.text, written.text) if kind == OFFER else written.text
        use, place = written.span, self.places.get(kind, {}).get(name)
        if isinstance(written, ast.LiteralExpr):
            use = Span(use.file, use.start + 1, use.end - 1)  # within the quotes
            place = None if kind == OFFER and written.text in self.codes else place
        if place is not None:
            self.sink.resolved(use, place)
        if name not in known:
            self.sink.missing(written.span, known)
            hint = known_hint(name, known)
            self.sink.report(
                names.UNKNOWN_REFERENCE, written.span, kind=kind, name=name, where="", hint=hint
            )
        return name
