"""The record of a lint, and what all lints look at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from interact.compiler.core.program import Program
from interact.compiler.diagnostics.diagnostic import Code, Label, Severity, Sink
from interact.compiler.lints.reach import Reach
from interact.compiler.lints.truth import Truths
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface import ast
from interact.stdlib.records import record

_WORD = re.compile(r"\w+")


@record
class Lint:
    """One kind of finding in what compiles.

    Attributes:
        code: Its severity is the level that the lint has by default, its explanation a paragraph.
        name: Short, with hyphens; part of the page's name.
        wrong: A source with this finding and no other, beside ``pages.SHOP``.
        right: The same, mended, without any finding.
    """

    code: Code
    name: str
    wrong: str
    right: str


def warning(
    id: str, name: str, title: str, text: str, help: str, explanation: str, wrong: str, right: str
) -> Lint:
    """Declare a lint that is a warning by default."""
    return Lint(Code(id, Severity.WARNING, title, text, help, explanation), name, wrong, right)


def note(
    id: str, name: str, title: str, text: str, help: str, explanation: str, wrong: str, right: str
) -> Lint:
    """Declare a lint that is a note by default."""
    return Lint(Code(id, Severity.NOTE, title, text, help, explanation), name, wrong, right)


@dataclass(frozen=True)
class Linted:
    """A project without errors, and where findings go."""

    program: Program
    modules: tuple[ast.Module, ...]
    sources: Mapping[str, SourceFile]
    truths: Truths
    reach: Reach
    sink: Sink

    @cached_property
    def declarations(self) -> tuple[ast.Declaration, ...]:
        return tuple(d for module in self.modules for d in module.declarations)

    @cached_property
    def offers(self) -> Mapping[str, ast.Offer]:
        """The declarations of offers by name."""
        return {d.name.text: d for d in self.declarations if isinstance(d, ast.Offer)}

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word comes up in the sources, comments and texts included."""
        texts = (source.text for source in self.sources.values())
        return Counter(word for text in texts for word in _WORD.findall(text))

    def text(self, span: Span) -> str:
        """Return what is written at a place, on one line."""
        source = self.sources.get(span.file)
        return "" if source is None else " ".join(source.text[span.start : span.end].split())

    def report(
        self, lint: Lint, span: Span, *, labels: Iterable[Label] = (), **values: object
    ) -> None:
        """Add a finding; ``values`` fill the templates of its code."""
        self.sink.report(lint.code, span, label="", labels=labels, **values)


Check: TypeAlias = Callable[[Linted], None]
