"""Generated templates of rules, and uses of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.properties.expressions import Expressions
from tests.properties.literals import day_text

from interact.compiler.core.nodes import Attr
from interact.compiler.surface import ast
from interact.stdlib.types import DATE, INT, Kind, Type, decimal

KINDS: tuple[tuple[Kind, Type], ...] = (
    (Kind.INT, INT), (Kind.BOOL, Type(Kind.BOOL)), (Kind.DECIMAL, decimal(2)),
    (Kind.TEXT, Type(Kind.TEXT)), (Kind.DATE, DATE),
)  # fmt: skip
"""Types of parameters; none of floats, as each tree of these would be a kernel to compile."""

Drawn = Callable[[Expressions], ast.Rule]


@dataclass
class RuleTemplates:
    """Draws templates with ``rule``, and uses; a parameter hides an attribute of its name."""

    chance: random.Random
    today: int
    offers: Sequence[str]
    made: list[ast.Template] = field(default_factory=list)

    def template(self, name: str, draw: Expressions, rule: Drawn) -> ast.Template:
        """Return a template of one to three rules, the first for a parameter ``product``."""
        kinds = self.chance.choices(KINDS, k=self.chance.randrange(3))
        scope = draw.scope
        values = []
        for number, (kind, type_) in enumerate(kinds):
            written = ast.TypeName(kind.value, 2 if kind is Kind.DECIMAL else None)
            values.append(ast.Parameter(ast.Name(f"t{number}"), written))
            scope = scope.with_local(f"t{number}", Attr(f"t{number}", type_, True))
        product = ast.Parameter(ast.Name("product"), ast.TypeName("offer"))
        first = replace(rule(draw.over(scope)), offer=ast.Name("product"), take=None)
        others = (rule(draw.over(scope)) for _ in range(self.chance.choice((0, 0, 1, 2))))
        dated, first = self._dated(first)
        found = ast.Template(ast.Name(name), (product, *values, *dated), (first, *others))
        self.made.append(found)
        return found

    def _dated(self, rule: ast.Rule) -> tuple[tuple[ast.Parameter, ...], ast.Rule]:
        """Let the dates of a rule begin with a parameter, sometimes."""
        if self.chance.random() < 0.7:
            return (), rule
        name = ast.Name("begin")
        default = self._day() if self.chance.random() < 0.5 else None
        live = ast.Live(ast.NameExpr("begin"), None)
        return (ast.Parameter(name, ast.TypeName("date"), default),), replace(rule, live=live)

    def _day(self) -> ast.LiteralExpr:
        day = self.today + self.chance.choice((-400, -1, 0, 1))
        return ast.LiteralExpr("date", day_text(day))

    def use(self, draw: Expressions) -> ast.Rule:
        """Return a use of one of the templates."""
        template = self.chance.choice(self.made)
        if _may_fold(template):
            draw = draw.over(replace(draw.scope, segments={}))
        count = self.chance.choice((1, 1, 2, 3))
        instances = tuple(self._instance(template, draw) for _ in range(count))
        return ast.Rule(template.name, instances=instances)

    def _instance(self, template: ast.Template, draw: Expressions) -> ast.Instance:
        args: list[ast.Expr] = []
        for parameter in template.parameters:
            if parameter.default is not None and self.chance.random() < 0.5:
                break
            args.append(self._argument(parameter, draw))
        alias = ast.Name("used") if self.chance.random() < 0.2 else None
        return ast.Instance(tuple(args), alias)

    def _argument(self, parameter: ast.Parameter, draw: Expressions) -> ast.Expr:
        if parameter.name.text == "product":
            return ast.NameExpr(self.chance.choice(self.offers))
        if parameter.name.text == "begin":
            return self._day()
        return draw.draw(Kind(parameter.type.name), self.chance.choice((0, 1, 2)))


def _may_fold(template: ast.Template) -> bool:
    """Return whether a parameter may stand in a fold, where no segment can be."""
    parts = repr(template.rules)
    return "RowsExpr" in parts or "given" in parts
