"""Score kernels: a fused float expression, evaluated for the rows of a mask.

Where few rows of a block are candidates, their numbers are listed and evaluated eight at a time;
where many are, all rows are. Both ways do the same operations in the same order.
"""

from __future__ import annotations

from interact.compiler.codegen.kernels.expression import Expression, parse
from interact.compiler.codegen.kernels.family import Family

DENSE_PER_WORD = 12
"""Candidates a word (of 64) from which evaluating every row is the cheaper way."""

_SCORE = """\
rows = candidates + 64 + words * 512
keys = candidates + 64
low = (pinned << 63) | (65535 - rank)
n = 0
for w in range(words):
    n += popcount(get_i64(mask, w))
failed = 0
if n > words * {dense}:
    for i in range(0, words << 6, 8):
        hit = get_u8(mask, i >> 3)
{dense_inputs}
{lines}
        put_floats8(scores, i, {value})
        put_keys8(keys, i, keys8({value}, hit & ok, low))
        failed += popcount(hit & {asked} & ~ok)
    n = -1
elif n > 0:
    n = 0
    for w in range(words):
        n = append_rows(rows, n, get_i64(mask, w), w << 6)
    end_rows(rows, n)
    for i in range(0, n, 8):
        hit = 255 >> smax(0, i + 8 - n)
{sparse_inputs}
{lines}
        scatter8(scores, rows, i, {value})
        put_keys8(keys, i, keys8({value}, ok, low))
        failed += popcount(hit & {asked} & ~ok)
set_i64(candidates, 0, n)
set_i64(failures, 0, get_i64(failures, 0) + failed)
"""

_MAP = """\
failed = 0
for i in range(0, words << 6, 8):
    hit = get_u8(mask, i >> 3)
{dense_inputs}
{lines}
    put_floats8(out, i, null_unless8(ok, {value}))
    failed += popcount(hit & {asked} & ~ok)
set_i64(failures, 0, get_i64(failures, 0) + failed)
"""


def _score(expression: str) -> str:
    tree = parse(expression)
    return _read(tree, 7) + _fill(_SCORE, tree, 8)


def _map(expression: str) -> str:
    tree = parse(expression)
    return _read(tree, 4) + _fill(_MAP, tree, 4)


def _read(tree: Expression, first: int) -> str:
    constants = [f"c{i} = all8(get_f64(constants, {i}))\n" for i in range(tree.constants)]
    inputs = [f"p{i} = operand(ops, {first + i})\n" for i in range(len(tree.inputs))]
    return "".join(constants + inputs)


def _fill(template: str, tree: Expression, indent: int) -> str:
    floats = [i for i, lane in enumerate(tree.inputs) if lane == "f64"]
    tests = [f"finite8({name})" for name in tree.checks]
    tests += [f"present8({name})" for name in tree.needed]
    ok = " & ".join(tests) or "255"
    return template.format(
        dense=DENSE_PER_WORD,
        dense_inputs=_inputs(tree, "load8_{}({}, i)", indent),
        sparse_inputs=_inputs(tree, "gather8_{}({}, rows, i)", indent),
        lines="\n".join(" " * indent + line for line in (*tree.lines, f"ok = {ok}")),
        value=tree.value,
        asked=" & ".join(f"present8(x{i})" for i in floats) or "255",
    )


def _inputs(tree: Expression, read: str, indent: int) -> str:
    lanes = enumerate(tree.inputs)
    return "\n".join(" " * indent + f"x{i} = " + read.format(lane, f"p{i}") for i, lane in lanes)


_EXPRESSION = {"expression": r"[\w(),]+"}

SCORES = (
    Family(
        "score:{expression}",
        "mask rank pinned candidates scores failures constants x...",
        "score the rows of mask into a candidate list (abi.candidate_bytes), their exact scores "
        "into scores[row]; failures[0] += rows with all inputs but no finite score; rank and "
        "pinned (0 or 1) are immediates, constants an array of f64",
        _score,
        _EXPRESSION,
    ),
    Family(
        "map.f64:{expression}",
        "mask out failures constants x...",
        "evaluate every row, NaN where an input is NaN or any step is not finite; failures[0] += "
        "rows of mask with all inputs but no finite result",
        _map,
        _EXPRESSION,
    ),
)
