"""Choices that nobody comes to: rows of tables, and conditions after `else if`."""

from __future__ import annotations

from collections.abc import Iterator

from interact.compiler.core.nodes import Expr, When, children
from interact.compiler.diagnostics.diagnostic import Label
from interact.compiler.lints.catalogue import UNREACHED_CHOICE
from interact.compiler.lints.conditions import expressions_of
from interact.compiler.lints.lint import Linted
from interact.compiler.lints.regions import ALL, apart, meet_all
from interact.compiler.source import NOWHERE, Span


def check_choices(project: Linted) -> None:
    """Report W0205 for conditions of a chain that those before it leave nobody for.

    What is put in at several places is reported when that is so at each of them.
    """
    verdicts: dict[Span, Span | None] = {}
    seen: set[int] = set()
    for expr in expressions_of(project):
        for chain in chains_in(expr, seen):
            for condition, before in choices_of(project, chain):
                known = verdicts.setdefault(condition.span, before)
                if known is None or before is None:
                    verdicts[condition.span] = None
    for place, taken in verdicts.items():
        if taken is not None and place not in (NOWHERE, taken):
            labels = [Label(taken, "this is looked at first")]
            project.report(UNREACHED_CHOICE, place, labels=labels)


def chains_in(expr: Expr, seen: set[int]) -> Iterator[list[Expr]]:
    """Yield the conditions of each chain of choices in an expression, in order."""
    if id(expr) in seen:
        return
    seen.add(id(expr))
    conditions: list[Expr] = []
    rest = expr
    while isinstance(rest, When):
        conditions.append(rest.condition)
        for part in (rest.condition, rest.yes):
            yield from chains_in(part, seen)
        rest = rest.no
    if len(conditions) > 1:
        yield conditions
    for part in children(expr) if rest is expr else (rest,):
        yield from chains_in(part, seen)


def choices_of(project: Linted, chain: list[Expr]) -> Iterator[tuple[Expr, Span | None]]:
    """Yield each condition after the first, with one before it if they leave it nobody.

    What is true for everybody or nobody by itself is told of by other lints.
    """
    truths = [project.truths.of(condition) for condition in chain]
    for place in range(1, len(chain)):
        here, before = truths[place], truths[:place]
        if not here.true:
            continue
        is_plain = all(t.true != ALL for t in (here, *before))
        left = meet_all(t.not_true for t in before)
        taken = None
        if is_plain and apart(here.true, left):
            alone = (c for c, t in zip(chain, before, strict=False) if apart(here.true, t.not_true))
            taken = next(alone, chain[place - 1]).span
        yield chain[place], taken
