"""Tables of offers as they are declared: whose rows they hold, and what the rows say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interact.compiler.core.audiences import lower_field, report_duplicates
from interact.compiler.core.offer_lists import Offers
from interact.compiler.core.program import Attribute, Audience, OfferTable
from interact.compiler.core.scope import Definitions
from interact.compiler.diagnostics import names, structure, tabling
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.records import record

OFFER, ZONE = "offer", "zone"
CODE_PARTS = tuple(f"offer_code_{number}" for number in range(1, 6))
"""Columns that name the offer and the zone of a row."""


@record
class Declared:
    """A table, as lowered and as written.

    ``adds`` are the offers that its rows make candidates, as indices; ``channels`` those for
    which it is used, by name.
    """

    written: ast.OfferTable
    table: OfferTable
    adds: tuple[int, ...]
    channels: frozenset[str]

    @property
    def is_score_a_column(self) -> bool:
        """Whether the score is a column as it is, which counts less than an expression."""
        score, columns = self.written.score, {c.name for c in self.table.columns}
        return isinstance(score, ast.NameExpr) and not score.qualifier and score.name in columns


def lower_offer_tables(
    written: Sequence[ast.OfferTable],
    channels: Sequence[ast.Channel],
    audiences: Sequence[Audience],
    offers: Offers,
    definitions: Definitions,
    sink: Sink,
) -> tuple[Declared, ...]:
    """Return the tables of a project.

    Reports:
        E0203 for an unknown audience, channel, offer or attribute, E0204 for a column declared
        twice, E0205 for an unknown type, E0411 for an offer of another audience, E0416 for a
        default, E0465 for a column that every row has, E0466 for the name of an offer, E0467 for
        a channel of another audience.
    """
    lowering = _Lowering(channels, audiences, offers, definitions, sink)
    return tuple(found for one in written for found in lowering.table(one))


class _Lowering:
    def __init__(
        self,
        channels: Sequence[ast.Channel],
        audiences: Sequence[Audience],
        offers: Offers,
        definitions: Definitions,
        sink: Sink,
    ) -> None:
        self.channels, self.audiences, self.offers = channels, audiences, offers
        self.definitions, self.sink = definitions, sink
        self.known = {offer.name: i for i, offer in enumerate(offers.lowered)}

    def table(self, written: ast.OfferTable) -> Iterator[Declared]:
        """Yield a table, nothing for one of an unknown audience."""
        name = written.name.text
        if name in self.known:
            self.sink.report(tabling.TABLE_LIKE_OFFER, written.name.span, name=name)
        levels = [a.name for a in self.audiences]
        if written.audience.text not in levels:
            self._unknown("audience", written.audience, levels)
            return
        audience = levels.index(written.audience.text)
        self.sink.resolved(written.audience.span, self.audiences[audience].span)
        columns = self._columns(written, self.audiences[audience])
        table = OfferTable(
            name, written.kind, audience, columns, written.by_zone, written.name.span
        )
        channels = frozenset(self._channels(written))
        adds = tuple(dict.fromkeys(self._adds(written, levels[audience])))
        self._check_values(written, adds)
        yield Declared(written, table, adds, channels)

    def _columns(self, written: ast.OfferTable, audience: Audience) -> tuple[Attribute, ...]:
        listed = [column.name for column in written.columns]
        report_duplicates("column", listed, self.sink, where=f" in {written.name.text}")
        taken = dict.fromkeys((OFFER, *CODE_PARTS), "the offer")
        taken |= {ZONE: "the zone"} if written.by_zone else {}
        if written.kind != "defaults":
            taken |= dict.fromkeys((part.column for part in audience.key), "the key")
        for column in written.columns:
            name = column.column or column.name.text
            if name in taken:
                span = column.name.span
                self.sink.report(tabling.COLUMN_TAKEN, span, name=name, what=taken[name])
            if column.default is not None:
                self.sink.report(structure.NEEDLESS_DEFAULT, column.span, name=column.name.text)
        return tuple(lower_field(c, self.sink, self.definitions) for c in written.columns)

    def _channels(self, written: ast.OfferTable) -> Iterator[str]:
        """Yield the channels of a table: those named, or all of its audience."""
        of_it = {c.name.text: c.audience.text for c in self.channels}
        places = {c.name.text: c.name.span for c in self.channels}
        for name in written.channels:
            if name.text in places:
                self.sink.resolved(name.span, places[name.text])
            if name.text not in of_it:
                self._unknown("channel", name, list(of_it))
            elif of_it[name.text] != written.audience.text:
                self.sink.report(
                    tabling.TABLE_OF_OTHERS,
                    name.span,
                    table=written.name.text,
                    audience=written.audience.text,
                    channel=name.text,
                    found=of_it[name.text],
                )
        named = [name.text for name in written.channels] or list(of_it)
        yield from (name for name in named if of_it.get(name) == written.audience.text)

    def _adds(self, written: ast.OfferTable, audience: str) -> Iterator[int]:
        """Yield the offers that rows add; without any that are named, overrides add none."""
        if not written.adds and written.kind in ("proposals", "defaults"):
            yield from (i for i in self.known.values() if self._reader(i) in (None, audience))
        for name in written.adds:
            listed = self.offers.lists.get(name.text)
            if name.text in self.known:
                index = self.known[name.text]
                self.sink.resolved(name.span, self.offers.lowered[index].span)
                yield from self._added(name, index, audience)
            elif listed is not None:
                self.sink.resolved(name.span, listed.span)
                for offer in listed.offers:
                    yield from self._added(name, offer, audience)
            else:
                self._unknown("offer", name, [*self.known, *self.offers.lists])

    def _added(self, name: ast.Name, offer: int, audience: str) -> Iterator[int]:
        offered = self._reader(offer)
        if offered in (None, audience):
            yield offer
            return
        title = self.offers.lowered[offer].name
        self.sink.report(
            tabling.OFFER_OF_OTHERS, name.span, offer=title, offered=offered, table=audience
        )

    def _reader(self, offer: int) -> str | None:
        found = self.offers.readers[offer]
        return None if found is None else found.name

    def _check_values(self, written: ast.OfferTable, adds: Sequence[int]) -> None:
        listed = [value.name for value in written.values]
        report_duplicates("value", listed, self.sink, where=f" in {written.name.text}")
        known = {a.name for offer in self.offers.lowered for a in offer.attributes}
        for value in listed:
            for attribute in (a for o in self.offers.lowered for a in o.attributes):
                if attribute.name == value.text:
                    self.sink.resolved(value.span, attribute.span)
            if value.text not in known:
                self._unknown("attribute", value, sorted(known), " in any offer")
        given = {name.text for name in listed}
        for offer in (self.offers.lowered[i] for i in adds if written.adds):
            for attribute in (a for a in offer.attributes if a.required and a.name not in given):
                self.sink.report(
                    tabling.REQUIRED_OF_TABLE,
                    written.adds[0].span.to(written.adds[-1].span),
                    offer=offer.name,
                    name=attribute.name,
                    table=written.name.text,
                )

    def _unknown(self, kind: str, name: ast.Name, known: Sequence[str], where: str = "") -> None:
        self.sink.missing(name.span, known)
        self.sink.report(
            names.UNKNOWN_REFERENCE,
            name.span,
            kind=kind,
            name=name.text,
            where=where,
            hint=known_hint(name.text, known),
        )
