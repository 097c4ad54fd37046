"""What a page shows, ready to be laid out: texts and numbers, nothing of the compiler."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """What a box of a flowchart stands for; it decides colour and shape."""

    START = "start"
    DECISION = "decision"
    SAMPLE = "sample"
    CELL = "cell"
    OTHERWISE = "otherwise"
    SHARE = "share"
    UNION = "union"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class Count:
    """``customers`` of ``whole``."""

    customers: int
    whole: int

    @property
    def share(self) -> float:
        return self.customers / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its title, a note beside that, a condition in lines, and who came there."""

    id: str
    kind: NodeKind
    title: str
    note: str = ""
    lines: tuple[str, ...] = ()
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow; ``kind`` is that of the box it leads to, ``count`` the part that takes it."""

    source: str
    target: str
    kind: NodeKind
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A flowchart as a graph; ``derived`` are the names and texts of its derived fields."""

    name: str
    derived: tuple[tuple[str, str], ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of an audience, or of its rows."""

    name: str
    type: str
    doc: str
    column: str
    default: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Attributes of one sort: key, profile, session, or the rows of a name."""

    title: str
    doc: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    name: str
    doc: str
    groups: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """``attributes`` are name, type and the text of the value, ``limits`` what keeps it away."""

    name: str
    title: str
    code: str
    live: str
    attributes: tuple[tuple[str, str, str], ...]
    limits: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in its place of the grid.

    ``values`` are the attributes that it gives its offer, ``limits`` the list that it takes the
    offer from, and how many offers it allows; ``given`` and ``best`` are known after a
    trial run.
    """

    name: str
    score: str
    using: str
    is_pinned: bool
    is_disabled: bool
    values: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    condition: str
    live: str
    at: str
    given: Count | None = None
    best: Count | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An offer, and its rules for each column of the grid."""

    offer: Offer
    cells: tuple[tuple[Rule, ...], ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone with its points (name and default) and its grid: a column for each ``for``."""

    name: str
    points: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TableRows:
    """What a trial run read of a table of offers; ``left_out`` tells of wrong rows, by reason."""

    read: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A touchpoint.

    ``settings`` say what it extends, how it arbitrates and its limits, ``events`` are the texts
    of events and patterns, ``run`` says what a trial run was over, if there was one, ``tables``
    what it read of tables of offers.
    """

    name: str
    audience: str
    settings: tuple[str, ...]
    events: tuple[str, ...]
    zones: tuple[Zone, ...]
    charts: tuple[Chart, ...]
    run: str = ""
    tables: tuple[TableRows, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole project.

    ``constants`` are name, type and value; ``definitions`` the texts of enumerations, functions,
    tables, templates and tables of offers; ``lists`` of offers name and members, or the condition.
    """

    title: str
    constants: tuple[tuple[str, str, str], ...]
    definitions: tuple[str, ...]
    audiences: tuple[Audience, ...]
    offers: tuple[Offer, ...]
    lists: tuple[tuple[str, str], ...]
    channels: tuple[Channel, ...]
