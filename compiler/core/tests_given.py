"""What a test gives: attributes, rows, outcomes of samples, customers of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from interact.compiler.core.audiences import assign
from interact.compiler.core.enumerations import erase_expression
from interact.compiler.core.events import is_met
from interact.compiler.core.flowchart_order import cell_names
from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.nodes import Const, Expr, type_of
from interact.compiler.core.program import Attribute, Audience, Channel, OfferTable
from interact.compiler.core.scope import Scope
from interact.compiler.core.state import HISTORY, IMPRESSIONS_LEFT, states_about
from interact.compiler.core.tests import AnyCustomer, Chosen, Fixture, Given, GivenRows, Sample
from interact.compiler.core.tests_tables import TableRows
from interact.compiler.diagnostics import names, tests
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint, nearest
from interact.compiler.source import Span
from interact.compiler.surface import ast, ast_tests as surface
from interact.stdlib.types import BOOL, ERROR, INT


@dataclass(frozen=True)
class Subject:
    """What tests of one channel can give; values are read in ``scope``."""

    scope: Scope
    channel: Channel
    audience: Audience
    flowcharts: tuple[ast.Flowchart, ...]
    offers: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    """Offers by code."""
    tables: tuple[OfferTable, ...] = ()
    """Of the channel's audience."""
    places: Mapping[str, Span] = field(default_factory=dict)
    """Where offers are declared."""

    @property
    def of_customers(self) -> Scope:
        """What a condition on customers sees: attributes, patterns, and segments."""
        scope = Scope.of_audience(self.audience, self.scope.definitions)
        for pattern in self.channel.patterns:
            scope = scope.with_local(pattern.name, is_met(pattern.name, pattern.span))
        return replace(scope, segments={s.name: i for i, s in enumerate(self.channel.segments)})

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        return {a.name: a for a in self.audience.attributes}

    @property
    def patterns(self) -> frozenset[str]:
        return frozenset(pattern.name for pattern in self.channel.patterns)

    def attribute(self, column: surface.Column) -> Attribute | None:
        """Return an attribute, the state of a pattern, or what is known of an offer or limit."""
        if column.flowchart is None:
            return self.attributes.get(column.name.text)
        offer = column.flowchart.text
        known = {state.name: state for state in self.channel.states}
        if offer in self.offers:
            known |= states_about(offer)
        return known.get(f"{offer}.{column.name.text}")

    def steps(self, column: surface.Column) -> list[tuple[str, ast.Step]]:
        """Return the steps of a name, with their flowcharts."""
        wanted = None if column.flowchart is None else column.flowchart.text
        return [
            (flowchart.name.text, step)
            for flowchart in self.flowcharts
            for step in flowchart.steps
            if step.name.text == column.name.text and wanted in (None, flowchart.name.text)
        ]

    def samples(self) -> tuple[Sample, ...]:
        """Return the samples, called ``Flowchart.step``."""
        return tuple(
            Sample(f"{flowchart.name.text}.{step.name.text}", self.cells(flowchart.name.text, step))
            for flowchart in self.flowcharts
            for step in flowchart.steps
            if isinstance(step, ast.Sample)
        )

    def cells(self, flowchart: str, step: ast.Step) -> tuple[int, ...]:
        """Return the cells that a step makes, by index."""
        names = [name.text for name in cell_names(step)]
        return tuple(
            index
            for index, cell in enumerate(self.channel.cells)
            if cell.flowchart == flowchart and cell.name in names
        )


