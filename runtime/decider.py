"""Decide for one customer in process: the same answers as a batch job, in microseconds."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from interact.compiler.codegen.single import Choice, Ranked, SingleScorer
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.nodes import Plan
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import (
    Attribute,
    Audience,
    Channel,
    Offer,
    OfferAttribute,
    Program,
    Rule,
)
from interact.runtime.errors import DataError
from interact.runtime.values import from_machine, moment_given, to_machine
from interact.stdlib.records import record
from interact.stdlib.types import MICROSECONDS_PER_DAY, Value

EPOCH = date(1970, 1, 1)


class _Scorers(threading.local):
    """The scorers of a thread, by zone; None is that of all zones."""

    def __init__(self) -> None:
        self.scorers: dict[int | None, SingleScorer] = {}


@record
class Proposal:
    """An offer as proposed to a customer.

    Attributes:
        attributes: The offer's attributes, evaluated for the customer.
        effective: The first day on which the offer holds, None when it is open.
        expires: The last day.
    """

    offer: str
    code: str
    title: str
    score: float
    rule: str
    attributes: Mapping[str, object]
    effective: date | None = None
    expires: date | None = None
    code_parts: tuple[str, ...] = ()


@record
class _Facts:
    """What is so of an offer by a rule on a day, whoever gets it.

    Attributes:
        known: The values of its attributes, where they are the same for everybody.
    """

    today: int
    offer: Offer
    code: str
    rule: str
    attributes: Sequence[OfferAttribute]
    known: Mapping[str, object] | None
    effective: date | None
    expires: date | None


@record
class Proposals:
    """What a channel decides for a customer: segments, and proposals by zone, best first."""

    segments: tuple[str, ...]
    zones: Mapping[str, tuple[Proposal, ...]]


class Decider:
    """A channel that decides for one customer at a time; threads may share it."""

    def __init__(
        self, program: Program, channel: Channel, plan: Plan, store: KernelStore, top: int = 3
    ) -> None:
        self._program, self._channel, self._plan = program, channel, plan
        self._store, self._top = store, top
        self._reader = _Reader(program.audience_of(channel), channel.states)
        self._local = _Scorers()
        self._facts: dict[int, _Facts] = {}

    def decide(
        self, customer: Mapping[str, Any], at: datetime | date | str | None = None
    ) -> Proposals:
        """Decide for a customer, given as values by attribute, at a time (now when None).

        An attribute that is missing is null, a session attribute has its default; ``many`` rows
        are sequences of mappings. History is given like attributes: ``GoldCard.rejected``.

        Raises:
            DataError: a value is not of its attribute's type, or there is no such attribute.
            UsageError: ``at`` is no moment.
        """
        now = moment_given(at if at is not None else datetime.now(UTC))
        known = self._reader(customer)
        choice = self.choose(known, now)
        channel = self._channel
        members = zip(channel.segments, choice.segments, strict=True)
        zones = {
            zone.name: self.proposals(number, choice, known, now, self._top)
            for number, zone in enumerate(channel.zones)
        }
        return Proposals(tuple(s.name for s, member in members if member), zones)

    @property
    def defaults(self) -> Mapping[str, Value]:
        """The defaults of session attributes, as machine values."""
        return self._reader.defaults

    def completed(
        self, values: Mapping[str, Value], rows: Mapping[str, Sequence[Mapping[str, Value]]]
    ) -> Customer:
        """Return a customer from machine values, with the defaults of session attributes."""
        return Customer({**self._reader.defaults, **values}, rows)

    def choose(self, customer: Customer, now: int, zones: Sequence[int] | None = None) -> Choice:
        """Decide at the instant ``now``, in microseconds since 1970-01-01T00:00Z.

        Of other zones than ``zones`` no rules need be told; None tells all.
        """
        zone = zones[0] if zones is not None and len(zones) == 1 else None
        return self._scorer(now // MICROSECONDS_PER_DAY, zone).decide(customer, now)

    def proposals(
        self,
        zone: int,
        choice: Choice,
        customer: Customer,
        now: int,
        number: int,
        without: Container[str] = (),
    ) -> tuple[Proposal, ...]:
        """Return the best that were chosen for a zone.

        Args:
            number: How many at most.
            without: Offers to leave out.
        """
        ranked: Sequence[Ranked] = choice.zones[zone]
        if without:
            offers, rules = self._program.offers, self._channel.rules
            ranked = [r for r in ranked if offers[rules[r[0]].offer].name not in without]
        if not ranked:
            return ()
        frame = Frame(customer, Moment(now), segments=choice.segments)
        return tuple([self._proposal(r, s, frame) for r, s in ranked[:number]])

    def _scorer(self, today: int, zone: int | None) -> SingleScorer:
        """Return this thread's scorer for a zone, or for all; made anew when the day changes."""
        scorers = self._local.scorers
        scorer = scorers.get(zone)
        if scorer is None or scorer.today != today:
            zones = None if zone is None else (zone,)
            scorer = SingleScorer(self._plan, self._store, today, self._top, zones)
            scorers[zone] = scorer
        return scorer

    def _proposal(self, rule: int, score: float, frame: Frame) -> Proposal:
        today = frame.moment.today
        facts = self._facts.get(rule)
        if facts is None or facts.today != today:
            facts = self._facts[rule] = self._facts_of(self._channel.rules[rule], today)
        return Proposal(
            facts.offer.name,
            facts.code,
            facts.offer.title,
            score,
            facts.rule,
            _values(facts.attributes, frame) if facts.known is None else facts.known,
            facts.effective,
            facts.expires,
            facts.offer.code,
        )

    def _facts_of(self, rule: Rule, today: int) -> _Facts:
        offer, attributes = self._program.offers[rule.offer], self._program.attributes_of(rule)
        constant = {
            a.name: from_machine(a.value.value, a.type)
            for a in attributes
            if isinstance(a.value, Const)
        }
        live = offer.live_at(today)
        return _Facts(
            today,
            offer,
            offer.code_text,
            rule.name,
            attributes,
            constant if len(constant) == len(attributes) else None,
            _date(live.start),
            _date(live.end),
        )


