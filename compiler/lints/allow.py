"""Comments that allow findings: ``# allow(W0101)`` on the line of a statement, or above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from interact.compiler.diagnostics.diagnostic import Diagnostic
from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.lints.catalogue import LINTS, NEEDLESS_ALLOW
from interact.compiler.lints.lint import Linted
from interact.compiler.lints.usage import nodes_in
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface import ast, ast_expression
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.tables import load_tables

_COMMENT = re.compile(r"#\s*allow\s*\(([^)\r\n]*)\)")
_CODE = re.compile(r"[^\s,]+")


@dataclass(frozen=True, slots=True)
class Allow:
    """One code in a comment, and the line of the statement that it is about."""

    code: str
    line: int
    span: Span


def apply_allows(project: Linted, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the findings that no comment allows; comments that allow nothing are findings."""
    allows = [a for source in project.sources.values() for a in allows_of(source)]
    if not allows:
        return list(found)
    statements = _statements(project.modules)
    kept, used = list[Diagnostic](), set[Allow]()
    for finding in found:
        lines = _lines(finding.span, project.sources, statements)
        matching = {
            a
            for a in allows
            if a.code == finding.code.id and a.span.file == finding.span.file and a.line in lines
        }
        used |= matching
        if not matching:
            kept.append(finding)
    for allow in (a for a in allows if a not in used):
        project.report(NEEDLESS_ALLOW, allow.span, reason=_reason(allow.code))
    return kept + [d for d in project.sink.diagnostics if d.code is NEEDLESS_ALLOW.code]


def _reason(code: str) -> str:
    if code in LINTS:
        return f"there is no {code} to allow here"
    near = nearest(code, LINTS)
    return f"there is no lint `{code}`" + (f", is it {near}?" if near else "")


def allows_of(source: SourceFile) -> Iterator[Allow]:
    """Yield what the comments of a source allow. Comments in texts are none."""
    if "allow" not in source.text:
        return
    end = 0
    for token in tokenize(source.text, load_tables()).tokens:
        for comment in _comments(source.text, end, token.start):
            own = source.position(comment.start())[0]
            is_behind = end > 0 and source.position(end)[0] == own
            line = own if is_behind else source.position(token.start)[0]
            for code in _CODE.finditer(comment[1]):
                start = comment.start(1) + code.start()
                yield Allow(code[0], line, Span(source.name, start, start + len(code[0])))
        end = token.end


def _comments(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    while start < end and (place := text.find("#", start, end)) >= 0:
        found = _COMMENT.match(text, place, end)
        if found:
            yield found
        stop = text.find("\n", place, end)
        start = stop if stop >= 0 else end


def _statements(modules: Iterable[ast.Module]) -> list[Span]:
    """Return the places of all nodes that are not parts of expressions."""
    return [
        node.span
        for module in modules
        for node in nodes_in(module)
        if hasattr(node, "span") and type(node).__module__ != ast_expression.__name__
    ]


def _lines(
    place: Span, sources: Mapping[str, SourceFile], statements: Iterable[Span]
) -> frozenset[int]:
    """Return the lines of a place, and the first line of the statement that it stands in."""
    source = sources.get(place.file)
    if source is None:
        return frozenset()
    first, last = (source.position(at)[0] for at in (place.start, max(place.start, place.end - 1)))
    around = [
        s
        for s in statements
        if s.file == place.file and s.start <= place.start and place.end <= s.end
    ]
    inner = min(around, key=lambda s: s.end - s.start, default=place)
    return frozenset((*range(first, last + 1), source.position(inner.start)[0]))
