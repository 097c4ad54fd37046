"""Candidates that tables of offers add: a rule for each offer in each zone.

It is for everyone for whom the table has a row that counts, where no rule of a strategy proposes
the offer; its place in the text is the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interact.compiler.core.program import ALWAYS, Rule, Segment
from interact.compiler.core.rules import Targets, table_attributes


def added_rules(
    rules: Sequence[Rule], segments: Sequence[Segment], targets: Targets
) -> Iterator[Rule]:
    """Yield the rules that tables add to those of a channel's strategies."""
    tables = targets.tables
    if not tables.tables:
        return
    offers = range(len(targets.offers.lowered))
    spots = [targets.spot(offer, zone) for offer in offers for zone in targets.zones.values()]
    for source, spot, condition, score in tables.added(spots, rules, segments):
        audience = targets.offers.readers[spot.offer]
        attributes = (
            table_attributes(spot, targets, {}, audience, tables.typing)
            if audience is not None and tables.gives(spot)
            else ()
        )
        yield Rule(
            f"{source.table.name}.{spot.offer_name}",
            spot.offer,
            spot.zone,
            (),
            score,
            condition,
            ALWAYS,
            pinned=False,
            attributes=attributes,
            group=spot.offer,
            span=source.table.span,
        )
