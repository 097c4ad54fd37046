"""What expressions can call, as people read of it: functions, operators, folds and forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.builtin import Builtin, Overload
from interact.stdlib.form import FORMS
from interact.stdlib.universe import UNIVERSE

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "neg": "-", "like": "like"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A function, operator, fold or form, as it is shown."""

    name: str
    group: str
    usage: tuple[str, ...]
    doc: str
    examples: tuple[tuple[str, str], ...]


def entries() -> Iterator[Entry]:
    """Yield all entries; an operator is called by its sign."""
    for b in (b for b in UNIVERSE.values() if not b.is_internal):
        usage = tuple(f"{_usage(b, o)} -> {o.result}" for o in b.overloads)
        yield Entry(SIGNS.get(b.name, b.name), b.group, usage, b.doc, b.examples)
    for a in AGGREGATES.values():
        yield Entry(a.name, "folds over rows", tuple(a.usage.split(" or ")), a.doc, a.examples)
    for f in FORMS:
        yield Entry(f.name, "forms", (f.syntax,), f.doc, f.examples)


def _usage(builtin: Builtin, overload: Overload) -> str:
    """Return how an overload is written: operators with their sign, the others as a call."""
    kinds = [str(p.kind) for p in overload.arguments]
    sign = SIGNS.get(builtin.name)
    if sign is not None:
        return " ".join([*kinds[:-1], sign, kinds[-1]])
    dots = ", …" if builtin.variadic else ""
    return f"{builtin.name}({', '.join(map(str, overload.arguments))}{dots})"


def plain(doc: str) -> str:
    """Return a docstring as a paragraph."""
    return " ".join(doc.replace("``", "`").split())
