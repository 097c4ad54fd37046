"""The sink, the table of codes and the suggestions."""

from types import ModuleType

import pytest

from interact.compiler.diagnostics.codes import CODES, STAGES, collect_codes
from interact.compiler.diagnostics.diagnostic import Code, Severity, Sink
from interact.compiler.diagnostics.suggest import edit_distance, nearest
from interact.compiler.source import Span

UNKNOWN = Code("E9901", Severity.ERROR, "unknown", "no `{name}`", help="did you mean `{nearest}`?")
ODD = Code("W9901", Severity.WARNING, "odd", "odd")


def at(start: int, file: str = "a") -> Span:
    return Span(file, start, start + 1)


def test_templates_are_filled() -> None:
    sink = Sink()
    sink.report(UNKNOWN, at(3), name="x", nearest="y")
    (found,) = sink.diagnostics
    assert (found.message, found.help) == ("no `x`", "did you mean `y`?")


@pytest.mark.parametrize("values", [{}, {"nearest": None}])
def test_help_without_its_value_is_left_out(values: dict[str, None]) -> None:
    sink = Sink()
    sink.report(UNKNOWN, at(3), name="{x}", **values)  # type: ignore[arg-type]
    assert sink.diagnostics[0].help == ""
    assert sink.diagnostics[0].message == "no `{x}`"


def test_a_second_report_of_one_code_at_one_span_is_dropped() -> None:
    sink = Sink()
    for name in "xy":
        sink.report(UNKNOWN, at(3), name=name)
    sink.report(ODD, at(3))
    assert [found.message for found in sink.diagnostics] == ["no `x`", "odd"]


def test_diagnostics_are_sorted_by_file_and_place() -> None:
    sink = Sink()
    for span in (at(9, "b"), at(1, "b"), at(5)):
        sink.report(ODD, span)
    assert [found.span for found in sink.diagnostics] == [at(5), at(1, "b"), at(9, "b")]


def test_warnings_are_not_errors() -> None:
    sink = Sink()
    sink.report(ODD, at(0))
    assert not sink.has_errors
    sink.report(UNKNOWN, at(0), name="x")
    assert sink.has_errors


def test_an_id_is_given_once() -> None:
    stage = ModuleType("stage")
    stage.__dict__.update(ONE=ODD, TWO=Code("W9901", Severity.ERROR, "even", "even"))
    with pytest.raises(ValueError, match="W9901"):
        collect_codes([stage])


def test_every_code_keeps_the_rules_of_wording() -> None:
    assert collect_codes(STAGES) == CODES
    for id_, code in CODES.items():
        assert id_ == code.id
        assert id_[0] == {"error": "E", "warning": "W"}[code.severity]
        assert len(code.title) <= 80
        assert not code.title.endswith(".")
        assert not code.title[0].isupper()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Balance", "balance"),
        ("blaance", "balance"),
        ("balances", "balance"),
        ("agee", "age"),
        ("zzz", None),
        ("x", None),
        ("age", None),
        ("b" * 5_000, None),
    ],
)
def test_nearest(name: str, expected: str | None) -> None:
    assert nearest(name, ["age", "balance", "y"]) == expected


def test_edit_distance_stops_at_its_limit() -> None:
    assert edit_distance("kitten", "sitting", 10) == 3
    assert edit_distance("kitten", "sitting", 2) == 2
    assert edit_distance("", "", 3) == 0
