"""The chances of a customer: a hash of the key for each seed, or what is drawn in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from interact.compiler.core.interpret import Customer
from interact.compiler.core.program import Audience, Program, Selection
from interact.stdlib.chance import customer_hash
from interact.stdlib.records import record


@record
class Hashes:
    """What decides by chance for one customer.

    Attributes:
        key: None when a part of it is missing; then nothing is by chance.
        drawn: Hashes by seed that are so whatever the key, to decide as for another customer.
    """

    key: tuple[int | str, ...] | None
    drawn: Mapping[str, int] = field(default_factory=dict)

    def of(self, seed: str) -> int | None:
        """Return the hash under a seed, of 53 bits; None without a key."""
        if self.key is None:
            return None
        found = self.drawn.get(seed)
        return customer_hash(seed, self.key) if found is None else found


def hashes_of(audience: Audience, customer: Customer) -> Hashes:
    """Return the hashes of a customer's own key."""
    found = [customer.values.get(part.name) for part in audience.key]
    parts = tuple(part for part in found if isinstance(part, int | str))
    return Hashes(parts if len(parts) == len(found) else None)


def seed_of_offer(program: Program, selection: Selection, offer: int) -> str | None:
    """Return the seed whose hash puts an offer in the order of a selection by chance."""
    if selection.seed is None:
        return None
    return f"{selection.seed}.{program.offers[offer].name}"