@dataclass
class GivenParts:
    """Collects what a test gives.

    Reports:
        E0201 and E0203 for names, E03xx for types, E0502 to E0506, E0511, E0512, E0514 and E0515.
    """

    subject: Subject
    sink: Sink
    values: dict[str, Given] = field(default_factory=dict)
    rows: dict[str, GivenRows] = field(default_factory=dict)
    chosen: dict[str, Chosen] = field(default_factory=dict)
    fixture: Fixture | None = None
    anyone: AnyCustomer | None = None

    def copy(self) -> GivenParts:
        """Return the same, to which a case adds its own."""
        return GivenParts(
            self.subject,
            self.sink,
            dict(self.values),
            dict(self.rows),
            dict(self.chosen),
            self.fixture,
            self.anyone,
        )

    def add_rows(self, part: surface.GivenRows) -> None:
        """Add the records of a ``many`` attribute."""
        known = {rows.name: rows for rows in self.subject.audience.rows}
        found = known.get(part.rows.text)
        table = next((t for t in self.subject.tables if t.name == part.rows.text), None)
        if found is None and table is not None:
            self.sink.resolved(part.rows.span, table.span)
            self.values |= self._table(table).states(part.records)
            return
        if found is None:
            names_of_tables = [table.name for table in self.subject.tables]
            known_rows = [*known, *names_of_tables]
            where = f" in {self.subject.audience.name}"
            self._unknown("list of rows", part.rows, known_rows, where)
            return
        self.sink.resolved(part.rows.span, found.span)
        fields = {f.name: f for f in found.fields}
        records = tuple(self._record(found.name, fields, r) for r in part.records)
        if found.name in self.rows:
            self._twice(part.rows)
        self.rows[found.name] = GivenRows(found.name, records)

    def _table(self, table: OfferTable) -> TableRows:
        """Return what reads the rows of a table of offers."""
        subject = self.subject
        zones = [zone.name for zone in subject.channel.zones]
        places = {
            "offer": subject.places,
            "zone": {zone.name: zone.span for zone in subject.channel.zones},
        }
        offers, codes = subject.offers, subject.codes
        return TableRows(table, zones, offers, codes, self._record, self.sink, places)

    def _record(
        self, rows: str, fields: Mapping[str, Attribute], record: surface.Record
    ) -> tuple[Given, ...]:
        found: dict[str, Given] = {}
        for value in record.fields:
            declared = fields.get(value.name.text)
            if declared is None:
                self.sink.missing(value.name.span, fields)
                self._no_attribute(value.name, rows, known_hint(value.name.text, fields))
                continue
            self.sink.resolved(value.name.span, declared.span)
            if declared.name in found:
                self._twice(value.name)
            found[declared.name] = Given(declared.name, self._value(declared, value.value))
        return tuple(found.values())

    def add_file(self, part: surface.GivenFile) -> None:
        """Add customers of a file."""
        wanted = "customer" if part.key else "customers"
        if part.what.text != wanted:
            self.sink.report(tests.NOT_FROM_FILE, part.what.span, wanted=wanted)
        audience = self.subject.audience
        if part.key and len(part.key) != len(audience.key):
            parts = ", ".join(a.name for a in audience.key)
            found = f"{len(part.key)} part{'s' * (len(part.key) != 1)}"
            self.sink.report(
                tests.KEY_PARTS, part.span, audience=audience.name, key=parts, found=found
            )
        self._one_source(part.span)
        self.fixture = Fixture(part.file.text, tuple(k.text for k in part.key), part.span)

    def add_any(self, part: surface.GivenAny) -> None:
        """Add all customers, or those of whom a condition is true."""
        condition = None
        if part.condition is not None:
            typing = Typing(self.subject.of_customers, self.sink)
            condition = erase_expression(infer_condition(part.condition, typing))
        self._one_source(part.span)
        self.anyone = AnyCustomer(condition, part.span)

    def _one_source(self, place: Span) -> None:
        if self.fixture is not None or self.anyone is not None:
            self.sink.report(tests.GIVEN_TWICE, place, what="the customer")

    def reader(self, column: surface.Column) -> Callable[[ast.Expr], None]:
        """Return what takes values of an attribute, a state or a sample."""
        name = column.name.text
        steps = self.subject.steps(column)
        attribute = self.subject.attribute(column)
        if attribute is not None and (column.flowchart is None or not steps):
            self._tell_attribute(column, attribute)
            return lambda value: self._add(attribute, column, value)
        if not steps:
            self._unknown_column(column)
            return lambda value: None
        flowchart, step = steps[0]
        self.sink.resolved(column.name.span, step.name.span)
        for title in (f.name for f in self.subject.flowcharts if f.name.text == flowchart):
            if column.flowchart is not None:
                self.sink.resolved(column.flowchart.span, title.span)
        if len(steps) > 1:
            titles = [title for title, _ in steps]
            self.sink.report(
                tests.STEP_UNCLEAR,
                column.span,
                name=name,
                flowcharts=", ".join(titles),
                first=titles[0],
            )
        elif not isinstance(step, ast.Sample):
            self.sink.report(tests.NOT_A_SAMPLE, column.span, name=name)
            return lambda value: None
        return lambda value: self._choose(flowchart, step, column, value)

    def _tell_attribute(self, column: surface.Column, attribute: Attribute) -> None:
        """Tell where an attribute or pattern is declared, or that of which something is known."""
        channel, owner = self.subject.channel, column.flowchart
        if owner is None:
            patterns = {p.name: p.span for p in channel.patterns}
            self.sink.resolved(column.name.span, patterns.get(attribute.name, attribute.span))
            return
        owners = {segment.name: segment.span for segment in channel.segments}
        owners |= {limit.state.partition(".")[0]: limit.span for limit in channel.limits}
        owners |= self.subject.places
        if owner.text in owners:
            self.sink.resolved(owner.span, owners[owner.text])

    def _add(self, attribute: Attribute, column: surface.Column, value: ast.Expr) -> None:
        if attribute.name in self.values:
            self._twice(ast.Name(attribute.name, column.span))
        self.values[attribute.name] = Given(attribute.name, self._value(attribute, value))

    def _value(self, declared: Attribute, written: ast.Expr) -> Expr:
        typing = Typing(self.subject.scope, self.sink).expecting(declared.type)
        found = typing.infer(written)
        if declared.name in self.subject.patterns:
            return self._state(declared, found)
        found = assign(declared.name, found, declared.type, self.sink)
        is_null = isinstance(found, Const) and found.value is None and found.type != ERROR
        if is_null and not declared.nullable:
            self.sink.report(
                tests.NULL_GIVEN, written.span, name=declared.name, type=str(declared.type)
            )
        return found

    def _state(self, pattern: Attribute, found: Expr) -> Expr:
        """Return the state of a pattern, which is said to be met, or not."""
        if isinstance(found, Const) and found.type == BOOL:
            return replace(found, value=int(found.value is True), type=INT)
        if type_of(found) != ERROR and not (isinstance(found, Const) and found.value is None):
            self.sink.report(tests.NOT_A_STATE, found.span, name=pattern.name)
        return Const(None, INT, found.span)

    def _choose(
        self, flowchart: str, step: ast.Step, column: surface.Column, value: ast.Expr
    ) -> None:
        listed = [name.text for name in cell_names(step)]
        shown = ", ".join(listed)
        if not isinstance(value, ast.NameExpr) or value.qualifier is not None:
            self.sink.report(tests.NOT_A_CELL, value.span, name=step.name.text, cells=shown)
            return
        if value.name not in listed:
            name = ast.Name(value.name, value.span)
            self._unknown("cell", name, listed, f" in {flowchart}.{step.name.text}")
            return
        for place in (n.span for n in cell_names(step) if n.text == value.name):
            self.sink.resolved(value.span, place)
        key = f"{flowchart}.{step.name.text}"
        if key in self.chosen:
            self._twice(column.name)
        cells = self.subject.cells(flowchart, step)
        named = (self.subject.channel.cells[index].name for index in cells)
        outcomes = tuple(name == value.name for name in named)
        self.chosen[key] = Chosen(key, tuple(zip(cells, outcomes, strict=True)))

    # ---------------------------------------------------------------- reports

    def _twice(self, name: ast.Name) -> None:
        self.sink.report(tests.GIVEN_TWICE, name.span, what=f"`{name.text}`")

    def _unknown(self, kind: str, name: ast.Name, known: Iterable[str], where: str) -> None:
        known = list(known)
        self.sink.missing(name.span, known)
        self.sink.report(
            names.UNKNOWN_REFERENCE,
            name.span,
            kind=kind,
            name=name.text,
            where=where,
            hint=known_hint(name.text, known),
        )

    def _unknown_column(self, column: surface.Column) -> None:
        name, subject = column.name, self.subject
        self.sink.missing(name.span, subject.attributes)
        if column.flowchart is not None:
            self._unknown_part(column.flowchart, name, column)
            return
        samples = (sample.step.partition(".")[2] for sample in subject.samples())
        near = nearest(name.text, [*subject.attributes, *samples])
        hint: str | None = f"did you mean `{near}`?" if near else None
        if name.text in {r.name for r in subject.audience.rows}:
            hint = f"write rows as `given {name.text} {{ … }}`"
        elif name.text in HISTORY:
            hint = f"say of which offer: `given OFFER.{name.text} = …`"
        elif name.text == "segment" or name.text in {s.name for s in subject.channel.segments}:
            hint = "segments follow from what is given: give the attributes that lead to them"
        self._no_attribute(name, f"the audience {subject.audience.name}", hint)

    def _unknown_part(self, owner: ast.Name, name: ast.Name, column: surface.Column) -> None:
        """Report what has a dot: history of an offer, a field of rows, a step."""
        subject = self.subject
        if name.text == IMPRESSIONS_LEFT:
            known = [limit.state.partition(".")[0] for limit in subject.channel.limits]
            self._unknown("limit of impressions", owner, known, f" on {subject.channel.name}")
        elif owner.text in subject.offers:
            self._unknown("history", name, HISTORY, f" of the offer {owner.text}")
        elif name.text in HISTORY:
            self._unknown("offer", owner, subject.offers, "")
        elif owner.text in {r.name for r in subject.audience.rows}:
            full = ast.Name(f"{owner.text}.{name.text}", column.span)
            hint = f"write rows as `given {owner.text} {{ {name.text} = … }}`"
            self._no_attribute(full, f"the audience {subject.audience.name}", hint)
        else:
            known = [f"{f.name.text}.{name.text}" for f in subject.flowcharts]
            full = ast.Name(f"{owner.text}.{name.text}", column.span)
            self._unknown("step", full, known, f" on {subject.channel.name}")

    def _no_attribute(self, name: ast.Name, owner: str, hint: str | None) -> None:
        self.sink.report(names.UNKNOWN_ATTRIBUTE, name.span, owner=owner, name=name.text, hint=hint)
