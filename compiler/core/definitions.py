"""What a project defines for its expressions: each is lowered when it is first used.

Constants are values: an expression that uses one holds a literal in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interact.compiler.core.audiences import VALUE_TYPES, assign, lower_type, report_duplicates
from interact.compiler.core.functions import Function
from interact.compiler.core.infer import Typing, poison
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.lower_function import lower_function, unknown_function
from interact.compiler.core.nodes import Clock, Const, Expr, type_of, walk
from interact.compiler.core.program import Audience, Constant, Program
from interact.compiler.core.scope import Definitions, Scope
from interact.compiler.core.tables import table_as_function
from interact.compiler.diagnostics import names, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.types import ERROR, EnumType, Kind

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
    audiences: Sequence[Audience] = ()
    _functions: dict[str, ast.Function] = field(init=False)
    _lowered: dict[str, Function] = field(default_factory=dict)
    _constants: dict[str, ast.Constant] = field(init=False)
    _enumerations: Mapping[str, EnumType] = field(init=False)
    _values: dict[str, Const] = field(default_factory=dict)
    _working: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        constants = [d for d in self.declared if isinstance(d, ast.Constant)]
        report_duplicates("constant", [c.name for c in constants], self.sink)
        functions = [
            table_as_function(d, self.sink) if isinstance(d, ast.Table) else d
            for d in self.declared
            if isinstance(d, ast.Function | ast.Table)
        ]
        report_duplicates("function", [f.name for f in functions], self.sink)
        self._functions = {f.name.text: f for f in reversed(functions)}
        self._enumerations = lower_enumerations(self.declared, self.sink)
        self._constants = {c.name.text: c for c in reversed(constants)}  # the first one counts

    def constant(self, name: str, span: Span) -> Expr | None:
        if name not in self._constants:
            return None
        self.sink.resolved(span, self._constants[name].name.span)
        if name not in self._values:
            declared = self._constants[name]
            if self._is_cycle(name, declared.name):
                return poison(span)
            self._working.append(name)
            self._values[name] = self._lower_constant(declared)
            self._working.pop()
        return replace(self._values[name], span=span)

    def names(self) -> Iterator[str]:
        yield from self._constants

    def enumerations(self) -> Mapping[str, EnumType]:
        return self._enumerations

    def enumeration_place(self, name: str, member: str | None = None) -> Span | None:
        for declared in (d for d in self.declared if isinstance(d, ast.Enumeration)):
            if declared.name.text == name:
                named = {m.name.text: m.name.span for m in reversed(declared.members)}
                return declared.name.span if member is None else named.get(member)
        return None

    def constants(self) -> tuple[Constant, ...]:
        """Return all constants, those that nothing uses too."""
        listed = sorted(self._constants.values(), key=lambda c: (c.span.file, c.span.start))
        for declared in listed:
            self.constant(declared.name.text, declared.name.span)
        return tuple(Constant(c.name.text, self._values[c.name.text], c.span) for c in listed)

    def function(self, name: str) -> Function | None:
        if name not in self._functions:
            return None
        if name not in self._lowered:
            declared = self._functions[name]
            if self._is_cycle(f"{name}()", declared.name):
                return unknown_function(declared)
            self._working.append(f"{name}()")
            self._lowered[name] = lower_function(declared, self)
            self._working.pop()
        return self._lowered[name]

    def functions(self) -> Iterator[str]:
        yield from self._functions

    def check_functions(self) -> None:
        """Lower all functions in order, so that one mostly finds those that it calls lowered."""
        for name in reversed(self._functions):
            self.function(name)

    def _is_cycle(self, title: str, name: ast.Name) -> bool:
        """Return whether a definition is in work already, which is reported."""
        if title not in self._working:
            return False
        path = [*self._working[self._working.index(title) :], title]
        self.sink.report(names.DEFINED_BY_ITSELF, name.span, name=name.text, path=" → ".join(path))
        return True

    def _lower_constant(self, declared: ast.Constant) -> Const:
        scope = Scope("a constant", definitions=self, note=_NOTE)
        typing = Typing(scope, self.sink)
        if declared.type is None:
            value = typing.infer(declared.value)
            typing.tell(declared.name.span, value)
            return self._evaluated(declared, value)
        target = lower_type(declared.type, self.sink, self)
        value = typing.expecting(target).infer(declared.value)
        value = assign(declared.name.text, value, target, self.sink, declared.value.span)
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


def lower_enumerations(declared: Sequence[ast.Declaration], sink: Sink) -> Mapping[str, EnumType]:
    """Return the enumerations by name.

    Reports:
        E0204 for names declared twice, E0453 for a name that is a type of the language, E0452 for
        members that one text stands for.
    """
    found = [d for d in declared if isinstance(d, ast.Enumeration)]
    report_duplicates("enumeration", [e.name for e in found], sink)
    return {e.name.text: _enumeration(e, sink) for e in reversed(found)}


def _enumeration(declared: ast.Enumeration, sink: Sink) -> EnumType:
    name = declared.name.text
    report_duplicates("member", [m.name for m in declared.members], sink, where=f" in {name}")
    if name in VALUE_TYPES or not declared.members:
        sink.report(structure.NO_ENUMERATION, declared.name.span, name=name)
    texts: dict[str, str] = {}
    for member in declared.members:
        text = member.name.text if member.text is None else member.text
        if (first := texts.setdefault(text, member.name.text)) != member.name.text:
            second = member.name.text
            sink.report(structure.MEMBER_TEXT_TAKEN, member.span, first=first, second=second)
            texts[f"{text} of {second}"] = second  # so that what uses it is no mistake
    members = tuple(texts.values())
    return EnumType(Kind.ENUM, 0, name, members, tuple(texts))


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
