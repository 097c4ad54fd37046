"""Tests: a customer that is given, and what a channel shall decide for it.

A program does not know of its tests; they refer to it by indices.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from interact.compiler.core.decide import Outcome
from interact.compiler.core.nodes import Expr
from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record

DEFAULT_TOP = 3
MAX_TOP = 64


@record
class Given:
    """An attribute, or a field of a row, and its value, which reads no attributes."""

    name: str
    value: Expr


@record
class GivenRows:
    """The records of a ``many`` attribute."""

    rows: str
    records: tuple[tuple[Given, ...], ...]


@record
class Chosen:
    """The outcome of a sample: whether the customer is in each of its cells.

    ``cells`` are indices into the channel's cells.
    """

    step: str
    cells: tuple[tuple[int, bool], ...]


@record
class Sample:
    """A step that leaves it to the hash of the key in which of ``cells`` a customer is."""

    step: str
    cells: tuple[int, ...]


@record
class Fixture:
    """Customers of a file, named as written; with a ``key`` only the one that has it."""

    file: str
    key: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class AnyCustomer:
    """All customers that there could be, with a ``condition`` those of whom it is true."""

    condition: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Wanted:
    """A value to compare with; a float is compared to as many ``places`` as were written."""

    value: Expr
    places: int | None = None


@record
class OffersAre:
    """A zone shows these offers and no others, in this order."""

    zone: int
    offers: tuple[int, ...]


@record
class SomeOffer:
    """A zone shows an offer, whichever."""

    zone: int


@record
class OfferShown:
    """A zone shows an offer, with this score and these attributes if they are wanted."""

    zone: int
    offer: int
    score: Wanted | None = None
    attributes: tuple[tuple[str, Wanted], ...] = ()


@record
class OfferAbsent:
    """A zone does not show an offer; of its rules the one that came furthest fell at ``stage``."""

    zone: int
    offer: int
    stage: Outcome | None = None


@record
class SegmentsAre:
    """The customer is in these segments and no others."""

    segments: tuple[int, ...]


@record
class Membership:
    """The customer is in all of these segments, or in none of them."""

    segments: tuple[int, ...]
    is_member: bool


Claim: TypeAlias = OffersAre | SomeOffer | OfferShown | OfferAbsent | SegmentsAre | Membership


@record
class Expectation:
    """A claim about the customer, or about exactly ``count`` of the customers of a file.

    ``place`` is the zone or point as the author called it.
    """

    claim: Claim
    place: str = ""
    count: int | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Test:
    """One test, or one case of it.

    Attributes:
        case: What the case gives, such as ``balance = 5``; empty when there are no cases.
        now: Microseconds since 1970-01-01T00:00Z; None for the time of the run, or of any customer
            for any time.
        top: How many offers are asked for.
        samples: All of the channel.
        anyone: What is not given can be anything; None for one customer, or those of a file.
    """

    title: str
    case: str
    channel: str
    now: int | None
    top: int
    given: tuple[Given, ...]
    rows: tuple[GivenRows, ...]
    chosen: tuple[Chosen, ...]
    fixture: Fixture | None
    expectations: tuple[Expectation, ...]
    samples: tuple[Sample, ...] = ()
    anyone: AnyCustomer | None = None
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def name(self) -> str:
        """Title and case."""
        return f"{self.title} [{self.case}]" if self.case else self.title
