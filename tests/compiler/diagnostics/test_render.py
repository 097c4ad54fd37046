"""Diagnostics as text and as plain data."""

from textwrap import dedent

from interact.compiler.diagnostics.diagnostic import Code, Diagnostic, Label, Severity
from interact.compiler.diagnostics.render import render_diagnostic, render_text, to_json
from interact.compiler.source import NOWHERE, SourceFile, Span

CODE = Code("E9901", Severity.ERROR, "wrong", "wrong")


def found(source: SourceFile, part: str, **parts: object) -> Diagnostic:
    return Diagnostic(CODE, span_of(source, part), "this is wrong", **parts)  # type: ignore[arg-type]


def span_of(source: SourceFile, part: str) -> Span:
    start = source.text.index(part)
    return Span(source.name, start, start + len(part))


def render(diagnostic: Diagnostic, *sources: SourceFile, colour: bool = False) -> str:
    return render_diagnostic(diagnostic, {s.name: s for s in sources}, colour=colour)


def expect(text: str) -> str:
    return dedent(text).strip("\n")


def test_one_line() -> None:
    source = SourceFile("a.interact", "offer A {\n  code 5\n}\n")
    assert render(found(source, "5", label="a number", help="quote it"), source) == expect(
        """
        error[E9901]: this is wrong
         --> a.interact:2:8
          |
        2 |   code 5
          |        ^ a number
          = help: quote it
        """
    )


def test_secondary_labels_and_gaps() -> None:
    source = SourceFile("a", "zone A {\n\n\n\n\n\n\n\n  point\noffer")
    diagnostic = found(source, "offer", labels=(Label(span_of(source, "{"), "opened here"),))
    assert render(diagnostic, source) == expect(
        """
        error[E9901]: this is wrong
          --> a:10:1
           |
         1 | zone A {
           |        - opened here
        ...
        10 | offer
           | ^^^^^
        """
    )


def test_a_span_of_several_lines_shows_its_ends() -> None:
    source = SourceFile("a", "x {\n  a\n  b\n  }\n")
    assert render(found(source, "{\n  a\n  b\n  }", label="this block"), source) == expect(
        """
        error[E9901]: this is wrong
         --> a:1:3
          |
        1 | x {
          |   ^ from here
        ...
        4 |   }
          |   ^ this block
        """
    )


def test_labels_in_other_files() -> None:
    one, two = SourceFile("one", "abc"), SourceFile("two", "\n\nxyz")
    diagnostic = found(one, "b", labels=(Label(span_of(two, "yz"), "first here"),))
    assert render(diagnostic, one, two) == expect(
        """
        error[E9901]: this is wrong
         --> one:1:2
          |
        1 | abc
          |  ^
         ::: two:3:2
          |
        3 | xyz
          |  -- first here
        """
    )


def test_tabs_wide_and_combining_characters_keep_the_underline_in_place() -> None:
    source = SourceFile("a", "\tif \u6f22\u5b57 e\u0301\x07 BAD")
    lines = render(found(source, "BAD"), source).split("\n")
    assert lines[3] == "1 |     if \u6f22\u5b57 e\u0301\N{REPLACEMENT CHARACTER} BAD"
    assert lines[4] == "  |" + " " * 16 + "^^^"


def test_long_lines_are_cut_around_the_place() -> None:
    source = SourceFile("a", "a" * 1_000 + "BAD" + "b" * 1_000)
    lines = render(found(source, "BAD"), source).split("\n")
    assert len(lines[3]) < 140
    assert lines[3].index("BAD") == lines[4].index("^^^")


def test_the_end_of_the_text_has_a_caret() -> None:
    source = SourceFile("a", "x")
    assert render(Diagnostic(CODE, Span("a", 1, 1), "m"), source).endswith("1 | x\n  |  ^")
    empty = SourceFile("a", "")
    assert render(Diagnostic(CODE, Span("a", 0, 0), "m"), empty).endswith("1 |\n  | ^")


def test_a_place_outside_the_sources_has_no_excerpt() -> None:
    diagnostic = Diagnostic(CODE, NOWHERE, "m", help="h")
    assert render(diagnostic) == "error[E9901]: m\n = help: h"
    assert to_json(diagnostic, {})["line"] == 0


def test_colour_only_adds_escapes() -> None:
    source = SourceFile("a", "abc")
    diagnostic = found(source, "b", label="x")
    painted = render(diagnostic, source, colour=True)
    assert "\x1b[1;31merror[E9901]\x1b[0m" in painted
    assert painted.count("\x1b[0m") * 2 == painted.count("\x1b[")


def test_several_are_separated_by_a_blank_line() -> None:
    source = SourceFile("a", "abc")
    text = render_text([found(source, "b"), found(source, "c")], {"a": source})
    assert text.count("\n\nerror") == 1


def test_json() -> None:
    source = SourceFile("a", "abc\ndef")
    diagnostic = found(source, "c\nd", help="h", labels=(Label(span_of(source, "a"), "t"),))
    place = {"file": "a", "line": 1, "column": 1, "endLine": 1, "endColumn": 2}
    assert to_json(diagnostic, {"a": source}) == {
        "code": "E9901",
        "severity": "error",
        "message": "this is wrong",
        "help": "h",
        "file": "a",
        "line": 1,
        "column": 3,
        "endLine": 2,
        "endColumn": 2,
        "label": "",
        "labels": [{"text": "t", **place}],
    }
