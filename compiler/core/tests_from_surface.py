"""From ``test`` blocks to tests: names resolved in the program that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.definitions import ProjectDefinitions
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.program import Channel, Program
from interact.compiler.core.scope import Scope
from interact.compiler.core.tests import DEFAULT_TOP, MAX_TOP, Expectation, Test
from interact.compiler.core.tests_expected import Expected
from interact.compiler.core.tests_given import GivenParts, Subject
from interact.compiler.diagnostics import names, syntax, tests
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.source import Span
from interact.compiler.surface import ast, ast_tests as surface
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_test import print_column
from interact.stdlib.types import MICROSECONDS_PER_DAY

Declared = Sequence[surface.Test]


def lower_tests(modules: Sequence[ast.Module], program: Program, sink: Sink) -> tuple[Test, ...]:
    """Return the tests of a project, each case as a test of its own.

    Args:
        program: Made of the same modules, without errors.

    Reports:
        E02xx for names, E03xx for types, E05xx for tests.
    """
    declared = [d for m in modules for d in m.declarations if isinstance(d, surface.Test)]
    titles = [ast.Name(t.title.text, t.title.span) for t in declared]
    report_duplicates("test", titles, sink)
    definitions = ProjectDefinitions(
        [d for m in modules for d in m.declarations], Sink(sink.listener)
    )
    definitions.audiences = program.audiences
    scope = Scope("a value in a test", definitions=definitions)
    return tuple(test for d in declared for test in _lower(d, modules, program, scope, sink))


def _lower(
    declared: surface.Test,
    modules: Sequence[ast.Module],
    program: Program,
    scope: Scope,
    sink: Sink,
) -> Iterator[Test]:
    channel = _channel(declared.channel, program, sink)
    if channel is None:
        return
    flowcharts = tuple(
        d
        for m in modules
        for d in m.declarations
        if isinstance(d, ast.Flowchart) and d.channel.text == channel.name
    )
    offers = tuple(offer.name for offer in program.offers)
    tables = tuple(t for t in program.tables if t.audience == channel.audience)
    subject = Subject(
        scope,
        channel,
        program.audience_of(channel),
        flowcharts,
        offers,
        {offer.code_text: offer.name for offer in program.offers},
        tables,
        {offer.name: offer.span for offer in program.offers},
    )
    points = {
        point.name.text: point.name.span
        for m in modules
        for d in m.declarations
        if isinstance(d, ast.Channel) and d.name.text == channel.name
        for zone in d.zones
        for point in zone.points
    }
    expected = Expected(scope, program, channel, sink, points)
    yield from _Lowering(declared, subject, expected, sink).tests()


def _channel(name: ast.Name, program: Program, sink: Sink) -> Channel | None:
    known = {channel.name: channel for channel in program.channels}
    if name.text in known:
        sink.resolved(name.span, known[name.text].span)
    else:
        sink.missing(name.span, known)
        sink.report(
            names.UNKNOWN_REFERENCE,
            name.span,
            kind="channel",
            name=name.text,
            where="",
            hint=known_hint(name.text, known),
        )
    return known.get(name.text)


class _Lowering:
    """Lowers one test block."""

    def __init__(
        self, declared: surface.Test, subject: Subject, expected: Expected, sink: Sink
    ) -> None:
        self.declared, self.subject, self.expected, self.sink = declared, subject, expected, sink
        self.given = GivenParts(subject, sink)

    def tests(self) -> Iterator[Test]:
        """Yield the test, or its cases."""
        self._report_repeated()
        for part in self.declared.parts:
            self._give(part)
        expectations = [
            found
            for part in self.declared.parts
            if isinstance(part, surface.Expect) and (found := self._expectation(part)) is not None
        ]
        tables = [p for p in self.declared.parts if isinstance(p, surface.Cases)]
        expects = any(isinstance(p, surface.Expect) for p in self.declared.parts)
        if not expects and not any(table.cases for table in tables):
            self._nothing_expected(self.declared.title.span)
        if tables:
            for table in tables:
                yield from self._cases(table, expectations)
        else:
            yield self._test("", self.given, expectations, self.declared)

    def _give(self, part: surface.TestPart) -> None:
        match part:
            case surface.Given(settings=settings):
                for setting in settings:
                    self.given.reader(setting.column)(setting.value)
            case surface.GivenRows():
                self.given.add_rows(part)
            case surface.GivenFile():
                self.given.add_file(part)
            case surface.GivenAny():
                self.given.add_any(part)
            case _:
                pass

    def _expectation(self, part: surface.Expect) -> Expectation | None:
        fixture = self.given.fixture
        if part.count is not None and (fixture is None or fixture.key):
            self.sink.report(tests.COUNT_WITHOUT_FILE, part.span, count=part.count)
        stage = part.claim.stage if isinstance(part.claim, surface.OfferAbsent) else None
        if stage is not None and self.given.anyone is not None:
            self.sink.report(tests.STAGE_OF_ANYONE, stage.span, stage=stage.text)
        return self.expected.expectation(part)

    def _cases(self, table: surface.Cases, expectations: Sequence[Expectation]) -> Iterator[Test]:
        for case in table.cases:
            if not self._fits(table, case):
                continue
            given = self.given.copy()
            for column, value in zip(table.columns, case.values, strict=True):
                if value is not None:
                    given.reader(column)(value)
            claims = [
                found
                for head, outcome in zip(table.claims, case.outcomes, strict=True)
                for written in _expects(head, outcome)
                if (found := self.expected.expectation(written)) is not None
            ]
            if not expectations and all(outcome.is_blank for outcome in case.outcomes):
                self._nothing_expected(case.span)
            yield self._test(_label(table, case), given, [*expectations, *claims], case)

    def _fits(self, table: surface.Cases, case: surface.Case) -> bool:
        """Return whether a case has as many values and outcomes as the head."""
        counts = (
            (len(case.values), len(table.columns), "value"),
            (len(case.outcomes), len(table.claims), "outcome"),
        )
        for found, wanted, noun in counts:
            if found != wanted:
                self.sink.report(
                    tests.CASE_LENGTH, case.span, found=_plural(found, noun), wanted=wanted
                )
                return False
        return True

    def _test(
        self,
        case: str,
        given: GivenParts,
        expectations: Sequence[Expectation],
        place: surface.Test | surface.Case,
    ) -> Test:
        return Test(
            self.declared.title.text,
            case,
            self.subject.channel.name,
            self._now(),
            self._top(),
            tuple(given.values.values()),
            tuple(given.rows.values()),
            tuple(given.chosen.values()),
            given.fixture,
            tuple(expectations),
            self.subject.samples(),
            given.anyone,
            place.span if case else self.declared.title.span,
        )

    def _now(self) -> int | None:
        for part in self.declared.parts:
            if isinstance(part, surface.TestTime):
                found = lower_literal(part.moment, self.sink).value
                assert isinstance(found, int)
                return found * MICROSECONDS_PER_DAY if part.moment.kind == "date" else found
        return None

    def _top(self) -> int:
        for part in self.declared.parts:
            if isinstance(part, surface.TestTop):
                if 1 <= int(part.count) <= MAX_TOP:
                    return int(part.count)
                self.sink.report(tests.TOP_OUT_OF_RANGE, part.span, most=MAX_TOP, count=part.count)
        return DEFAULT_TOP

    def _report_repeated(self) -> None:
        """Report ``at`` and ``top`` that stand twice."""
        for kind, word in ((surface.TestTime, "at"), (surface.TestTop, "top")):
            found = [p for p in self.declared.parts if isinstance(p, kind)]
            for other in found[1:]:
                labels = (Label(found[0].span, "first here"),)
                self.sink.report(syntax.REPEATED_PART, other.span, labels=labels, part=word)

    def _nothing_expected(self, place: Span) -> None:
        points = (p.name for zone in self.subject.channel.zones for p in zone.points)
        self.sink.report(tests.NOTHING_EXPECTED, place, place=next(points, None))


def _expects(head: surface.CaseClaim, outcome: surface.Outcome) -> Iterator[surface.Expect]:
    """Yield what an outcome in a table says."""
    if outcome.is_blank:
        return
    for claim in _claims(head, outcome):
        yield surface.Expect(claim, None, outcome.span)


def _claims(head: surface.CaseClaim, outcome: surface.Outcome) -> Iterator[surface.Claim]:
    place = head.place or ast.Name("")
    match head.kind:
        case "offers":
            yield surface.OffersAre(place, outcome.names, outcome.span)
        case "offer":
            for name in outcome.names:
                yield surface.OfferShown(name, place, span=outcome.span)
        case "no offer":
            for name in outcome.names:
                yield surface.OfferAbsent(name, place, span=outcome.span)
        case "segments":
            yield surface.SegmentsAre(outcome.names, outcome.span)
        case "segment" | "no segment":
            yield surface.Membership(outcome.names, head.kind == "segment", outcome.span)


def _label(table: surface.Cases, case: surface.Case) -> str:
    """Return what a case gives, such as ``balance = 5, holdout = Treated``."""
    return ", ".join(
        f"{print_column(column)} = {print_expression(value)}"
        for column, value in zip(table.columns, case.values, strict=True)
        if value is not None
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
