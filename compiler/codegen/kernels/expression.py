"""Fused float expressions in prefix form, such as ``min(c0,add(c1,mul(c2,f64)))``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ARITY = {"add": 2, "sub": 2, "mul": 2, "min": 2, "max": 2, "neg": 1, "abs": 1}
_HIDING = ("min(", "max(")
INPUT_LANES = ("f64", "i64", "i32")


@dataclass(slots=True)
class Expression:
    """A parsed expression as straight-line source over operations on eight rows.

    ``lines`` assign temporaries in order; ``value`` names the result. Inputs are ``x0, x1 ...`` in
    order of appearance, constants ``c0, c1 ...`` by their own number. ``checks`` names the values
    that must be finite for the whole to be a number: the result, and what a min or max could hide
    (sums, differences and products let no infinity or NaN disappear; constants are finite).
    ``needed`` names inputs that a min or max could hide: they may be infinite, but not NaN.
    """

    value: str = ""
    lines: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)
    constants: int = 0

    def needs_check(self, name: str) -> bool:
        """May this value be other than a finite number?"""
        return name[0] == "t" or (name[0] == "x" and self.inputs[int(name[1:])] == "f64")


def parse(text: str) -> Expression:
    """Parse prefix text.

    >>> parse("min(c0,add(c1,mul(c2,f64)))").lines
    ['t0 = mul8(c2, x0)', 't1 = add8(c1, t0)', 't2 = min8(c0, t1)']
    >>> parse("min(c0,add(c1,mul(c2,f64)))").checks
    ['t1']

    Raises:
        ValueError: the text is not an expression.
    """
    tokens = re.findall(r"\w+|[(),]", text)
    tree = Expression()
    tree.value = _parse(tokens, tree)
    may_be_infinite = not text.startswith(_HIDING) or bool(tree.needed)
    if may_be_infinite and tree.needs_check(tree.value):
        tree.checks.append(tree.value)
    if tokens or "".join(re.findall(r"\w+|[(),]", text)) != text:
        raise ValueError(f"not a score expression: {text!r}")
    return tree


def _parse(tokens: list[str], tree: Expression) -> str:
    head = tokens.pop(0) if tokens else ""
    if head in INPUT_LANES:
        tree.inputs.append(head)
        return f"x{len(tree.inputs) - 1}"
    if re.fullmatch(r"c\d+", head):
        tree.constants = max(tree.constants, int(head[1:]) + 1)
        return head
    return _parse_call(head, tokens, tree)


def _parse_call(head: str, tokens: list[str], tree: Expression) -> str:
    if head not in _ARITY:
        raise ValueError(f"unknown operation {head!r} in a score expression")
    args = []
    for i in range(_ARITY[head]):
        _expect(tokens, "(" if i == 0 else ",")
        args.append(_parse(tokens, tree))
    _expect(tokens, ")")
    if f"{head}(" in _HIDING:
        for arg in args:
            found = tree.needed if arg[0] == "x" else tree.checks
            if tree.needs_check(arg) and arg not in found:
                found.append(arg)
    name = f"t{len(tree.lines)}"
    tree.lines.append(f"{name} = {head}8({', '.join(args)})")
    return name


def _expect(tokens: list[str], token: str) -> None:
    if not tokens or tokens.pop(0) != token:
        raise ValueError(f"expected {token!r} in a score expression")
