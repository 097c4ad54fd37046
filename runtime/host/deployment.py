"""A version that a host serves: a project with its channels, compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.nodes import Plan
from interact.compiler.core.needed import needed_by
from interact.compiler.core.nodes import Aggregate, Attr, walk
from interact.compiler.core.program import (
    Audience,
    Channel,
    OfferTable,
    Program,
    channel_expressions,
)
from interact.compiler.core.table_states import place_of
from interact.runtime.decider import Decider
from interact.runtime.host.events.counting import Counting
from interact.runtime.host.parameters import wire_type
from interact.runtime.host.profiles.source import ProfileSource
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import Project, open_project
from interact.runtime.values import instant
from interact.stdlib.records import record

if TYPE_CHECKING:
    from interact.runtime.host.offers.listed import ListedRows
    from interact.runtime.tables.rows import TableSpec

MOST_OFFERS = 16
MOST_MEMBERSHIPS = 4096
"""Sets of segments whose names are remembered."""
NOTHING = "nothing"
"""The version of a host that has nothing to serve."""


@record
class Place:
    """A point, in the zone of that number."""

    zone: int
    point: str
    default: str


class ServedChannel:
    """A channel as sessions use it. Names are found whatever their case.

    Attributes:
        version: That of the deployment.
        form: The same for another version whose attributes have the same names and types.
        heard: The events that something follows from, in small letters.
        needed: What the decisions of each zone depend on; ``has_chance`` says whether on chance.
        reads: Names of attributes, states and ``many`` attributes that decisions read.
        states: Names of what decisions read of a customer's history.
        counting: How contacts of offers are counted.
        types: How the API types the attributes of offers, by the names of both.
        profiles: Where the profiles of its sessions come from; None is as the host says.
        listed: The rows of tables of offers; None without any.
    """

    def __init__(
        self, project: Project, channel: Channel, store: KernelStore, version: str = ""
    ) -> None:
        self.channel = channel
        self.version = version
        self.heard = frozenset(_heard(channel))
        self.audience: Audience = project.program.audience_of(channel)
        self.level = self.audience.name
        self.decider = Decider(
            project.program, channel, project.plan_of(channel), store, MOST_OFFERS
        )
        self.candidates = [
            sum(r.zone == z for r in channel.rules) for z in range(len(channel.zones))
        ]
        self.form = _form(self.audience)
        self.program, self.sources = project.program, project.sources
        self.needed = [needed_by(channel, zone) for zone in range(len(channel.zones))]
        self.has_chance = any(needed.has_chance for needed in self.needed)
        self.reads = _reads(project.program, channel)
        self.states = frozenset(state.name for state in channel.states)
        self.counting = Counting(channel)
        self.profiles: ProfileSource | None = None
        self.listed: ListedRows | None = None
        self.attributes = {a.name.lower(): a for a in self.audience.attributes}
        self.types = {
            (offer.name, a.name): wire_type(a.type.kind)
            for offer in project.program.offers
            for a in offer.attributes
        }
        self.offers = {o.name: i for i, o in enumerate(project.program.offers)}
        self.events = {e.name.lower(): e for e in channel.events}
        self._segments: dict[tuple[bool, ...], tuple[str, ...]] = {}
        self._meanings = dict(_meanings(channel))
        self._places = {
            point.name.lower(): Place(number, point.name, point.default)
            for number, zone in enumerate(channel.zones)
            for point in zone.points
        }

    @property
    def name(self) -> str:
        return self.channel.name

    @cached_property
    def offered(self) -> frozenset[str]:
        """The attributes that offers and rules give, in small letters."""
        given = [o.attributes for o in self.program.offers]
        given += [r.attributes for r in self.channel.rules]
        return frozenset(a.name.lower() for attributes in given for a in attributes)

    def meaning(self, owner: str, part: str, place: int) -> str | None:
        """Return what the action at a place of an event or pattern does; None for none."""
        return self._meanings.get((owner.lower(), part, place))

    def segments_of(self, members: tuple[bool, ...]) -> tuple[str, ...]:
        """Return the names of the segments that somebody is in."""
        found = self._segments.get(members)
        if found is None:
            named = zip(self.channel.segments, members, strict=True)
            found = tuple(segment.name for segment, is_member in named if is_member)
            if len(self._segments) < MOST_MEMBERSHIPS:
                self._segments[members] = found
        return found

    def place(self, point: str) -> Place | None:
        """Return where a point is."""
        return self._places.get(point.lower())


class Deployment:
    """All channels of a project.

    Attributes:
        version: What answers and history tell of it: the digest of its bundle, for sources too.
    """

    def __init__(self, project: Project, store: KernelStore | None = None) -> None:
        kept = store or FileKernelStore()
        self.project = project
        self.version = project.version
        self._channels = {
            channel.name.lower(): ServedChannel(project, channel, kept, self.version)
            for channel in project.program.channels
        }

    @property
    def channels(self) -> tuple[ServedChannel, ...]:
        return tuple(self._channels.values())

    def take_profiles(self, sources: Mapping[str, ProfileSource]) -> None:
        """Let sessions of this version have profiles of its audience levels, in small letters."""
        for served in self.channels:
            served.profiles = sources.get(served.audience.name.lower())

    def take_tables(self, specs: Sequence[TableSpec]) -> None:
        """Read the rows of tables of offers.

        Raises:
            InteractError: They cannot be read.
        """
        from interact.runtime.host.offers.listed import ListedRows

        for served in self.channels:
            if any(place_of(s.name, self._tables) for s in served.channel.states):
                served.listed = ListedRows(specs, self.project.program, served.channel)

    @property
    def _tables(self) -> dict[str, OfferTable]:
        return {table.name: table for table in self.project.program.tables}

    def warm(self) -> None:
        """Decide once in each channel for a customer of whom nothing is known."""
        now = instant(datetime.now(UTC))
        for served in self.channels:
            served.decider.choose(served.decider.completed({}, {}), now)

    def channel(self, name: str) -> ServedChannel | None:
        """Return a channel by name."""
        return self._channels.get(name.lower())


def _reads(program: Program, channel: Channel) -> frozenset[str]:
    """Return what decisions and the attributes of offers read; the key too, for chance."""
    offered = (a.value for rule in channel.rules for a in program.attributes_of(rule))
    parts = [p for e in (*channel_expressions(channel), *offered) for p in walk(e)]
    names = {p.name for p in parts if isinstance(p, Attr)}
    rows = {p.rows for p in parts if isinstance(p, Aggregate)}
    key = {a.name for a in program.audience_of(channel).key}
    return frozenset(names | rows | key | {state.name for state in channel.states})


def _form(audience: Audience) -> str:
    told = [(a.name, str(a.type), a.nullable) for a in audience.attributes]
    rows = [(r.name, f.name, str(f.type), f.nullable) for r in audience.rows for f in r.fields]
    return sha256(repr((told, rows)).encode()).hexdigest()[:16]


def _meanings(channel: Channel) -> Iterator[tuple[tuple[str, str, int], str]]:
    parts = [(event.name, "event", event.actions) for event in channel.events]
    for pattern in channel.patterns:
        parts += [(pattern.name, "met", pattern.on_met), (pattern.name, "missed", pattern.missed)]
    for owner, part, actions in parts:
        for place, action in enumerate(actions):
            yield (owner.lower(), part, place), " ".join((action.kind, *action.names))


def _heard(channel: Channel) -> Iterator[str]:
    yield from (event.name.lower() for event in channel.events)
    for pattern in channel.patterns:
        yield from (item.event.lower() for item in pattern.items)
        for suspension in pattern.suspensions:
            yield suspension.event.event.lower()
            if suspension.until is not None:
                yield suspension.until.event.lower()
        if pattern.reset is not None:
            yield pattern.reset.event.lower()


def nothing() -> Deployment:
    """Return a deployment without channels, for a host that has nothing to serve."""

    def no_plan(channel: Channel) -> Plan:
        raise LookupError(channel.name)

    return Deployment(Project("", Program((), (), ()), {}, no_plan, NOTHING))


def open_deployment(path: str) -> Deployment:
    """Return the project at a path, ready to serve.

    Raises:
        InteractError: There is none, or it has errors.
    """
    return Deployment(open_project(path))