def _date(day: int | None) -> date | None:
    return None if day is None else EPOCH + timedelta(days=day)


def _values(attributes: Iterable[OfferAttribute], frame: Frame) -> dict[str, object]:
    return {a.name: from_machine(evaluate(a.value, frame), a.type) for a in attributes}


class _Reader:
    """Reads a customer's values as the audience declares them."""

    def __init__(self, audience: Audience, states: Iterable[Attribute]) -> None:
        self._name = audience.name
        self._convert = {
            a.name: to_machine(a.name, a.type) for a in (*audience.attributes, *states)
        }
        self._rows = {
            rows.name: {f.name: to_machine(f"{rows.name}.{f.name}", f.type) for f in rows.fields}
            for rows in audience.rows
        }
        self.defaults = dict(_defaults(audience.session))

    def __call__(self, values: Mapping[str, Any]) -> Customer:
        known = dict(self.defaults)
        rows: dict[str, Sequence[Mapping[str, Value]]] = {}
        for name, value in values.items():
            convert = self._convert.get(name)
            if convert is not None:
                known[name] = convert(value)
            elif name in self._rows:
                rows[name] = self._records(name, value)
            else:
                raise DataError(f"{self._name} has no attribute {name!r:.60}")
        return Customer(known, rows)

    def _records(self, name: str, value: Any) -> list[dict[str, Value]]:
        fields = self._rows[name]
        try:
            return [{k: fields[k](v) for k, v in record.items()} for record in value or ()]
        except (KeyError, AttributeError, TypeError) as error:
            listed = ", ".join(fields)
            raise DataError(f"{name} is a list of records of {listed}") from error


def _defaults(session: Iterable[Attribute]) -> Iterable[tuple[str, Value]]:
    for attribute in session:
        if isinstance(attribute.default, Const):
            yield attribute.name, attribute.default.value
