"""What every name of a project stands for, as the compiler told it while it resolved them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from interact.compiler.diagnostics.listener import Listener
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.compiler.surface.outline import Symbol, outline, walk

Place = tuple[str, int]


class Heard(Listener):
    """Keeps what a compiler says of names."""

    def __init__(self) -> None:
        self.uses: dict[Span, dict[Span, None]] = {}
        self.types: dict[Place, str] = {}
        self.known: dict[Span, tuple[str, ...]] = {}

    def resolved(self, use: Span, declared: Span) -> None:
        self.uses.setdefault(use, {})[declared] = None

    def missing(self, use: Span, known: Iterable[str]) -> None:
        self.known[use] = (*self.known.get(use, ()), *known)

    def typed(self, declared: Span, type: str) -> None:
        self.types[declared.file, declared.start] = type


class Index:
    """Declarations of a project, and the uses of each."""

    def __init__(self, modules: Mapping[str, ast.Module], heard: Heard) -> None:
        self._modules = modules
        self._heard = heard

    def at(self, file: str, offset: int) -> tuple[Span, list[Symbol]] | None:
        """Return the name at a place, which may end there, and what it stands for."""
        names = self._names.get(file, [])
        after = bisect_right(names, offset, key=lambda n: n.start)
        for span in reversed(names[max(0, after - 2) : after]):
            if span.start <= offset <= span.end:
                return span, self.declared(span)
        return None

    def declared(self, name: Span) -> list[Symbol]:
        """Return what a name stands for: itself, where it is declared."""
        if name in self._targets:
            return self._targets[name]
        symbol = self._symbols.get((name.file, name.start))
        return [] if symbol is None else [symbol]

    def names(self, file: str) -> list[Span]:
        """Return all names of a file in order."""
        return self._names.get(file, [])

    def mentions(self, symbols: Iterable[Symbol]) -> list[Span]:
        """Return all places at which declarations are named, their own included."""
        found: dict[Span, None] = {}
        for symbol in symbols:
            found[symbol.name.span] = None
            found |= dict.fromkeys(self._mentions.get(symbol.name.span, ()))
        return sorted(found, key=lambda s: (s.file, s.start))

    def related(self, symbols: Iterable[Symbol]) -> list[Symbol]:
        """Return declarations with those that are named together with them at some place."""
        found = {s.name.span: s for s in symbols}
        waiting = list(found.values())
        for symbol in waiting:
            for use in self._mentions.get(symbol.name.span, ()):
                for other in self.declared(use):
                    if other.name.span not in found:
                        found[other.name.span] = other
                        waiting.append(other)
        return list(found.values())

    def type_of(self, symbol: Symbol) -> str | None:
        """Return the type of what is declared, as written or as the compiler found it."""
        written = symbol.type
        if written is not None:
            scale = "" if written.scale is None else f"({written.scale})"
            return f"{written.name}{scale}{'?' * written.nullable}"
        return self._heard.types.get((symbol.name.span.file, symbol.name.span.start))

    @property
    def uses(self) -> Mapping[Span, list[Symbol]]:
        """What names stand for where they are not declared."""
        return self._targets

    @property
    def known(self) -> Mapping[Span, tuple[str, ...]]:
        """The names that could stand where one leads nowhere."""
        return self._heard.known

    def symbols(self) -> Iterator[Symbol]:
        """Yield all that is declared."""
        yield from self._order

    # ---------------------------------------------------------------- tables

    @cached_property
    def _order(self) -> list[Symbol]:
        return [s for module in self._modules.values() for s in walk(outline(module))]

    @cached_property
    def _symbols(self) -> dict[Place, Symbol]:
        """Declarations by where they begin, and by where their names do."""
        found: dict[Place, Symbol] = {}
        for symbol in self._order:
            found.setdefault((symbol.span.file, symbol.span.start), symbol)
            found[symbol.name.span.file, symbol.name.span.start] = symbol
        return found

    @cached_property
    def _targets(self) -> dict[Span, list[Symbol]]:
        found: dict[Span, list[Symbol]] = {}
        for use, declared in self._heard.uses.items():
            for place in declared:
                symbol = self._symbols.get((place.file, place.start))
                if symbol is not None and symbol.name.span != use:
                    listed = found.setdefault(use, [])
                    listed += [] if symbol in listed else [symbol]
        return found

    @cached_property
    def _mentions(self) -> dict[Span, list[Span]]:
        found: dict[Span, list[Span]] = {}
        for use, symbols in self._targets.items():
            for symbol in symbols:
                found.setdefault(symbol.name.span, []).append(use)
        return found

    @cached_property
    def _names(self) -> dict[str, list[Span]]:
        """All names of each file by place."""
        spans = {s.name.span for s in self._order} | set(self._targets)
        found: dict[str, list[Span]] = {}
        for span in sorted(spans, key=lambda s: s.start):
            found.setdefault(span.file, []).append(span)
        return found
