"""Tests as text: what is read back is the same tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from interact.compiler.surface.ast import Expr, Name
from interact.compiler.surface.ast_tests import (
    Case,
    CaseClaim,
    Cases,
    Claim,
    Column,
    Expect,
    FieldValue,
    Given,
    GivenAny,
    GivenFile,
    GivenRows,
    Membership,
    OfferAbsent,
    OffersAre,
    OfferShown,
    Outcome,
    Record,
    SegmentsAre,
    SomeOffer,
    Test,
    TestPart,
    TestTime,
    TestTop,
)
from interact.compiler.surface.layout import Lines, block, flat
from interact.compiler.surface.print_expression import print_expression


def print_test(test: Test) -> Lines:
    """Yield the lines of a test."""
    head = f"test {print_expression(test.title)} on {test.channel.text}"
    return block(head, flat(map(_part, test.parts)))


def _part(part: TestPart) -> Lines:
    match part:
        case TestTime(moment=moment):
            yield f"at {print_expression(moment)}"
        case TestTop(count=count):
            yield f"top {count}"
        case Given(settings=settings):
            given = (f"{print_column(s.column)} = {print_expression(s.value)}" for s in settings)
            yield f"given {', '.join(given)}"
        case GivenRows(rows=rows, records=records):
            yield f"given {rows.text} {', '.join(map(_record, records))}"
        case GivenFile(what=what, key=key, file=file):
            named = f"{what.text} {', '.join(map(print_expression, key))}".rstrip()
            yield f"given {named} from {print_expression(file)}"
        case GivenAny(condition=condition):
            narrowed = "" if condition is None else f" when {print_expression(condition)}"
            yield f"given any customer{narrowed}"
        case Expect(claim=claim, count=count):
            tally = "" if count is None else f" for {count} customer{'s' * (count != '1')}"
            yield f"expect {_claim(claim)}{tally}"
        case Cases():
            head = [print_case_head(part)] if part.columns else []
            yield from block("cases", [*head, *map(_case, part.cases)])
        case _:
            assert_never(part)


def print_column(column: Column) -> str:
    """Return ``balance``, or ``Value.holdout``."""
    return ("" if column.flowchart is None else f"{column.flowchart.text}.") + column.name.text


def _record(record: Record) -> str:
    return f"{{ {_values(record.fields)} }}" if record.fields else "{}"


def _values(values: Iterable[FieldValue]) -> str:
    return ", ".join(f"{v.name.text} = {print_expression(v.value)}" for v in values)


def _claim(claim: Claim) -> str:
    match claim:
        case OffersAre(place=place, offers=()):
            return f"no offers at {place.text}"
        case OffersAre(place=place, offers=offers):
            return f"offers at {place.text}: {_names(offers)}"
        case SomeOffer(place=place):
            return f"some offer at {place.text}"
        case OfferShown(offer=offer, place=place, score=score, attributes=attributes):
            scored = "" if score is None else f" score {print_expression(score)}"
            more = f" with {_values(attributes)}" if attributes else ""
            return f"offer {offer.text} at {place.text}{scored}{more}"
        case OfferAbsent(offer=offer, place=place, stage=stage):
            because = "" if stage is None else f" because {stage.text}"
            return f"no offer {offer.text} at {place.text}{because}"
        case SegmentsAre(segments=()):
            return "no segments"
        case SegmentsAre(segments=segments):
            return f"segments: {_names(segments)}"
        case Membership(segments=segments, is_member=is_member):
            return f"{'' if is_member else 'no '}segment {_names(segments)}"
        case _:
            assert_never(claim)


def print_case_head(cases: Cases) -> str:
    """Return what stands above the cases."""
    columns = ", ".join(map(print_column, cases.columns))
    return " -> ".join([columns, *map(_case_claim, cases.claims)])


def _case_claim(claim: CaseClaim) -> str:
    return claim.kind + ("" if claim.place is None else f" at {claim.place.text}")


def _case(case: Case) -> str:
    return " -> ".join([", ".join(map(_value, case.values)), *map(_outcome, case.outcomes)])


def _value(value: Expr | None) -> str:
    return "-" if value is None else print_expression(value)


def _outcome(outcome: Outcome) -> str:
    return "-" if outcome.is_blank else _names(outcome.names) or "none"


def _names(names: Iterable[Name]) -> str:
    return ", ".join(name.text for name in names)
