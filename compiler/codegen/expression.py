"""Fused float expressions in prefix form, such as ``min(c0,add(c1,mul(c2,f64)))``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BINARY = {"add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "min": "float_min({}, {})", "max": "float_max({}, {})"}
_UNARY = {"neg": "-{}", "abs": "float_abs({})"}
INPUT_LANES = ("f64", "i64", "i32")


@dataclass(slots=True)
class Expression:
    """A parsed expression as straight-line source.

    ``lines`` assign temporaries in order; ``value`` names the result. ``hidden`` names what a min
    or max could hide: each must be finite too, for the whole to be. Inputs are ``x0, x1 ...`` in
    order of appearance, constants ``c0, c1 ...`` by their own number.
    """

    value: str = ""
    lines: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    constants: int = 0


def parse(text: str) -> Expression:
    """Parse prefix text.

    >>> parse("min(c0,add(c1,mul(c2,f64)))").lines
    ['t0 = c2 * x0', 't1 = c1 + t0', 't2 = float_min(c0, t1)']

    Raises:
        ValueError: the text is not an expression.
    """
    tokens = re.findall(r"\w+|[(),]", text)
    tree = Expression()
    tree.value = _parse(tokens, tree)
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
    arity = 2 if head in _BINARY else 1 if head in _UNARY else 0
    if not arity:
        raise ValueError(f"unknown operation {head!r} in a score expression")
    args = []
    for i in range(arity):
        _expect(tokens, "(" if i == 0 else ",")
        args.append(_parse(tokens, tree))
    _expect(tokens, ")")
    if head in ("min", "max"):
        tree.hidden += [arg for arg in args if not arg.startswith("c")]
    name = f"t{len(tree.lines)}"
    tree.lines.append(f"{name} = {(_BINARY | _UNARY)[head].format(*args)}")
    return name


def _expect(tokens: list[str], token: str) -> None:
    if not tokens or tokens.pop(0) != token:
        raise ValueError(f"expected {token!r} in a score expression")
