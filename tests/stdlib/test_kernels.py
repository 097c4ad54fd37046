"""Every function without text, compiled by Numba, against the same function in Python."""

import itertools
import math
import random
import struct
from collections.abc import Callable, Iterator

import numba
import pytest
from numba import types as nb
from numba.extending import register_jitable

from interact.stdlib.builtin import HELPERS, Overload
from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import INT_MAX, INT_MIN, MICROSECONDS_PER_DAY, Kind, Value
from interact.stdlib.universe import OVERLOADS

NUMERIC = [o for o in OVERLOADS.values() if not o.uses_text]
MAX_FLOAT = 1.7976931348623157e308
INTS = [0, 1, -1, 2, -2, 3, -7, 10, 12, 100, 2**31, -(2**32), 3_037_000_499, -3_037_000_500]
INTS += [2**62, -(2**62), 10**18, 5 * 10**18, -5 * 10**18, INT_MAX, INT_MAX - 1, INT_MIN]
INTS += [INT_MIN + 1, INT_MAX // 2 + 1, INT_MAX // 3]
FLOATS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, 2.5, -2.5, 0.49999999999999994, 2.0, 3.0, -3.0]
FLOATS += [
    709.782712893384,
    709.7827128933841,
    710.0,
    -745.2,
    1e308,
    -1e308,
    1.7976931348623157e308,
]
FLOATS += [5e-324, 1e-310, 2.0**52, 2.0**53 + 2, -(2.0**52) - 1, 4503599627370495.5, 1e22, -1e300]
FLOATS += [2.0**63, -(2.0**63), 9223372036854774784.0, math.inf, -math.inf, 2.675, 1.005, math.pi]
DATES = [
    0,
    FIRST_DAY,
    FIRST_DAY - 1,
    LAST_DAY,
    LAST_DAY + 1,
    -1,
    58,
    59,
    60,
    11_016,
    20_512,
    20_571,
]
INSTANTS = [
    0,
    -1,
    FIRST_INSTANT,
    FIRST_INSTANT - 1,
    LAST_INSTANT,
    LAST_INSTANT + 1,
    INT_MIN,
    INT_MAX,
]
EDGES: dict[Kind, list[Value]] = {
    Kind.BOOL: [False, True],
    Kind.INT: [*INTS],
    Kind.DECIMAL: [*INTS],
    Kind.FLOAT: [*FLOATS],
    Kind.DATE: [*DATES, INT_MIN, INT_MAX],
    Kind.TIMESTAMP: [*INSTANTS, INT_MIN, INT_MAX],
    Kind.DURATION: [*INTS, *(MICROSECONDS_PER_DAY * n for n in (1, -1, 30, LAST_DAY))],
}
NUMBA_TYPES = {Kind.BOOL: nb.boolean, Kind.FLOAT: nb.float64}

for helper in HELPERS:
    register_jitable(forceinline=True)(helper)


@pytest.mark.parametrize("overload", NUMERIC, ids=lambda o: o.qualified)
def test_compiled_function_equals_the_python_function(overload: Overload) -> None:
    signature = tuple(NUMBA_TYPES.get(p.kind, nb.int64) for p in overload.params)
    compiled = numba.njit([signature], error_model="numpy")(overload.function)
    ir = compiled.inspect_llvm(compiled.signatures[0])
    assert "NRT_" not in ir, "it allocates"
    assert ".const.pickledata" not in ir, "it can raise"
    for arguments in inputs(overload):
        expected = bits(overload.function(*arguments))
        assert bits(compiled(*arguments)) == expected, arguments
        assert is_machine_value(overload.function(*arguments), overload.result), arguments


def inputs(overload: Overload) -> Iterator[tuple[Value, ...]]:
    """Yield edge values, all combinations when they are few, and random values."""
    chance = random.Random(overload.qualified)
    edges = [unit_values() if p.unit else EDGES[p.kind] for p in overload.params]
    if math.prod(map(len, edges)) <= 1500:
        yield from itertools.product(*edges)
    else:
        yield from (tuple(chance.choice(e) for e in edges) for _ in range(1500))
    draws = [DRAWS[Kind.BOOL if p.unit else p.kind] for p in overload.params]
    for _ in range(500):
        yield tuple(
            10 ** chance.randrange(10) if p.unit else draw(chance)
            for p, draw in zip(overload.params, draws, strict=True)
        )


def unit_values() -> list[Value]:
    return [1, 10, 100, 10**9]


def any_int(chance: random.Random) -> int:
    return chance.randrange(INT_MIN, INT_MAX) >> chance.randrange(64)


def any_float(chance: random.Random) -> float:
    if chance.random() < 0.5:
        return round(chance.uniform(-1000, 1000), chance.randrange(4))
    value: float = struct.unpack("d", chance.randbytes(8))[0]
    return 0.0 if math.isnan(value) else value


DRAWS: dict[Kind, Callable[[random.Random], Value]] = {
    Kind.BOOL: lambda chance: chance.random() < 0.5,
    Kind.INT: lambda chance: chance.choice([any_int(chance), chance.randrange(-50, 50)]),
    Kind.DECIMAL: any_int,
    Kind.FLOAT: any_float,
    Kind.DATE: lambda chance: chance.randrange(FIRST_DAY, LAST_DAY),
    Kind.TIMESTAMP: lambda chance: chance.randrange(FIRST_INSTANT, LAST_INSTANT),
    Kind.DURATION: lambda chance: chance.choice(
        [any_int(chance), chance.randrange(-99, 99) * MICROSECONDS_PER_DAY]
    ),
}


def bits(value: Value) -> Value | bytes:
    """Return floats by their bits; those not finite are null to every caller."""
    if isinstance(value, float):
        return struct.pack("d", value) if math.isfinite(value) else None
    return value


def is_machine_value(value: Value, kind: Kind) -> bool:
    if value is None:
        return True
    if kind is Kind.BOOL or kind is Kind.FLOAT:
        return type(value) is (bool if kind is Kind.BOOL else float)
    return type(value) is int and INT_MIN <= value <= INT_MAX
