"""Make a program on which both sides disagree as small as it goes, and show it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.properties.agree import tried
from tests.properties.cases import Mismatch
from tests.properties.programs import Generated, built

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.interpret import Customer
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.compiler.surface.depth import children

SECONDS = 60.0


def reduced(mismatch: Mismatch, store: KernelStore, seconds: float = SECONDS) -> Mismatch:
    """Return the smallest program and the fewest customers found that still disagree."""
    stop = time.monotonic() + seconds
    generated = mismatch.generated
    customers = _fewer(generated, mismatch.customers, store)
    what = _outcome(generated, customers, store)
    if not what:
        return mismatch
    shrinking = True
    while shrinking and time.monotonic() < stop:
        shrinking = False
        for module in smaller(generated.module):
            made = _built(module, generated)
            found = _outcome(made, customers, store) if made is not None else ()
            if made is not None and found:
                generated, what, shrinking = made, found, True
                break
            if time.monotonic() > stop:
                break
    return Mismatch(generated, customers, what)


def _fewer(
    generated: Generated, customers: Sequence[Customer], store: KernelStore
) -> Sequence[Customer]:
    for customer in customers:
        if _outcome(generated, [customer], store):
            return [customer]
    return customers


def _outcome(
    generated: Generated, customers: Sequence[Customer], store: KernelStore
) -> tuple[str, ...]:
    try:
        return tried(generated, customers, store)
    except (IndexError, KeyError):  # a program without a channel, or without what it reads
        return ()


def _built(module: ast.Module, like: Generated) -> Generated | None:
    try:
        return built(module, like.schema, like.moment)
    except (ValueError, IndexError, AssertionError):  # no such tree, or a wrong program
        return None


def smaller(node: Any) -> Iterator[Any]:
    """Yield copies of a tree with one part left out, or replaced by a part of itself."""
    if isinstance(node, ast.Expr):
        yield from children(node)
    for name in (f.name for f in fields(node)):
        value = getattr(node, name)
        for less in _less(value):
            yield replace(node, **{name: less})


def _less(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for i in range(len(value)):
            yield value[:i] + value[i + 1 :]
        for i, item in enumerate(value):
            if is_dataclass(item):
                yield from ((*value[:i], less, *value[i + 1 :]) for less in smaller(item))
    elif is_dataclass(value) and not isinstance(value, Span | ast.Name):
        if isinstance(value, ast.Live | ast.Expr):
            yield None
        yield from smaller(value)


def reproduction(mismatch: Mismatch) -> str:
    """Return a test, ready to paste, of what was found."""
    generated = mismatch.generated
    customers = ",\n        ".join(
        f"Customer({dict(c.values)}, { {n: list(map(dict, r)) for n, r in c.rows.items()} })"
        for c in mismatch.customers[:3]
    )
    return (
        f"{chr(10).join(mismatch.what)}\n\n"
        "def test_found(store: KernelStore) -> None:\n"
        f'    text = r"""\n{generated.text}"""\n'
        f"    nan, inf = float('nan'), float('inf')\n"
        f"    customers = [\n        {customers}\n    ]\n"
        f"    assert disagreements(text, customers, {generated.moment.now}, store) == ()\n"
    )
