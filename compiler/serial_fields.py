"""How each field of a class is written as plain data and read back, from its declared type."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from math import isfinite
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints

from interact.compiler.columnar import nodes as columnar
from interact.compiler.core import events, impressions, nodes as core, program, snapshots
from interact.compiler.source import Span
from interact.stdlib.types import INT_MAX, INT_MIN, Type


class MalformedData(Exception):
    """Data that is not what ``serial`` writes."""


class OtherVersion(MalformedData):
    """It was written by a version of the compiler that has other classes."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What was read so far."""

    spans: list[Span]
    nodes: list[object] = field(default_factory=list)


class Numbering(Protocol):
    """Gives numbers to nodes and spans when they are written."""

    def node(self, value: Any) -> object: ...
    def span(self, value: Span) -> object: ...


Column = list[Any]
Reader = Callable[[Column, Pool], Column]
Writer = Callable[[Any, Numbering], object]


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """A class and its fields, in order. A reader takes a column, a writer one value."""

    make: type
    name: str
    names: tuple[str, ...]
    readers: tuple[Reader, ...]
    writers: tuple[Writer, ...]


@dataclass(frozen=True, slots=True)
class Classes:
    """The closed set of what can be written and read."""

    by_name: dict[str, Fields]
    by_class: dict[type, Fields]


@cache
def classes() -> Classes:
    """Return all classes: the dataclasses that these modules declare."""
    modules = (core, events, impressions, snapshots, program, columnar)
    found = [_fields_of(c) for module in modules for c in _declared(module)]
    found.append(_fields_of(Type))
    return Classes({f.name: f for f in found}, {f.make: f for f in found})


def _declared(module: ModuleType) -> Iterator[type]:
    for value in vars(module).values():
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__:
            yield value


def _fields_of(declared: type) -> Fields:
    hints = get_type_hints(declared)
    names = tuple(f.name for f in fields(declared))
    readers, writers = zip(*(_codec(hints[name]) for name in names), strict=True)
    return Fields(declared, declared.__name__, names, readers, writers)


_SCALARS = frozenset({NoneType, bool, int, float, str})


@cache
def _codec(hint: Any) -> tuple[Reader, Writer]:
    """Return how values of a declared type are read and written."""
    if hint in (Any, Hashable, object):
        return _read_any, _write_any
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _choice_reader({m.value: m for m in hint}), lambda value, _: value.value
    if get_origin(hint) is Literal:
        return _choice_reader({word: word for word in get_args(hint)}), lambda value, _: value
    if get_origin(hint) is tuple:
        item, dots = get_args(hint)
        assert dots is Ellipsis, f"a tuple of fixed length: {hint}"
        return _tuple_codec(*_codec(item))
    allowed = frozenset(_alternatives(hint))
    assert all(t in _SCALARS or is_dataclass(t) for t in allowed), f"no form for {hint}"
    if allowed <= _SCALARS:
        return _scalar_reader(allowed), lambda value, _: value
    if allowed == {Span}:
        return lambda column, pool: _at(column, pool.spans), lambda value, to: to.span(value)
    if NoneType in allowed:
        return _optional_reader(_node_reader(allowed - {NoneType})), _write_optional
    return _node_reader(allowed), lambda value, to: to.node(value)


def _alternatives(hint: Any) -> Iterator[type]:
    if get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _alternatives(part)
    else:
        yield hint


def _scalar_reader(allowed: frozenset[type]) -> Reader:
    def read(column: Column, pool: Pool) -> Column:
        kinds = set(map(type, column))
        if not kinds <= allowed:
            raise MalformedData(f"a {min(k.__name__ for k in kinds - allowed)} is out of place")
        if int in kinds and not all(INT_MIN <= v <= INT_MAX for v in column if type(v) is int):
            raise MalformedData("a number does not fit in 64 bits")
        if float in kinds and not all(isfinite(v) for v in column if type(v) is float):
            raise MalformedData("a number is not finite")
        return column

    return read


def _choice_reader(members: dict[str, Any]) -> Reader:
    def read(column: Column, pool: Pool) -> Column:
        try:
            return [members[word] for word in column]
        except (KeyError, TypeError) as error:
            raise MalformedData(f"unknown word: {error}") from error

    return read


def _node_reader(allowed: frozenset[type]) -> Reader:
    def read(column: Column, pool: Pool) -> Column:
        found = _at(column, pool.nodes)
        if not (kinds := set(map(type, found))) <= allowed:
            raise MalformedData(f"a {min(k.__name__ for k in kinds - allowed)} is out of place")
        return found

    return read


def _at(column: Column, pool: list[Any]) -> Column:
    if not column:
        return []
    if set(map(type, column)) != {int} or not 0 <= min(column) <= max(column) < len(pool):
        raise MalformedData("a reference to nothing")
    return [pool[number] for number in column]


def _optional_reader(inner: Reader) -> Reader:
    def read(column: Column, pool: Pool) -> Column:
        found = iter(inner([v for v in column if v is not None], pool))
        return [None if v is None else next(found) for v in column]

    return read


def _write_optional(value: Any, to: Numbering) -> object:
    return None if value is None else to.node(value)


def _tuple_codec(read: Reader, write: Writer) -> tuple[Reader, Writer]:
    def read_all(column: Column, pool: Pool) -> Column:
        if not set(map(type, column)) <= {list}:
            raise MalformedData("a list was expected")
        found = iter(read([item for items in column for item in items], pool))
        return [tuple(islice(found, len(items))) for items in column]

    def write_all(value: Any, to: Numbering) -> object:
        return [write(item, to) for item in value]

    return read_all, write_all


_read_scalars = _scalar_reader(_SCALARS)


def _read_any(column: Column, pool: Pool) -> Column:
    _read_scalars([v for v in column if type(v) is not list], pool)
    return [_any(v, pool) if type(v) is list else v for v in column]


def _any(found: Column, pool: Pool) -> object:
    match found:
        case [0, *items]:
            return tuple(_read_any(items, pool))
        case [1, number]:
            return _at([number], pool.nodes)[0]
        case [2, number]:
            return _at([number], pool.spans)[0]
        case _:
            raise MalformedData("neither a tuple nor a node")


def _write_any(value: Any, to: Numbering) -> object:
    if isinstance(value, tuple):
        return [0, *(_write_any(item, to) for item in value)]
    if isinstance(value, Span):
        return [2, to.span(value)]
    return value if type(value) in _SCALARS else [1, to.node(value)]
