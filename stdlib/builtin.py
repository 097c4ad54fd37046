"""The record of a built-in function, and the decorator that makes one.

A built-in is one declaration in one place: a plain function over machine values below a signature.

    @builtin("sqrt(x: float) -> float", examples=[("sqrt(9)", "3"), ("sqrt(null)", "null")])
    def sqrt(x: float) -> float | None: ...

The checker reads the signature, the interpreter calls the function, the kernels compile the same
function, and the reference and the tests read the docstring and the examples.

Signatures:
    ``name(x: kind, y: kind) -> kind``. ``kind...`` on the second of two parameters says that a
    call may have more arguments, which are folded from the left: f(f(a, b), c).
    A trailing ``unit x`` stands for an extra int argument, 10**scale of the decimal ``x``.
    A result ``decimal`` has the scale of the first decimal parameter, ``decimal(sum)`` the sum
    of the scales, ``decimal(2)`` two places. Unless the rule is ``sum``, all decimal arguments
    are brought to one scale before the call.

The function:
    It is called with non-null arguments only and answers None for "no result". Without text it
    must also compile in Numba's nopython mode: no exceptions, no allocation, no integer that
    leaves 64 bits, and the same bits in both. A float result that is not finite is null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from inspect import cleandoc
from math import isfinite
from typing import Literal, TypeAlias, TypeVar

from interact.stdlib.records import record
from interact.stdlib.types import Kind, Value

Function: TypeAlias = Callable[..., Value]
Examples: TypeAlias = Sequence[tuple[str, str]]
Scale: TypeAlias = int | Literal["same", "sum"]
AnyFunction = TypeVar("AnyFunction", bound=Callable[..., object])

HELPERS: list[Callable[..., object]] = []
"""Functions that built-ins call; a compiler has to make them callable first."""


def helper(function: AnyFunction) -> AnyFunction:
    """Mark a function that built-ins call and that is compiled with them."""
    HELPERS.append(function)
    return function


@record
class Param:
    """One parameter. ``unit`` marks the extra argument 10**scale of the decimal ``name``."""

    name: str
    kind: Kind
    unit: bool = False

    def __str__(self) -> str:
        return f"unit {self.name}" if self.unit else f"{self.name}: {self.kind}"


@record
class Overload:
    """One signature of a built-in and the function that computes it.

    Attributes:
        arguments: The parameters that a caller writes.
        units: Positions of the arguments whose 10**scale is passed after the written ones.
    """

    params: tuple[Param, ...]
    result: Kind
    function: Function
    qualified: str
    scale: Scale = "same"
    variadic: bool = False
    arguments: tuple[Param, ...] = field(init=False, compare=False, repr=False)
    units: tuple[int, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        written = tuple([p for p in self.params if not p.unit])
        names = [p.name for p in written]
        object.__setattr__(self, "arguments", written)
        units = tuple([names.index(p.name) for p in self.params if p.unit])
        object.__setattr__(self, "units", units)

    @property
    def uses_text(self) -> bool:
        """Whether it runs in Python only, once per distinct value."""
        return Kind.TEXT in (self.result, *(p.kind for p in self.params))

    @property
    def is_total(self) -> bool:
        """Whether non-null arguments always have a result (or, for floats, one not finite)."""
        return not str(self.function.__annotations__["return"]).endswith("None")

    def apply(self, *args: Value) -> Value:
        """Call it as every caller must: null for a null argument or a result not finite."""
        if None in args:
            return None
        value = self.function(*args)
        return None if isinstance(value, float) and not isfinite(value) else value


@record
class Builtin:
    """A built-in function or operator, with overloads from the most specific on.

    Attributes:
        variadic: Whether a call may have more than two arguments, folded from the left.
    """

    name: str
    group: str
    overloads: tuple[Overload, ...]
    doc: str
    examples: tuple[tuple[str, str], ...]
    variadic: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variadic", any(o.variadic for o in self.overloads))

    @property
    def is_operator(self) -> bool:
        """Whether it is written as an operator, and its name cannot be called."""
        return self.name in OPERATORS

    @property
    def is_internal(self) -> bool:
        """Whether only the compiler calls it."""
        return self.name in INTERNAL


INTERNAL = frozenset({"enum_member", "enum_rank", "enum_name"})
OPERATORS = frozenset({"add", "sub", "mul", "div", "mod", "neg", "like"}) | INTERNAL


@dataclass(slots=True)
class Group:
    """The built-ins that one or more modules declare under one heading."""

    name: str
    declared: list[tuple[str, Overload, Examples]] = field(default_factory=list)

    def builtin(
        self, *signatures: str, examples: Examples = ()
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Declare the decorated function under each of ``signatures``."""

        def declare(function: AnyFunction) -> AnyFunction:
            for index, signature in enumerate(signatures):
                name, overload = parse_signature(signature, function)  # type: ignore[arg-type]
                self.declared.append((name, overload, () if index else examples))
            return function

        return declare


_SIGNATURE = re.compile(r"(\w+)\((.*)\) -> (\w+)(?:\((\w+)\))?")


def parse_signature(signature: str, function: Function) -> tuple[str, Overload]:
    """Read ``signature``, the declaration of ``function``, into a name and an overload."""
    found = _SIGNATURE.fullmatch(signature)
    if found is None:
        raise ValueError(f"not a signature: {signature!r}")
    name, written, result, scale = found.groups()
    return name, Overload(
        params=tuple(_parse_param(part) for part in written.split(", ")),
        result=Kind(result),
        function=function,
        qualified=f"{function.__module__.rpartition('.')[2]}:{function.__qualname__}",
        scale="sum" if scale == "sum" else int(scale) if scale else "same",
        variadic=written.endswith("..."),
    )


@cache
def _parse_param(written: str) -> Param:
    if written.startswith("unit "):
        return Param(written[5:], Kind.INT, unit=True)
    name, _, kind = written.partition(": ")
    return Param(name, Kind(kind.removesuffix("...")))


def collect(groups: Iterable[Group]) -> dict[str, Builtin]:
    """Join the declarations of each name into one built-in.

    Raises:
        ValueError: A name is declared in two groups, or twice with the same parameters.
    """
    found: dict[str, Builtin] = {}
    for group in groups:
        for name, overload, examples in group.declared:
            known = found.get(name) or Builtin(name, group.name, (), "", ())
            found[name] = _add(known, group.name, overload, examples)
    return found


def _add(known: Builtin, group: str, overload: Overload, examples: Examples) -> Builtin:
    kinds = [p.kind for p in overload.arguments]
    if known.group != group or kinds in [[p.kind for p in o.arguments] for o in known.overloads]:
        raise ValueError(
            f"built-in {known.name!r} is declared twice, again by {overload.qualified}"
        )
    doc = cleandoc(overload.function.__doc__ or "")
    return Builtin(
        known.name,
        group,
        (*known.overloads, overload),
        known.doc if doc in known.doc else f"{known.doc} {doc}".strip(),
        (*known.examples, *examples),
    )
