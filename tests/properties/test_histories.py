"""A host with the history of a profile decides as a batch of that history, and goes on from it.

Generated customers are shown offers of generated programs, accept and reject some, on a host and
elsewhere. What columns of history hold is worked out here from the whole log.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.decide import Outcome, decide
from interact.compiler.core.interpret import Customer, Moment
from interact.compiler.core.lower_events import microseconds
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast
from interact.runtime.host.deployment import MOST_OFFERS, Deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.profiles.said import with_said
from interact.runtime.host.profiles.source import Key, Profile
from interact.runtime.host.results import NameValue, OfferList
from interact.runtime.project import open_project
from interact.runtime.values import from_machine
from interact.stdlib.types import DATE, Value

PROGRAMS, CUSTOMERS, STEPS = 8, 6, 4
GAPS = tuple(timedelta(**gap) for gap in ({"seconds": 1}, {"hours": 5}, {"days": 2}, {"days": 31}))
EVENTS = {"contact": "contacted", "accept": "accepted", "reject": "rejected"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Happened:
    time: int
    event: str
    offer: str


@dataclass
class Known:
    """A source that knows one customer, whatever the key."""

    values: Mapping[str, Value]
    rows: Mapping[str, Sequence[Mapping[str, Value]]]

    def load(self, key: Key) -> Profile:
        return Profile(self.values, self.rows)


@dataclass
class Life:
    """What happens to a customer, on hosts and elsewhere."""

    generated: Generated
    deployment: Deployment
    customer: Customer
    chance: random.Random
    now: int
    log: list[Happened] = field(default_factory=list)
    hosts: list[tuple[Host, Known]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def host(self, history: Mapping[str, Value]) -> None:
        """Open a host whose profiles have some history."""
        source = Known({}, self.customer.rows)
        level = self.deployment.channels[0].audience.name.lower()
        clock = lambda: EPOCH + timedelta(microseconds=self.now)  # noqa: E731
        self.hosts.append((Host(self.deployment, {level: source}, clock=clock), source))
        self.tell(len(self.hosts) - 1, history)

    def tell(self, number: int, history: Mapping[str, Value]) -> None:
        """Let a host's profile have some history."""
        program = self.generated.program
        known = with_said(program.audiences[0], program)
        names = {a.name for a in known.attributes}
        values = {**self.customer.values, **history}
        self.hosts[number][1].values = {n: _plain(v) for n, v in values.items() if n in names}

    def go_on(self, steps: int, elsewhere: bool) -> None:
        for _ in range(steps):
            gap = self.chance.choice(GAPS) + timedelta(microseconds=self.chance.randint(1, 999))
            self.now += gap // timedelta(microseconds=1)
            if elsewhere and self.chance.random() < 0.5:
                for offer in self.offers:
                    self.happen(offer, [])
            else:
                self.visit()

    @property
    def offers(self) -> list[str]:
        return sorted({o.name for o in self.generated.program.offers})

    def visit(self) -> None:
        """Get offers on all hosts, which are those of a batch, and do something with them."""
        zones = [self.given(host) for host, _ in self.hosts]
        expected = self.decided(history_of(self.generated, self.log))
        for found in zones:
            scores = [[(o.name, o.score) for o in one.offers] for one in found]
            assert scores == expected, (self.generated.text, self.log, self.customer)
        treatments = [{o.name: o.treatment for one in f for o in one.offers} for f in zones]
        self.seen["offers"] += len(treatments[0])
        for offer in sorted(treatments[0]):
            self.happen(offer, [found[offer] for found in treatments])

    def happen(self, offer: str, treatments: Sequence[str]) -> None:
        for event, share in (("contact", 0.7), ("accept", 0.1), ("reject", 0.1)):
            if self.chance.random() < share:
                self.log.append(Happened(self.now, event, offer))
                for (host, _), code in zip(self.hosts, treatments, strict=False):
                    about = [NameValue("UACIOfferTrackingCode", code, "string")]
                    assert host.post_event("s", event, about).status == 0

    def given(self, host: Host) -> Sequence[OfferList]:
        channel = self.generated.channel
        key = self.generated.program.audiences[0].key
        values = self.customer.values
        ids = [NameValue(a.name, from_machine(values[a.name], a.type), "string") for a in key]
        assert host.start_session("s", channel.name, ids).status == 0
        points = [PointRequest(zone.points[0].name, MOST_OFFERS) for zone in channel.zones]
        return host.get_offers_for_points("s", points).offer_lists

    def decided(self, history: Mapping[str, Value]) -> list[list[tuple[str, float]]]:
        """Return what a batch decides whose columns have the history."""
        program, channel = self.generated.program, self.generated.channel
        customer = Customer({**self.customer.values, **history}, self.customer.rows)
        found = decide(program, channel, customer, Moment(self.now), MOST_OFFERS)
        return [
            [
                (program.offers[channel.rules[c.rule].offer].name, float(c.score or 0))
                for c in sorted(
                    (c for c in zone if c.outcome is Outcome.KEPT), key=lambda c: c.position or 0
                )
            ]
            for zone in found.zones
        ]


