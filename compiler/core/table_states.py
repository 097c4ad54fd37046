"""What tables of offers say of a customer, as states: see ``core/state.py``.

``Personal.GoldCard`` is true where the table ``Personal`` has a row for the customer that names
the offer, and null elsewhere; ``Personal.GoldCard.points`` is a column of that row. Where rows can
name zones, each zone has states of its own, such as ``Personal.GoldCard.Home.points``: those of
the row that names the zone, or else of the row that names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from interact.compiler.core.nodes import Attr, Expr, walk
from interact.compiler.core.program import Attribute, OfferTable
from interact.stdlib.records import record


@record
class Place:
    """What a state is about: the row of a table, or a ``column`` of it."""

    table: str
    offer: str
    zone: str | None
    column: str | None

    @property
    def name(self) -> str:
        """What the state is called."""
        parts = (self.table, self.offer, self.zone, self.column)
        return ".".join(part for part in parts if part is not None)


def place_of(state: str, tables: Mapping[str, OfferTable]) -> Place | None:
    """Return what a state is about; None for one that comes from no table.

    >>> place_of("GoldCard.rejected", {}) is None
    True
    """
    name, *parts = state.split(".")
    table = tables.get(name)
    if table is None:
        return None
    offer, *rest = parts
    zone = rest.pop(0) if table.by_zone and table.kind != "suppressions" else None
    return Place(name, offer, zone, rest[0] if rest else None)


def states_in(expressions: Iterable[Expr]) -> tuple[Attribute, ...]:
    """Return the states that expressions read, by name."""
    found: dict[str, Attribute] = {}
    for part in (part for expr in expressions for part in walk(expr)):
        if isinstance(part, Attr) and "." in part.name:
            found[part.name] = Attribute(part.name, part.type, True, part.name)
    return tuple(found[name] for name in sorted(found))
