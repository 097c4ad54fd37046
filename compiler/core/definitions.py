"""What a project defines for its expressions: each is lowered when it is first used.

Constants are values: an expression that uses one holds a literal in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from interact.compiler.core.audiences import assign, lower_type, report_duplicates
from interact.compiler.core.infer import Typing, poison
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Clock, Const, Expr, type_of, walk
from interact.compiler.core.program import Constant, Program
from interact.compiler.core.scope import Definitions, Scope
from interact.compiler.diagnostics import names, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.types import ERROR

_NOBODY = Frame(Customer({}), Moment(0))


@dataclass(eq=False)
class ProjectDefinitions(Definitions):
    """The definitions of a project's modules.

    Reports:
        E0204 for a name declared twice, E0220 for what is defined by itself, E0450 and E0451 for
        constants that are none, and whatever their expressions have.
    """

    declared: Sequence[ast.Declaration]
    sink: Sink
    _constants: dict[str, ast.Constant] = field(init=False)
    _values: dict[str, Const] = field(default_factory=dict)
    _working: list[ast.Name] = field(default_factory=list)

    def __post_init__(self) -> None:
        constants = [d for d in self.declared if isinstance(d, ast.Constant)]
        report_duplicates("constant", [c.name for c in constants], self.sink)
        self._constants = {c.name.text: c for c in reversed(constants)}  # the first one counts

    def constant(self, name: str, span: Span) -> Expr | None:
        if name not in self._constants:
            return None
        if name not in self._values:
            declared = self._constants[name]
            if self._is_cycle(declared.name):
                return poison(span)
            self._working.append(declared.name)
            self._values[name] = self._lower_constant(declared)
            self._working.pop()
        return replace(self._values[name], span=span)

    def names(self) -> Iterator[str]:
        yield from self._constants

    def constants(self) -> tuple[Constant, ...]:
        """Return all constants, those that nothing uses too."""
        listed = sorted(self._constants.values(), key=lambda c: (c.span.file, c.span.start))
        for declared in listed:
            self.constant(declared.name.text, declared.span)
        return tuple(Constant(c.name.text, self._values[c.name.text], c.span) for c in listed)

    def _is_cycle(self, name: ast.Name) -> bool:
        """Return whether a definition is in work already, which is reported."""
        texts = [n.text for n in self._working]
        if name.text not in texts:
            return False
        path = [*texts[texts.index(name.text) :], name.text]
        self.sink.report(names.DEFINED_BY_ITSELF, name.span, name=name.text, path=" → ".join(path))
        return True

    def _lower_constant(self, declared: ast.Constant) -> Const:
        scope = Scope("a constant", definitions=self, note=_NOTE)
        value = Typing(scope, self.sink).infer(declared.value)
        if declared.type is not None:
            target = lower_type(declared.type, self.sink)
            value = assign(declared.name.text, value, target, self.sink)
        return self._evaluated(declared, value)

    def _evaluated(self, declared: ast.Constant, value: Expr) -> Const:
        """Work a constant out; a literal fraction stays undecided, as if it stood at each use."""
        if type_of(value) == ERROR:
            return poison(declared.span)
        for part in walk(value):
            if isinstance(part, Clock):
                self.sink.report(structure.CONSTANT_VARIES, part.span, what=part.which)
                return poison(declared.span)
        found = evaluate(value, _NOBODY)
        if found is None:
            self.sink.report(
                structure.CONSTANT_WITHOUT_VALUE, declared.value.span, name=declared.name.text
            )
            return poison(declared.span)
        return Const(found, type_of(value), declared.span)


_NOTE = "a constant knows no customer: it is made of literals and other constants"


@dataclass(eq=False)
class KnownDefinitions(Definitions):
    """The definitions that a compiled program keeps."""

    program: Program

    def constant(self, name: str, span: Span) -> Expr | None:
        for constant in self.program.constants:
            if constant.name == name:
                return replace(constant.value, span=span)
        return None

    def names(self) -> Iterator[str]:
        yield from (constant.name for constant in self.program.constants)
