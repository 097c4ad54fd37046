"""What names an expression can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from interact.compiler.core.enumerations import read
from interact.compiler.core.nodes import Attr, Expr, InSegment, RowField
from interact.compiler.core.program import Attribute, Audience, Rows
from interact.compiler.source import Span
from interact.stdlib.records import record
from interact.stdlib.types import EnumType

if TYPE_CHECKING:
    from interact.compiler.core.functions import Function


class Definitions:
    """What a project defines for its expressions; here nothing."""

    def constant(self, name: str, span: Span) -> Expr | None:
        """Return the value of a constant for use at ``span``, None when there is none."""
        return None

    def names(self) -> Iterator[str]:
        """Yield the names that stand for values."""
        return iter(())

    def enumerations(self) -> Mapping[str, EnumType]:
        """Return the enumerations by name."""
        return {}

    def enumeration_place(self, name: str, member: str | None = None) -> Span | None:
        """Return where an enumeration is declared, or a member of it."""
        return None

    def function(self, name: str) -> Function | None:
        """Return a function of the project, None when there is none."""
        return None

    def functions(self) -> Iterator[str]:
        """Yield the names of functions."""
        return iter(())

    @property
    def has_enumerations(self) -> bool:
        return bool(self.enumerations())


NOTHING = Definitions()


@record
class Scope:
    """Names in the order in which they are looked up: rows, locals, attributes, constants.

    ``locals`` holds derived fields of a flowchart and earlier attributes of an offer; they are
    replaced by their expressions, and ``places`` has where they are declared. ``rows`` is set
    inside a fold. ``session`` names the attributes that are of the session, ``segments`` has those
    of the channel, declared at ``segment_places``. ``hidden`` tells of names that are not visible
    here why they are not. In an offer, texts are ``templates``.
    ``note`` is the help for a name that is unknown.
    """

    owner: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    many: Mapping[str, Rows] = field(default_factory=dict)
    locals: Mapping[str, Expr] = field(default_factory=dict)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)
    rows: Rows | None = None
    session: frozenset[str] = frozenset()
    segments: Mapping[str, int] = field(default_factory=dict)
    segment_places: tuple[Span, ...] = field(default=(), compare=False)
    hidden: Mapping[str, str] = field(default_factory=dict)
    templates: bool = False
    definitions: Definitions = field(default=NOTHING, compare=False)
    note: str = ""

    @staticmethod
    def of_audience(audience: Audience, definitions: Definitions = NOTHING) -> Scope:
        return Scope(
            owner=f"the audience {audience.name}",
            attributes={a.name: a for a in audience.attributes},
            many={r.name: r for r in audience.rows},
            session=frozenset(a.name for a in audience.session),
            definitions=definitions,
        )

    def with_local(self, name: str, value: Expr, place: Span | None = None) -> Scope:
        places = self.places if place is None else {**self.places, name: place}
        return replace(self, locals={**self.locals, name: value}, places=places)

    def inside(self, rows: Rows) -> Scope:
        return replace(self, rows=rows)

    def lookup(self, name: str, span: Span) -> Expr | None:
        """Return what ``name`` stands for here, None when nothing."""
        if self.rows is not None:
            for f in self.rows.fields:
                if f.name == name:
                    return read(RowField(self.rows.name, name, f.type, f.nullable, span), f.span)
        if name in self.locals:
            return self.locals[name]
        found = self.attribute(name, span) or self.definitions.constant(name, span)
        return found or self.segment(name, span)

    def place(self, name: str) -> Span | None:
        """Return where that is declared which ``lookup`` finds; constants tell by themselves."""
        fields = () if self.rows is None else self.rows.fields
        for place in (f.span for f in fields if f.name == name):
            return place
        if name in self.locals:
            return self.places.get(name)
        if name in self.attributes:
            return self.attributes[name].span
        return self.segment_place(name)

    def segment_place(self, name: str) -> Span | None:
        """Return where a segment is declared."""
        index = self.segments.get(name, len(self.segment_places))
        return self.segment_places[index] if index < len(self.segment_places) else None

    def segment(self, name: str, span: Span) -> Expr | None:
        """Return whether the customer is in a segment; rows do not know."""
        if name not in self.segments or self.rows is not None:
            return None
        return InSegment(self.segments[name], name, span)

    def attribute(self, name: str, span: Span) -> Expr | None:
        """Return the audience's attribute ``name``, past any row field of that name."""
        found = self.attributes.get(name)
        if found is None:
            return None
        return read(Attr(name, found.type, found.nullable, span), found.span)

    def names_of(self, qualifier: str) -> Iterator[str]:
        """Yield the names behind ``profile.``, ``session.``, or that of rows."""
        if self.rows is not None and qualifier == self.rows.name:
            yield from (f.name for f in self.rows.fields)
        else:
            is_session = qualifier == "session"
            yield from (n for n in self.attributes if (n in self.session) == is_session)

    def names(self) -> Iterator[str]:
        """Yield every visible name, nearest first."""
        if self.rows is not None:
            yield from (f.name for f in self.rows.fields)
        yield from self.locals
        yield from self.attributes
        yield from self.many
        yield from self.definitions.names()
        yield from self.segments
        yield from ("today", "now")
