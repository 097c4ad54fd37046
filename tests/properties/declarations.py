"""Generated offers, channels, flowcharts and strategies."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.properties.conditions import COMPARED
from tests.properties.expressions import Expressions
from tests.properties.literals import day_text, literal
from tests.properties.rule_templates import RuleTemplates

from interact.compiler.core.infer import Typing, infer_value
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast
from interact.stdlib.types import Kind

SHARES = ((("10", None)), ("50", "50"), ("2.5", "97.5"), ("33.333333", None, "33"), ("100", None),
          ("1e-9", None), ("0.5", "0.5", "99"))  # fmt: skip
CONSTANT_SCORES = ("80", "80", "50", "0", "-3", "12.5", "80.0000000000001", "1e300")


@dataclass
class Declarations:
    """Draws the declarations of one channel.

    ``cells`` are the names of the cells so far, ``taken`` all names of cells of the flowchart.
    """

    chance: random.Random
    expressions: Expressions
    offers: Sequence[str]
    zones: Sequence[str]
    channel: str
    depth: int = 3
    all_have_fees: bool = False
    segments: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    templates: RuleTemplates | None = None
    _cells: list[str] = field(default_factory=list)
    _others: list[str] = field(default_factory=list)
    _followed: list[str] = field(default_factory=list)
    _names: int = 0

    @property
    def today(self) -> int:
        return self.expressions.today

    def _new(self, prefix: str) -> ast.Name:
        self._names += 1
        return ast.Name(f"{prefix}{self._names}")

    def condition(self) -> ast.Expr:
        depth = self.chance.choice((1, 2, self.depth, self.depth))
        return self.expressions.draw(Kind.BOOL, depth)

    # -- flowcharts -------------------------------------------------------------------------

    def flowchart(self, name: str) -> ast.Flowchart:
        self._others, self._followed, self._cells = list(self.segments), [], []
        steps = (self.step() for _ in range(self.chance.randrange(1, 6)))
        return ast.Flowchart(ast.Name(name), ast.Name(self.channel), tuple(steps))

    def step(self) -> ast.Step:
        steps = [self._decision, self._decision, self._select, self._sample, self._derived]
        if self._cells:
            steps.append(self._segment)
        return self.chance.choice(steps)()

    def _source(self) -> ast.Name | None:
        if self._cells and self.chance.random() < 0.5:
            return ast.Name(self.chance.choice(self._cells))
        others = [name for name in self._others if name not in self._cells]
        if others and self.chance.random() < 0.2:
            self._followed.append(self.chance.choice(others))
            return ast.Name(self._followed[-1])
        return None

    def _cell(self) -> ast.Name:
        # A name of another flowchart sometimes: both cells then make one segment.
        # Not one that is followed here, which would then be this flowchart's own.
        known = [s for s in self.segments if s not in self._cells and s not in self._followed]
        if known and self.chance.random() < 0.1:
            name = ast.Name(self.chance.choice(known))
        else:
            name = self._new("Cell")
        return name

    def _keep(self, *names: ast.Name) -> None:
        for name in names:
            self._cells.append(name.text)
            if name.text not in self.segments:
                self.segments.append(name.text)

    def _decision(self) -> ast.Step:
        source = self._source()
        branches = []
        for _ in range(self.chance.randrange(1, 5)):
            branches.append(ast.Branch(self._cell(), self.condition()))
            self._keep(branches[-1].name)
        if self.chance.random() < 0.6:
            branches.append(ast.Branch(self._cell(), None))
            self._keep(branches[-1].name)
        independent = self.chance.random() < 0.3
        return ast.Decision(self._new("by"), source, independent, tuple(branches))

    def _select(self) -> ast.Step:
        source = self._source()
        step = ast.Select(self._cell(), source, self.condition())
        self._keep(step.name)
        return step

    def _sample(self) -> ast.Step:
        source = self._source()
        shares = []
        for percent in self.chance.choice(SHARES):
            shares.append(ast.Share(self._cell(), percent))
            self._keep(shares[-1].name)
        seed = self.chance.choice((None, "2026-h1", "", "ü"))
        redraw = self._redraw() if self.chance.random() < 0.3 else None
        return ast.Sample(self._new("sample"), source, seed, tuple(shares), redraw)

    def _redraw(self) -> ast.Redraw:
        every = self.chance.choice(("1 day", "7 days", "400 days"))
        start = _day(self.today + self.chance.choice((-900, -400, -7, -1, 0, 1)))
        return ast.Redraw(ast.LiteralExpr("duration", every), start)

    def _segment(self) -> ast.Step:
        sources = self.chance.choices(self._cells, k=self.chance.choice((1, 2, 3)))
        step = ast.Segment(self._new("Union"), tuple(map(ast.Name, sources)))
        self._keep(step.name)
        return step

    def _derived(self) -> ast.Step:
        """Name an expression, for the steps after it in the same flowchart."""
        name = self._new("let")
        value = self.expressions.draw(self.chance.choice(COMPARED), self.depth)
        core = infer_value(value, Typing(self.expressions.scope, Sink()))
        scope = self.expressions.scope.with_local(name.text, core)
        self.expressions = self.expressions.over(scope)
        return ast.Derived(name, value)

    # -- strategies -------------------------------------------------------------------------

    def strategy(self, name: str) -> ast.Strategy:
        zones = tuple(self._zone_rules() for _ in range(self.chance.choice((1, 1, 2, 3))))
        return ast.Strategy(ast.Name(name), ast.Name(self.channel), self._settings(), zones)

    def _settings(self) -> ast.Settings:
        if self.chance.random() < 0.7:
            return ast.Settings()
        score = self._score() if self.chance.random() < 0.5 else None
        live = self.live() if self.chance.random() < 0.3 else None
        return ast.Settings(self.chance.random() < 0.1, score, live)

    def _zone_rules(self) -> ast.ZoneRules:
        named = self.chance.sample(self.zones, self.chance.randrange(len(self.zones) + 1))
        groups = tuple(self._group() for _ in range(self.chance.choice((1, 2, 2))))
        return ast.ZoneRules(tuple(map(ast.Name, named)), self._settings(), groups)

    def _group(self) -> ast.SegmentRules:
        most = min(3, len(self.segments))
        named = self.chance.sample(self.segments, self.chance.randrange(most + 1))
        rules = tuple(self._rule_or_use() for _ in range(self.chance.choice((1, 2, 3, 5))))
        return ast.SegmentRules(tuple(map(ast.Name, named)), rules)

    def _rule_or_use(self) -> ast.Rule:
        if self.templates is not None and self.chance.random() < 0.3:
            return self.templates.use(self.expressions)
        return self._rule()

    def template(self, name: str) -> ast.Template:
        """Return a template, which strategies that are drawn from now on use."""
        if self.templates is None:
            self.templates = RuleTemplates(self.chance, self.today, self.offers)
        return self.templates.template(name, self.expressions, self._rule_over)

    def _rule_over(self, expressions: Expressions) -> ast.Rule:
        outer, self.expressions = self.expressions, expressions
        rule, self.expressions = self._rule(), outer
        return rule

    def _rule(self) -> ast.Rule:
        name = self.chance.choice(self.offers)
        take = None
        if self.lists and self.chance.random() < 0.2:
            name = self.chance.choice(self.lists)
            take = self._take() if self.chance.random() < 0.8 else None
        return ast.Rule(
            ast.Name(name),
            self._new("rule") if self.chance.random() < 0.1 else None,
            disabled=self.chance.random() < 0.06,
            pinned=self.chance.random() < 0.12,
            score=self._score(),
            using=self._using() if self.chance.random() < 0.15 else None,
            condition=self.condition() if self.chance.random() < 0.5 else None,
            live=self.live() if self.chance.random() < 0.25 else None,
            take=take,
            most=self._number() if self.chance.random() < 0.12 else None,
        )

    def _number(self) -> ast.LiteralExpr:
        return ast.LiteralExpr("int", self.chance.choice(("1", "1", "2", "3", "64")))

    def _take(self) -> ast.Take:
        form = self.chance.random()
        if form < 0.25:
            return ast.Take(self._number())
        if form < 0.5:
            return ast.Take(self._number(), chance=True, seed=self.chance.choice((None, "2026")))
        by = ast.Name(self.chance.choice(("fee", "fee", "worth")))
        return ast.Take(self._number(), by, self.chance.random() < 0.5)

    def _using(self) -> ast.Expr:
        """Return a score that reads the rule's first one."""
        other = self.expressions.draw(Kind.FLOAT, self.chance.choice((0, 1, 2)))
        operator: ast.BinaryOperator = self.chance.choice(("+", "*", "-"))
        return ast.BinaryExpr(operator, ast.NameExpr("marketer_score"), other)

    def _score(self) -> ast.Expr | None:
        form = self.chance.random()
        if form < 0.1:
            return None
        if form < 0.45:
            text = self.chance.choice(CONSTANT_SCORES)
            kind: ast.LiteralKind = "fraction" if set(text) & set(".e") else "int"
            sign = text.startswith("-")
            number = ast.LiteralExpr(kind, text.removeprefix("-"))
            return ast.UnaryExpr("-", number) if sign else number
        kind_ = self.chance.choice((Kind.FLOAT, Kind.FLOAT, Kind.FLOAT, Kind.INT, Kind.DECIMAL))
        return self.expressions.draw(kind_, self.chance.choice((0, 1, 2, self.depth)))

    def live(self) -> ast.Live:
        """Return dates with an end on or beside the day of the decision, mostly."""
        near = [self.today + d for d in (-400, -1, 0, 0, 1, 400)]
        start, end = sorted(self.chance.choices(near, k=2))
        form = self.chance.randrange(3)
        return ast.Live(None if form == 0 else _day(start), None if form == 1 else _day(end))

    def offer(self, name: str) -> ast.Offer:
        live = self.live() if self.chance.random() < 0.3 else None
        fee = ast.LiteralExpr("int", self.chance.choice(("0", "5", "5", "90")))
        worth = self.expressions.draw(self.chance.choice((Kind.INT, Kind.FLOAT, Kind.DECIMAL)), 2)
        has = [name == self.offers[0] or self.chance.random() < 0.8 for _ in range(2)]
        has[0] = has[0] or self.all_have_fees
        attributes = (
            ast.Attribute(ast.Name("fee"), ast.TypeName("int"), fee),
            ast.Attribute(ast.Name("worth"), ast.TypeName("float"), worth),
        )
        found = tuple(a for a, is_there in zip(attributes, has, strict=True) if is_there)
        suppress = self._suppress("fee" if has[0] else None)
        cap = self.visit_cap() if self.chance.random() < 0.15 else None
        limits = (self.impressions(),) if self.chance.random() < 0.12 else ()
        return ast.Offer(ast.Name(name), None, None, (), live, found, suppress, cap, limits)

    def _suppress(self, same: str | None) -> tuple[ast.Suppress, ...]:
        """Return how an offer is suppressed, if at all; contacts count once."""
        causes = [c for c in ("accept", "reject", "contacts") if self.chance.random() < 0.15]
        return tuple(self._suppress_after(cause, same) for cause in causes)

    def _suppress_after(self, cause: Any, same: str | None) -> ast.Suppress:
        text = self.chance.choice(("12 hours", "30 days", "400 days", None))
        length = ast.LiteralExpr("duration", text) if text else None
        count = self._number() if cause == "contacts" else None
        alike = ast.Name(same) if same and self.chance.random() < 0.4 else None
        return ast.Suppress(length, cause, count, alike)

    def visit_cap(self) -> ast.VisitCap:
        return ast.VisitCap(self._number())

    def impressions(self, *named: str) -> ast.Impressions:
        """Return a limit of impressions: of an offer, or of a channel with a name."""
        days = self.live() if self.chance.random() < 0.5 else None
        is_whole = days is not None and days.start is not None and days.end is not None
        unit: Any = self.chance.choice(("hour", "day", "week", None))
        evenly = is_whole and unit is not None and self.chance.random() < 0.5
        offers = self.chance.choices((*self.offers, *self.lists), k=self.chance.randrange(3))
        of = tuple(map(ast.Name, dict.fromkeys(offers))) if named else ()
        each = bool(named) and self.chance.random() < 0.4
        name = ast.Name(named[0]) if named else None
        return ast.Impressions(self._number(), of, each, days, unit, evenly, name)

    def offer_list(self, name: str) -> ast.OfferList:
        """Return a list, which has an offer with every attribute."""
        self.lists.append(name)
        others = self.chance.sample(self.offers[1:], min(4, len(self.offers) - 1))
        named = [*others, self.offers[0]]
        return ast.OfferList(ast.Name(name), tuple(map(ast.Name, named)))

    def arbitration(self) -> ast.Arbitration | None:
        if self.chance.random() < 0.6:
            return None
        unique = self.chance.choice(("offer", "treatment", "rule", "attribute", None))
        if unique == "attribute" and not self.all_have_fees:
            unique = "offer"  # the offers of the channel may be others than those with a fee
        attribute = ast.Name("fee") if unique == "attribute" else None
        most = self._number() if self.chance.random() < 0.3 else None
        ties = self.chance.choice((None, "newest", "chance"))
        return ast.Arbitration(ties, unique, attribute, most)


def _day(day: int) -> ast.LiteralExpr:
    return ast.LiteralExpr("date", day_text(day))


def session_default(chance: random.Random, kind: Kind, today: int) -> ast.Expr | None:
    return literal(chance, kind, today) if chance.random() < 0.6 else None
