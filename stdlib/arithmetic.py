"""The operators + - * / % and the sign, on numbers.

Integers and decimals are 64 bit; a result outside is null. The checks below hold both where
integers are unbounded (Python) and where they wrap (kernels), and none needs a branch, so that
LLVM can turn them into vector instructions.
"""

from __future__ import annotations

import math

from interact.stdlib.builtin import Group
from interact.stdlib.types import INT_MAX, INT_MIN

GROUP = Group("operators")
builtin = GROUP.builtin


@builtin(
    "add(a: int, b: int) -> int",
    "add(a: decimal, b: decimal) -> decimal",
    "add(a: duration, b: duration) -> duration",
    examples=[
        ("2 + 3", "5"),
        ("1.25 + 0.5", "1.75"),
        ("9_223_372_036_854_775_807 + 1", "null"),
        ("1 + null", "null"),
    ],
)
def add_int(a: int, b: int) -> int | None:
    """Add two numbers, two durations, or a duration to a date or timestamp.

    An integer, decimal or duration outside 64 bits is null.
    """
    if a > INT_MAX - max(b, 0) or a < INT_MIN - min(b, 0):
        return None
    return a + b


@builtin("add(a: float, b: float) -> float")
def add_float(a: float, b: float) -> float:
    return a + b


@builtin(
    "sub(a: int, b: int) -> int",
    "sub(a: decimal, b: decimal) -> decimal",
    "sub(a: duration, b: duration) -> duration",
    examples=[
        ("2 - 3", "-1"),
        ("1.25 - 0.5", "0.75"),
        ("-9_223_372_036_854_775_807 - 2", "null"),
        ("null - 1", "null"),
    ],
)
def sub_int(a: int, b: int) -> int | None:
    """Subtract the second number, duration, date or timestamp from the first.

    An integer, decimal or duration outside 64 bits is null.
    """
    if a < INT_MIN + max(b, 0) or a > INT_MAX + min(b, 0):
        return None
    return a - b


@builtin("sub(a: float, b: float) -> float")
def sub_float(a: float, b: float) -> float:
    return a - b


@builtin(
    "mul(a: int, b: int) -> int",
    "mul(a: decimal, b: decimal) -> decimal(sum)",
    "mul(a: duration, b: int) -> duration",
    "mul(a: int, b: duration) -> duration",
    examples=[
        ("6 * 7", "42"),
        ("0.5 * 0.05", "0.025"),
        ("days(2) * 3", "days(6)"),
        ("4_294_967_296 * 4_294_967_296", "null"),
        ("2 * null", "null"),
    ],
)
def mul_int(a: int, b: int) -> int | None:
    """Multiply two numbers, or a duration by a whole number.

    An integer, decimal or duration outside 64 bits is null.
    """
    # Beyond 9.3e18 the estimate alone tells. Below, a product that overflows lies so close to
    # +-2**63 that wrapping turns its sign; unbounded integers are compared with the limits.
    estimate = float(a) * float(b)
    product = a * b
    wrapped = (product < 0) != (estimate < 0.0)
    if abs(estimate) > 9.3e18 or wrapped or product > INT_MAX or product < INT_MIN:
        return None
    return product


@builtin("mul(a: float, b: float) -> float")
def mul_float(a: float, b: float) -> float:
    return a * b


@builtin(
    "div(a: float, b: float) -> float",
    examples=[("7 / 2", "3.5"), ("1 / 0", "null"), ("1 / null", "null")],
)
def div_float(a: float, b: float) -> float | None:
    """Divide the first number by the second; the result is a float, and null when dividing by 0."""
    if b == 0.0:
        return None
    return a / b


@builtin(
    "mod(a: int, b: int) -> int",
    "mod(a: decimal, b: decimal) -> decimal",
    examples=[
        ("7 % 3", "1"),
        ("-7 % 3", "-1"),
        ("7.5 % 2", "1.5"),
        ("7 % 0", "null"),
        ("null % 3", "null"),
    ],
)
def mod_int(a: int, b: int) -> int | None:
    """Return the rest of the division cut toward zero: it has the sign of the first number.

    The rest of a division by 0 is null.
    """
    if b == 0:
        return None
    if b == -1:  # the processor traps on INT_MIN % -1
        return 0
    rest = a % b
    if rest != 0 and (a < 0) != (b < 0):
        return rest - b
    return rest


@builtin("mod(a: float, b: float) -> float")
def mod_float(a: float, b: float) -> float | None:
    if b == 0.0 or math.isinf(a):
        return None
    rest = abs(a) % abs(b)
    return rest if a >= 0.0 else -rest


@builtin(
    "neg(x: int) -> int",
    "neg(x: decimal) -> decimal",
    "neg(x: duration) -> duration",
    examples=[("-(2 + 3)", "-5"), ("-null", "null")],
)
def neg_int(x: int) -> int | None:
    """Turn the sign of a number or a duration."""
    if x == INT_MIN:
        return None
    return -x


@builtin("neg(x: float) -> float")
def neg_float(x: float) -> float:
    return -x
