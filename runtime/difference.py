"""What changed between two states of a project, statement by statement.

Statements are compared by kind and name as trees: comments, layout, and the file in which a
statement stands do not count. The order of strategies and of offers does, as ties are broken by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from typing import Literal

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Declaration, Module
from interact.compiler.surface.ast_tests import Test
from interact.compiler.surface.from_source import parse_module
from interact.compiler.surface.print import print_module

Sort = Literal["added", "removed", "changed"]
ORDERED = ("strategy", "offer")
"""Kinds of statements whose order has a meaning."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a project, in canonical form."""

    kind: str
    name: str
    file: str
    text: str


Key = tuple[str, str, int]
"""Kind, name, and how many of that kind and name come before."""


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that is not the same; ``before`` or ``after`` is None where it is not."""

    before: Statement | None
    after: Statement | None

    @property
    def shown(self) -> Statement:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def sort(self) -> Sort:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def lines(self, context: int = 2) -> Iterator[str]:
        """Yield the lines of the statement that differ, marked, with some around them."""
        old = [] if self.before is None else self.before.text.splitlines()
        new = [] if self.after is None else self.after.text.splitlines()
        for line in list(unified_diff(old, new, n=context, lineterm=""))[3:]:
            yield "  …" if line.startswith("@@") else line

    def as_json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "change": self.sort,
            "kind": self.shown.kind,
            "name": self.shown.name,
            "file": self.shown.file,
            "before": None if self.before is None else self.before.text,
            "after": None if self.after is None else self.after.text,
        }


@dataclass(frozen=True, slots=True)
class Order:
    """Statements of a kind that both have, in another order."""

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def moved(self) -> list[str]:
        """The fewest names that stand elsewhere among the others."""
        blocks = SequenceMatcher(None, self.before, self.after, False).get_matching_blocks()
        kept = {name for b in blocks for name in self.after[b.b : b.b + b.size]}
        return [name for name in self.after if name not in kept]


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, in the order of the new statements, and kinds that are in another order."""

    changes: tuple[Change, ...]
    orders: tuple[Order, ...] = ()

    @property
    def is_none(self) -> bool:
        return not self.changes and not self.orders


def difference(before: Iterable[SourceFile], after: Iterable[SourceFile]) -> Difference:
    """Return what changed between two sets of sources, which parse."""
    old, new = statements(before), statements(after)
    changes = [
        Change(old.get(key), found)
        for key, found in new.items()
        if key not in old or old[key].text != found.text
    ]
    changes += [Change(found, None) for key, found in old.items() if key not in new]
    orders = [Order(kind, _names(kind, old, new), _names(kind, new, old)) for kind in ORDERED]
    return Difference(tuple(changes), tuple(o for o in orders if o.before != o.after))


def statements(sources: Iterable[SourceFile]) -> dict[Key, Statement]:
    """Return the statements of sources; what does not parse is left out."""
    count: Counter[tuple[str, str]] = Counter()
    found: dict[Key, Statement] = {}
    for source in sources:
        for declaration in parse_module(source, Sink()).declarations:
            text = print_module(Module(source.name, (declaration,)))
            kind = text.partition(" ")[0]
            name = _name(declaration)
            found[kind, name, count[kind, name]] = Statement(kind, name, source.name, text)
            count[kind, name] += 1
    return found


def _name(declaration: Declaration) -> str:
    if isinstance(declaration, Test):
        return declaration.title.text
    return declaration.name.text


def _names(
    kind: str, these: Mapping[Key, Statement], others: Mapping[Key, Statement]
) -> tuple[str, ...]:
    """Return the names of a kind that are in both."""
    return tuple(key[1] for key in these if key[0] == kind and key in others)


def counted(changes: Sequence[Change]) -> str:
    """Return how many there are of each sort, such as ``1 added, 2 changed``."""
    counts = Counter(change.sort for change in changes)
    sorts: tuple[Sort, ...] = ("added", "removed", "changed")
    return ", ".join(f"{counts[sort]} {sort}" for sort in sorts if counts[sort])