def history_of(generated: Generated, log: Iterable[Happened]) -> dict[str, Value]:
    """Return the columns of history after a log: times, and contacts by the clause on them."""
    found: dict[str, int] = {}
    clauses = {
        o.name.text: next((s for s in o.suppress if s.contacts is not None), None)
        for o in generated.module.declarations
        if isinstance(o, ast.Offer)
    }
    for one in log:
        clause, last = clauses[one.offer], found.get(f"{one.offer}.contacted")
        if one.event == "contact":
            number = found.get(f"{one.offer}.contacts", 0)
            if (
                clause is not None
                and last is not None
                and _is_over(clause, number, one.time - last)
            ):
                number = 0
            found[f"{one.offer}.contacts"] = number + 1
        found[f"{one.offer}.{EVENTS[one.event]}"] = one.time
    return dict(found)


def _is_over(clause: ast.Suppress, number: int, since: int) -> bool:
    assert clause.contacts is not None
    if clause.length is None or number < int(clause.contacts.text):
        return False
    return since >= microseconds(clause.length, Sink())


def _has_key(generated: Generated, customer: Customer) -> bool:
    """Return whether a customer has a key that a client can write."""
    key = [(customer.values[a.name], a.type) for a in generated.program.audiences[0].key]
    return all(
        value is not None and (kind != DATE or 0 < int(value) < 100_000) for value, kind in key
    )


def _plain(value: Value) -> Value:
    return None if isinstance(value, float) and math.isnan(value) else value


def _with_history(first: int) -> Iterator[Generated]:
    """Yield programs whose channel reads history, and that limit no impressions."""
    for seed in count(first):
        found = generate(seed, depth=2)
        reads = {s.name.rpartition(".")[2] for s in found.channel.states}
        if reads & {"contacts", "rejected"} and not found.channel.limits:
            yield found


@pytest.mark.parametrize("first", [51_000, 52_000])
def test_hosts_go_on_from_the_history_of_profiles(
    first: int, store: KernelStore, tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    for number, generated in enumerate(islice(_with_history(first), PROGRAMS)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "p.interact").write_text(generated.text)
        deployment = Deployment(open_project(str(folder)), store)
        chance = random.Random(f"histories {first} {number}")
        moment = generated.moment
        drawn = draw_customers(chance, generated.schema, moment.today, 3 * CUSTOMERS)
        for customer in [c for c in drawn if _has_key(generated, c)][:CUSTOMERS]:
            _lived(Life(generated, deployment, _seen_by_nobody(customer), chance, moment.now), seen)
    assert seen["kept"] > 10, seen
    assert seen["offers"] > 150, seen


def _lived(life: Life, seen: Counter[str]) -> None:
    """Let a customer live with a host, and go on with another one that knows of it."""
    life.host({})
    life.go_on(STEPS, elsewhere=False)
    for _ in range(chance_of(life, 4)):
        life.now += 1_000_003
        for offer in life.offers:
            life.happen(offer, [])
    exported = history_of(life.generated, life.log)
    life.tell(0, exported)
    life.host(exported)
    life.go_on(STEPS, elsewhere=False)
    life.host(history_of(life.generated, life.log))
    life.visit()
    seen += life.seen
    without = life.decided({})
    seen["kept"] += without != life.decided(history_of(life.generated, life.log))


def chance_of(life: Life, most: int) -> int:
    return life.chance.randrange(most)


def _seen_by_nobody(customer: Customer) -> Customer:
    """Return a customer without states but those of patterns, which profiles may say."""
    values = {n: v for n, v in customer.values.items() if "." not in n}
    return replace(customer, values=values)
