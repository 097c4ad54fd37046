"""Where expressions may be broken: before ``and`` and ``or``, then within their operands.

The parts of a broken expression are aligned under its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from interact.compiler.surface.format_doc import BREAK, Align, Choice, Doc, Line, Remark, group
from interact.compiler.surface.format_script import Script
from interact.compiler.surface.format_tree import Node

Breaks: TypeAlias = dict[int, Doc]
"""What stands before tokens instead of a blank."""

_CHAINED: Final = {
    **{"or": "or", "and": "and", "+": "sum", "-": "sum"},
    **{"*": "product", "/": "product", "%": "product"},
}
_INDENT = 2


def cell_doc(script: Script, first: int, last: int, nodes: Sequence[Node]) -> Doc:
    """Return a clause: its word, and what it says, aligned behind it; lists are filled."""
    if first == last:
        return script.texts[first]
    commas = (i for i in range(first, last) if script.tokens[i].kind == "COMMA")
    breaks: Breaks = {comma + 1: Choice() for comma in commas}
    if any(node.first == first for node in nodes):  # a value, and no word before it
        return Align(_tokens(script, first, last, nodes, breaks))
    rest = _tokens(script, first + 1, last, nodes, breaks)
    return (script.texts[first], between(script, first + 1), Align(rest))


def value_doc(script: Script, first: int, last: int, nodes: Sequence[Node]) -> Doc:
    """Return a value on lines of its own, which may begin with a parenthesis."""
    return Align(_tokens(script, first, last, nodes, {}))


def between(script: Script, index: int, otherwise: Doc | None = None) -> Doc:
    """Return what stands before a token: its comments, or a blank, or what is said."""
    gap = script.gap(index)
    if not gap.has_comments:
        return script.space(index) if otherwise is None else otherwise
    parts: list[Doc] = [Remark(f"  {gap.behind}")] if gap.behind else []
    for _, comment in gap.own:
        parts += [BREAK, Remark(comment)]
    return (*parts, BREAK)


def _tokens(
    script: Script, first: int, last: int, nodes: Iterable[Node], breaks: Mapping[int, Doc]
) -> Doc:
    """Return tokens, of which nodes cover some; what is in parentheses is aligned in them."""
    starts = {node.first: node for node in nodes}
    levels: list[list[Doc]] = [[]]
    index = first
    while index <= last:
        node, kind = starts.get(index), script.tokens[index].kind
        if index > first:
            levels[-1].append(between(script, index, breaks.get(index)))
        if node is None and kind == "RPAR" and len(levels) > 1:
            inner = levels.pop()
            levels[-1].append(Align(group(*inner)))
        levels[-1].append(script.texts[index] if node is None else _node(script, node))
        if node is None and kind == "LPAR":
            levels.append([])
        index = index + 1 if node is None else node.last + 1
    # A cell can hold one parenthesis of two, as those of the arguments of a template.
    return tuple(part for level in levels for part in level)


def _node(script: Script, node: Node) -> Doc:
    if not node.children:
        return _tokens(script, node.first, node.last, (), {})
    parts, breaks = _BREAKS.get(node.kind, _no_breaks)(script, node)
    return Align(group(_tokens(script, node.first, node.last, parts, breaks)))


def _behind(script: Script, node: Node) -> int:
    """Return the token behind a node and the parentheses around it."""
    index = node.last + 1
    while script.tokens[index].kind == "RPAR":
        index += 1
    return index


_Parts: TypeAlias = tuple[list[Node], Breaks]


def _no_breaks(script: Script, node: Node) -> _Parts:
    return node.children, {}


def _binary(script: Script, node: Node) -> _Parts:
    """Return the operands of a chain of like operators, with breaks before these."""
    left, right = node.children
    sign = _behind(script, left)
    chain = _CHAINED.get(script.texts[sign])
    if chain is None:
        return _comparison(script, node)
    if left.first == node.first and _chain(script, left) == chain:
        parts, breaks = _binary(script, left)
    else:
        parts, breaks = [_first(script, left, node)], {}
    return [*parts, right], {**breaks, sign: Line()}


def _chain(script: Script, node: Node) -> str | None:
    is_binary = node.kind == "binary"
    return _CHAINED.get(script.texts[_behind(script, node.children[0])]) if is_binary else None


def _first(script: Script, left: Node, node: Node) -> Node:
    """Return the first operand: a chain that binds tighter is set off from the others below."""
    is_bare = left.first == node.first
    return replace(left, kind="tighter") if is_bare and _chain(script, left) else left


def _tighter(script: Script, node: Node) -> _Parts:
    parts, breaks = _binary(script, node)
    return parts, dict.fromkeys(breaks, Line(_INDENT))


def _comparison(script: Script, node: Node) -> _Parts:
    return node.children, {_behind(script, node.children[0]): Choice(_INDENT)}


def _in_list(script: Script, node: Node) -> _Parts:
    """Break before ``in``, and fill lines with the options."""
    operand, *options = node.children
    commas = [_behind(script, option) for option in options[:-1]]
    fills = dict.fromkeys((comma + 1 for comma in commas), Choice())
    return node.children, {_behind(script, operand): Choice(_INDENT, keeps=False), **fills}


def _call(script: Script, node: Node) -> _Parts:
    return node.children, {_behind(script, child) + 1: Line() for child in node.children[:-1]}


def _rows(script: Script, node: Node) -> _Parts:
    return node.children, {_behind(script, node.children[0]): Line()}


def _rows_of(script: Script, node: Node) -> _Parts:
    of = _behind(script, node.children[0])
    where: Breaks = {of + 2: Line()} if len(node.children) > 1 else {}
    return node.children, {of: Line(), **where}


def _if(script: Script, node: Node) -> _Parts:
    """Break before each ``else`` of a chain, then before ``then``."""
    then = _behind(script, node.children[0])
    breaks: Breaks = {then: Choice(_INDENT)}
    if len(node.children) == 2:
        return node.children, breaks
    condition, yes, no = node.children
    otherwise = _behind(script, yes)
    parts, more = [no], Breaks()
    if no.kind == "if_expr" and no.first == otherwise + 1:
        parts, more = _if(script, no)
    return [condition, yes, *parts], {**breaks, otherwise: Line(), **more}


_BREAKS: Final[Mapping[str, Callable[[Script, Node], _Parts]]] = {
    "binary": _binary,
    "tighter": _tighter,
    **dict.fromkeys(("not_like", "between", "not_between"), _comparison),
    **dict.fromkeys(("in_list", "not_in_list"), _in_list),
    "call": _call,
    "rows": _rows,
    **dict.fromkeys(("rows_of", "distinct_rows_of"), _rows_of),
    "if_expr": _if,
}
