"""Score kernels: a fused float expression, evaluated only for the rows of a mask."""

from __future__ import annotations

from interact.compiler.codegen.expression import Expression, parse
from interact.compiler.codegen.family import Family

DENSE_PER_WORD = 20
"""Candidates a word from which evaluating all 64 rows is cheaper than picking rows."""

_SCORE = """\
rows = candidates + 64 + words * 512
n = 0
for w in range(words):
    n = append_rows(rows, n, get_i64(mask, w), w << 6)
keys = candidates + 64
low = 65535 - rank
{constants}
failed = 0
if n > words * {dense}:
    for w in range(words):
        word = get_i64(mask, w)
        for b in range(64):
            r = (w << 6) + b
            hit = (word >> b) & 1
{dense_lines}
            set_f64(scores, r, {value})
            key = {key}
            set_i64(keys, r, pick((hit & ok) != 0, key, 0))
            failed += hit & {asked} & (1 - ok)
    n = -1
else:
    m = 0
    for i in range(n):
        r = get_i32(rows, i)
{sparse_lines}
        set_f64(scores, r, {value})
        set_i64(keys, m, {key})
        set_i32(rows, m, r)
        m += ok
        failed += {asked} & (1 - ok)
    n = m
set_i64(candidates, 0, n)
set_i64(failures, 0, get_i64(failures, 0) + failed)
"""
_KEY = "(pinned << 63) | sort_bits({value}) | low"


def _score_body(expression: str) -> str:
    tree = parse(expression)
    return _SCORE.format(
        constants="".join(f"c{i} = get_f64(constants, {i})\n" for i in range(tree.constants)) + _inputs(tree),
        dense=DENSE_PER_WORD,
        dense_lines=_lines(tree, 12),
        sparse_lines=_lines(tree, 8),
        value=tree.value,
        key=_KEY.format(value=tree.value),
        asked=" & ".join(f"bit(present(x{i}))" for i, lane in enumerate(tree.inputs) if lane == "f64") or "1",
    )


def _inputs(tree: Expression) -> str:
    return "".join(f"p{i} = operand(ops, {7 + i})\n" for i in range(len(tree.inputs)))


def _lines(tree: Expression, indent: int) -> str:
    loads = [f"x{i} = {_load(lane, i)}" for i, lane in enumerate(tree.inputs)]
    checks = " & ".join(f"bit(finite({v}))" for v in (*tree.hidden, tree.value))
    lines = [*loads, *tree.lines, f"ok = {checks}"]
    return "\n".join(" " * indent + line for line in lines)


def _load(lane: str, i: int) -> str:
    read = f"get_{lane}(p{i}, r)"
    return read if lane == "f64" else f"float_of({read})"


SCORES = (
    Family(
        "score:{expression}",
        "mask rank pinned candidates scores failures constants x...",
        "score the rows of mask: candidate list, exact scores[row], failures[0] += rows that "
        "had all inputs but no finite score; rank and pinned (0 or 1) are immediates",
        _score_body,
        {"expression": r"[\w(),]+"},
    ),
)
