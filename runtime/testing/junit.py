"""Results in the XML that continuous integration reads, after JUnit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.etree import ElementTree

from interact.compiler.diagnostics.render import render_diagnostic
from interact.compiler.source import SourceFile
from interact.runtime.testing.results import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Sequence[Result], sources: Mapping[str, SourceFile]) -> bytes:
    """Return results as a document with a suite for each file."""
    root = ElementTree.Element("testsuites", {"name": "interact", **_counts(results)})
    for file, group in groupby(results, lambda result: result.test.span.file):
        of_file = list(group)
        suite = ElementTree.SubElement(root, "testsuite", {"name": file, **_counts(of_file)})
        for result in of_file:
            _case(suite, result, sources)
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return made + b"\n"


def _counts(results: Sequence[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(not r.has_passed for r in results)),
        "errors": "0",
        "skipped": "0",
        "time": f"{sum(r.seconds for r in results):.6f}",
    }


def _case(suite: ElementTree.Element, result: Result, sources: Mapping[str, SourceFile]) -> None:
    span = result.test.span
    source = sources.get(span.file)
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_clean(result.test.name),
        classname=result.test.channel,
        file=span.file,
        line=str(source.position(span.start)[0] if source else 0),
        time=f"{result.seconds:.6f}",
    )
    for failure in result.failures:
        message = _clean(failure.message)
        element = ElementTree.SubElement(case, "failure", message=message, type="expectation")
        element.text = _clean(render_diagnostic(failure.as_diagnostic(), sources))


def _clean(text: str) -> str:
    """Return a text without the characters that XML does not have."""
    return _NOT_XML.sub("\ufffd", text)
