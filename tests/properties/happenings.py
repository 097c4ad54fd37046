"""Generated events with parameters and actions, and patterns of these events."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.properties.expressions import Expressions
from tests.properties.literals import day_text, literal

from interact.compiler.core.events import parameter_name
from interact.compiler.core.nodes import Attr, Expr
from interact.compiler.surface import ast
from interact.stdlib.types import Kind, Type, decimal

TYPES = (
    (Kind.BOOL, None), (Kind.INT, None), (Kind.INT, None), (Kind.DECIMAL, 2), (Kind.TEXT, None),
    (Kind.DATE, None), (Kind.TIMESTAMP, None), (Kind.DURATION, None), (Kind.FLOAT, None),
)  # fmt: skip
LENGTHS = ("1 second", "5 seconds", "1 minute", "10 minutes", "1 hour", "1 day", "9 days")
LOGS = ("log contact", "log accept", "log reject")


@dataclass
class Happenings:
    """Draws the events and patterns of a channel; conditions are over ``expressions``.

    ``session`` has the session attributes with their kinds, which actions can set.
    """

    chance: random.Random
    expressions: Expressions
    session: Sequence[tuple[str, Kind]]
    offers: Sequence[str]
    events: list[ast.Event] = field(default_factory=list)

    def draw(self) -> tuple[tuple[ast.Event, ...], tuple[ast.Pattern, ...]]:
        """Return events, and patterns of them; an event posts only later ones."""
        for number in reversed(range(self.chance.choice((1, 2, 3)))):
            self.events.insert(0, self._event(f"ev{number}"))
        patterns = [self._pattern(f"Pattern{n}") for n in range(self.chance.choice((1, 1, 2)))]
        return tuple(self.events), tuple(patterns)

    # -- events -----------------------------------------------------------------------------

    def _event(self, name: str) -> ast.Event:
        parameters = tuple(self._parameter(f"p{i}") for i in range(self.chance.randrange(3)))
        event = ast.Event(ast.Name(name), parameters)
        count = self.chance.choice((0, 0, 1, 2))
        actions = [a for _ in range(count) if (a := self._action(event)) is not None]
        kinds = [a.kind for a in actions]
        kept = [a for i, a in enumerate(actions) if a.kind not in (*LOGS, *kinds[:i])]
        log = [ast.Action(self.chance.choice(LOGS))] if self.chance.random() < 0.3 else []
        return replace(event, actions=(*log, *kept))

    def _parameter(self, name: str) -> ast.Parameter:
        kind, scale = self.chance.choice(TYPES)
        default = None
        if self.chance.random() < 0.3:
            default = literal(self.chance, kind, self.expressions.today)
        written = ast.TypeName(kind.value, scale, self.chance.random() < 0.5)
        return ast.Parameter(ast.Name(name), written, default)

    def _action(self, event: ast.Event) -> ast.Action | None:
        form = self.chance.randrange(4)
        condition = self._condition(event) if self.chance.random() < 0.5 else None
        start = self._length() if self.chance.random() < 0.3 else None
        more: dict[str, Any] = {"condition": condition, "start": start}
        if form == 0 and self.session:
            name, kind = self.chance.choice(self.session)
            value = self._of(event).draw(kind, 2)
            return ast.Action("set", (ast.Name(name),), value=value, **more)
        if form == 1 and self.events:
            posted = self.chance.choice(self.events)
            given = tuple(
                ast.Value(p.name, self._of(event).draw(Kind(p.type.name), 1))
                for p in posted.parameters
                if p.default is None or self.chance.random() < 0.5
            )
            return ast.Action("post", (posted.name,), given, **more)
        if form == 2:
            return ast.Action("suppress", (ast.Name(self.chance.choice(self.offers)),), **more)
        return ast.Action("resegment", **more)

    def _of(self, event: ast.Event) -> Expressions:
        """Return what draws expressions that see the parameters of an event."""
        scope = self.expressions.scope
        for p in event.parameters:
            scope = scope.with_local(p.name.text, _posted(p))
        return self.expressions.over(scope)

    def _condition(self, event: ast.Event) -> ast.Expr:
        return self._of(event).draw(Kind.BOOL, self.chance.choice((1, 1, 2)))

    # -- patterns ---------------------------------------------------------------------------

    def _pattern(self, name: str) -> ast.Pattern:
        counting = self._counting()
        has_window, chance = counting.window is not None, self.chance
        reset = None if has_window or chance.random() < 0.4 else self._reset(counting)
        ends = has_window or reset is not None
        missed = ast.Outcome(False, None if ends else self._length(), ())
        live = self._live() if chance.random() < 0.15 else None
        hold = ast.LiteralExpr("duration", "0 days") if chance.random() < 0.1 else self._length()
        return ast.Pattern(
            ast.Name(name),
            chance.random() < 0.05,
            counting=counting,
            hold=hold if chance.random() < 0.8 else None,
            reset=reset,
            suspensions=(self._suspension(),) if chance.random() < 0.3 else (),
            live=live,
            missed=missed if chance.random() < 0.2 else None,
        )

    def _counting(self) -> ast.Counting:
        kind = self.chance.choice(("all", "count", "count", "sum", "sequence"))
        window = self._length() if kind == "sequence" or self.chance.random() < 0.6 else None
        rolling = window is not None and self.chance.random() < 0.5
        items = tuple(self._item(kind) for _ in range(self.chance.choice((1, 1, 2, 3))))
        least = self._number() if kind in ("count", "sum") else None
        return ast.Counting(kind, items, least, window, rolling)

    def _item(self, kind: str) -> ast.Occurrence:
        found = self._occurrence()
        return replace(found, weight=self._number()) if kind == "sum" else found

    def _occurrence(self) -> ast.Occurrence:
        event = self.chance.choice(self.events)
        condition = self._condition(event) if self.chance.random() < 0.4 else None
        return ast.Occurrence(event.name, condition)

    def _reset(self, counting: ast.Counting) -> ast.Reset | None:
        own = {item.event.text for item in counting.items}
        others = [e for e in self.events if e.name.text not in own]
        match self.chance.randrange(3):
            case 0:
                return ast.Reset(self._length())
            case 1:
                start = ast.LiteralExpr("timestamp", "2026-01-01T06:00:00Z")
                return ast.Reset(self._length(), start)
            case _ if others:
                name = self.chance.choice(others).name
                even_met = self.chance.random() < 0.5
                return ast.Reset(event=ast.Occurrence(name), even_met=even_met)
            case _:
                return None

    def _suspension(self) -> ast.Suspension:
        form = self.chance.randrange(3)
        until = self._occurrence() if form == 0 else None
        return ast.Suspension(self._occurrence(), self._length() if form == 1 else None, until)

    def _live(self) -> ast.Live:
        start = self.expressions.today + self.chance.choice((-1, 0, 1))
        first = ast.LiteralExpr("date", day_text(start))
        last = ast.LiteralExpr("date", day_text(start + self.chance.choice((0, 1))))
        return ast.Live(first, last)

    def _length(self) -> ast.LiteralExpr:
        return ast.LiteralExpr("duration", self.chance.choice(LENGTHS))

    def _number(self) -> ast.LiteralExpr:
        return ast.LiteralExpr("int", self.chance.choice(("1", "2", "2", "3")))


def _posted(parameter: ast.Parameter) -> Expr:
    type_ = decimal(2) if parameter.type.scale else Type(Kind(parameter.type.name))
    return Attr(parameter_name(parameter.name.text), type_, True)
