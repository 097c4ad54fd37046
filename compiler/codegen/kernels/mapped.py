"""Kernels that apply a scalar Python function to each row.

``map:MODULE.FUNCTION:LANES->LANE`` with comma-separated lanes: ``f64``, ``i64``, ``i32``, ``bits``
for columns, a ``k`` after it (``f64k``, ``i64k``) for the address of one value. Operands in order:

1. ``live``: the mask of rows to evaluate; every other row is null.
2. for each argument its address; a column other than f64 is followed by its valid mask.
3. the result: f64 ``out`` (NaN for null); i64 ``out, valid``; bits ``true, false``.
4. ``failed``: the mask of live rows that had every argument and gave no result.

A null argument gives null without a call; so do None and a float that is not finite, as failures.
The function is plain Python that Numba compiles, with no exceptions and no allocation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from interact.compiler.codegen.kernels.source import Source

MAP = (
    "map:{function}:{lanes}->{lane}",
    "live arguments... results... failed",
    "apply a Python function to each live row; mapped.py has the order of operands",
)
_SHAPE = re.compile(r"map:([\w.]+)\.(\w+):([\w,]*)->(f64|i64|bits)")
_LANE = re.compile(r"(f64|i64|i32|bits)(k?)")
_RESULTS = {"f64": ("out",), "i64": ("out", "valid"), "bits": ("true", "false")}
_STORE = {
    "f64": [
        "keep = has(y) and finite(value_of(y))",
        "if keep:",
        "    set_f64(out, r, value_of(y))",
    ],
    "i64": ["keep = has(y)", "if keep:", "    set_i64(out, r, value_of(y))"],
    "bits": ["keep = has(y)", "if keep and value_of(y):", "    hits |= 1 << b"],
}
_NULL = {"f64": "set_f64(out, r, quiet_nan())", "i64": "set_i64(out, r, 0)", "bits": "pass"}
_DONE = {
    "f64": [],
    "i64": ["set_i64(valid, w, done)"],
    "bits": ["set_i64(true, w, hits)", "set_i64(false, w, done & ~hits)"],
}


def map_source(shape: str) -> Source | None:
    """The source of a ``map:`` shape, or None for any other text."""
    found = _SHAPE.fullmatch(shape)
    if found is None:
        return None
    module, name, lanes, result = found.groups()
    arguments = [_argument(i, lane) for i, lane in enumerate(lanes.split(",") if lanes else [])]
    operands = ["live", *(o for a in arguments for o in a.operands), *_RESULTS[result], "failed"]
    read = [f"{operand} = operand(ops, {i})" for i, operand in enumerate(operands)]
    lines = [
        *read,
        *(f"{a.name} = {a.value}" for a in arguments if a.constant),
        *_loop(arguments, result),
    ]
    return Source("\n".join(lines) + "\n", callee=(module, name))


@dataclass(frozen=True, slots=True)
class _Argument:
    """How an argument is read: its operands, then the source of its parts.

    A constant is read before all rows; ``word`` masks the rows of a word by their validity.
    """

    name: str
    operands: tuple[str, ...]
    value: str
    constant: bool
    word: str
    present: str


def _argument(i: int, lane: str) -> _Argument:
    found = _LANE.fullmatch(lane)
    if found is None:
        raise ValueError(f"unknown lane {lane!r} of a mapped function")
    kind, constant = found[1], bool(found[2])
    masked = kind != "f64" and not constant
    return _Argument(
        name=f"a{i}",
        operands=(f"p{i}", f"v{i}") if masked else (f"p{i}",),
        value=_read(kind, i, constant),
        constant=constant,
        word=f" & get_i64(v{i}, w)" if masked else "",
        present=f"present(a{i})" if kind == "f64" else "",
    )


def _read(kind: str, i: int, constant: bool) -> str:
    if kind == "bits":
        return (
            f"shr(get_i64(p{i}, 0), 0) & 1 != 0"
            if constant
            else f"shr(get_i64(p{i}, w), b) & 1 != 0"
        )
    return f"get_{kind}(p{i}, {'0' if constant else 'r'})"


def _loop(arguments: list[_Argument], result: str) -> list[str]:
    present = " and ".join(a.present for a in arguments if a.present) or "True"
    call = f"callee({', '.join(a.name for a in arguments)})"
    row = [
        "r = (w << 6) + b",
        _NULL[result],
        "if (asked >> b) & 1:",
        *(f"    {a.name} = {a.value}" for a in arguments if not a.constant),
        f"    if {present}:",
        f"        y = {call}",
        *("        " + line for line in _STORE[result]),
        "        done |= bit(keep) << b",
        "        tried |= 1 << b",
    ]
    return [
        "for w in range(words):",
        f"    asked = get_i64(live, w){''.join(a.word for a in arguments)}",
        "    done, tried, hits = 0, 0, 0",
        "    for b in range(64):",
        *("        " + line for line in row),
        *("    " + line for line in _DONE[result]),
        "    set_i64(failed, w, tried & ~done)",
    ]
