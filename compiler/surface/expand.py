"""Templates of rules: each use becomes rules of its own, before any name is resolved.

Before: modules with templates and uses.  After: the same without, and a hidden function for each
parameter that is a value, which brings an argument to the parameter's type.

The nodes of a template keep their places in it, arguments theirs in the use, and a rule has the
place of the use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias

from interact.compiler.diagnostics import names, structure
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast

Day: TypeAlias = ast.LiteralExpr | ast.NameExpr | None

OFFER = "offer"
"""The type of parameters that stand for an offer."""


def expand_templates(modules: Sequence[ast.Module], sink: Sink) -> tuple[ast.Module, ...]:
    """Return modules without templates and uses.

    Reports:
        E0203 for an unknown template, E0204 for one declared twice, E0459 for arguments that do
        not fit the parameters.
    """
    templates: dict[str, ast.Template] = {}
    for module in modules:
        for declared in module.declarations:
            if isinstance(declared, ast.Template):
                first = templates.setdefault(declared.name.text, declared)
                if first is not declared:
                    _report_twice(first, declared, sink)
    offers = [d.name.text for m in modules for d in m.declarations if isinstance(d, ast.Offer)]
    expander = _Expander(templates, offers, sink)
    return tuple(map(expander.module, modules))


def _report_twice(first: ast.Template, second: ast.Template, sink: Sink) -> None:
    labels = [Label(first.name.span, "first declared here")]
    name = second.name
    sink.report(
        names.DUPLICATE_NAME, name.span, kind="template", name=name.text, where="", labels=labels
    )


class _Expander:
    def __init__(
        self, templates: Mapping[str, ast.Template], offers: Sequence[str], sink: Sink
    ) -> None:
        self._templates, self._offers = templates, offers
        self._sink = sink

    def module(self, module: ast.Module) -> ast.Module:
        made: list[ast.Declaration] = []
        for declared in module.declarations:
            match declared:
                case ast.Template():
                    made += _casts(declared)
                case ast.Strategy(zones=zones):
                    made.append(replace(declared, zones=tuple(map(self._zone, zones))))
                case _:
                    made.append(declared)
        return replace(module, declarations=tuple(made))

    def _zone(self, zone: ast.ZoneRules) -> ast.ZoneRules:
        if all(r.instances is None for g in zone.groups for r in g.rules):
            return zone
        return replace(zone, groups=tuple(map(self._group, zone.groups)))

    def _group(self, group: ast.SegmentRules) -> ast.SegmentRules:
        rules = (made for rule in group.rules for made in self._rules(rule))
        return replace(group, rules=tuple(rules))

    def _rules(self, rule: ast.Rule) -> Iterator[ast.Rule]:
        """Yield a rule, or those that a use stands for."""
        if rule.instances is None:
            yield rule
            return
        template = self._templates.get(rule.offer.text)
        if template is None:
            self._sink.missing(rule.offer.span, self._templates)
            self._sink.report(
                names.UNKNOWN_REFERENCE,
                rule.offer.span,
                kind="template",
                name=rule.offer.text,
                where="",
                hint=known_hint(rule.offer.text, self._templates),
            )
            return
        self._sink.resolved(rule.offer.span, template.name.span)
        _tell_parameters(template, self._sink)
        for instance in rule.instances:
            given = self._given(template, instance)
            if given is not None:
                yield from (_instance(template, r, instance, given) for r in template.rules)

    def _given(self, template: ast.Template, instance: ast.Instance) -> dict[str, ast.Expr] | None:
        """Return the argument of each parameter; None after an error."""
        wanted, found = template.parameters, instance.args
        least = sum(p.default is None for p in wanted)
        listed = ", ".join(f"{p.name.text}: {p.type.name}" for p in wanted)
        problem = None
        if not least <= len(found) <= len(wanted):
            problem = f"it takes {template.name.text}({listed})"
        args = [*found, *(p.default for p in wanted[len(found) :] if p.default is not None)]
        for parameter, arg in zip(wanted, args, strict=False):
            if parameter.type.name == OFFER and self._sink.listener is not None:
                self._sink.missing(arg.span, self._offers)
            if parameter.type.name == OFFER and not _is_name(arg):
                problem = f"`{parameter.name.text}` is the name of an offer"
        if problem is not None:
            self._sink.report(
                structure.TEMPLATE_ARGUMENTS,
                instance.span,
                name=template.name.text,
                hint=problem,
                labels=[Label(template.name.span, "declared here")],
            )
            return None
        return {p.name.text: arg for p, arg in zip(wanted, args, strict=True)}


def _tell_parameters(template: ast.Template, sink: Sink) -> None:
    """Tell where the parameters of a template are read in it."""
    if sink.listener is None:
        return
    places = {p.name.text: p.name.span for p in template.parameters}
    waiting: list[Any] = [template.rules]
    for node in waiting:
        if isinstance(node, ast.Rule) and node.offer.text in places:
            sink.resolved(node.offer.span, places[node.offer.text])
        if isinstance(node, ast.NameExpr) and not node.qualifier and node.name in places:
            sink.resolved(node.span, places[node.name])
        if isinstance(node, tuple):
            waiting += node
        elif is_dataclass(node):
            waiting += (getattr(node, f.name) for f in fields(node))


def _is_name(arg: ast.Expr) -> bool:
    return isinstance(arg, ast.NameExpr) and arg.qualifier is None


def _casts(template: ast.Template) -> Iterator[ast.Function]:
    """Yield the hidden function of each value parameter; its name cannot be written."""
    for p in template.parameters:
        if p.type.name != OFFER:
            parameter = replace(p, type=replace(p.type, nullable=True), default=None)
            body = ast.NameExpr(p.name.text, None, p.span)
            yield ast.Function(
                _cast_name(template, p), (parameter,), None, parameter.type, body, p.span
            )


def _cast_name(template: ast.Template, parameter: ast.Parameter) -> ast.Name:
    return ast.Name(f"{template.name.text}({parameter.name.text})", parameter.name.span)


def _instance(
    template: ast.Template,
    rule: ast.Rule,
    instance: ast.Instance,
    given: Mapping[str, ast.Expr],
) -> ast.Rule:
    offers = {
        p.name.text: arg
        for p in template.parameters
        if p.type.name == OFFER and isinstance(arg := given[p.name.text], ast.NameExpr)
    }
    values: dict[str, ast.Expr] = {}
    for p in template.parameters:
        if p.name.text not in offers:
            arg = given[p.name.text]
            values[p.name.text] = ast.CallExpr(_cast_name(template, p), (arg,), arg.span)
    made = replace(
        rule,
        score=_replaced(rule.score, values),
        using=_replaced(rule.using, values),
        condition=_replaced(rule.condition, values),
        values=_replaced(rule.values, values),
        live=rule.live and _live(rule.live, given),
        alias=instance.alias or rule.alias,
        span=instance.span,
    )
    offer = offers.get(rule.offer.text)
    return made if offer is None else replace(made, offer=ast.Name(offer.name, offer.span))


def _live(live: ast.Live, given: Mapping[str, ast.Expr]) -> ast.Live:
    """Return dates with those that are given in place of their parameters."""

    def day(
        written: ast.LiteralExpr | ast.NameExpr | None,
    ) -> ast.LiteralExpr | ast.NameExpr | None:
        found = given.get(written.name) if isinstance(written, ast.NameExpr) else None
        return found if isinstance(found, ast.LiteralExpr | ast.NameExpr) else written

    return replace(live, start=day(live.start), end=day(live.end))


def _replaced(node: Any, values: Mapping[str, ast.Expr]) -> Any:
    """Return a node with arguments in the places of parameters."""
    if isinstance(node, ast.NameExpr):
        return values.get(node.name, node) if node.qualifier is None else node
    if isinstance(node, tuple):
        return tuple(_replaced(part, values) for part in node)
    if not is_dataclass(node) or isinstance(node, type) or not values:
        return node
    changed = {
        f.name: made
        for f in fields(node)
        if (made := _replaced(old := getattr(node, f.name), values)) is not old
    }
    return replace(node, **changed) if changed else node


def as_written(node: Any) -> Any:
    """Return an expanded node without the hidden functions, for people to read."""
    if isinstance(node, ast.CallExpr) and "(" in node.function.text:
        return as_written(node.args[0])
    if isinstance(node, tuple):
        return tuple(as_written(part) for part in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {
        f.name: made
        for f in fields(node)
        if (made := as_written(old := getattr(node, f.name))) is not old
    }
    return replace(node, **changed) if changed else node
