"""Programs and plans as plain data, and back: only a closed set of classes, nothing is executed.

A document holds each distinct node of a tree once, in groups of one class, a column for each
field. Nodes are numbered through all groups; a node refers to nodes of earlier groups only, so
whole columns are read at once, and a deep tree costs no more than a flat one::

    {"classes": [["Const", "value", "type", "span"], …],   of each class that occurs
     "files": ["offers.interact", …],
     "spans": [[file, …], [start, …], [end, …]],
     "groups": [[class, column, …], …]}                     the last node is the root

An item of a column is a JSON scalar, the number of a node or span where the declared type is a
class, or a list of these for a tuple. Where a field may hold anything, a tuple is
``[0, item, …]``, a node ``[1, number]`` and a span ``[2, number]``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from interact.compiler.serial_fields import Fields, MalformedData, OtherVersion, Pool, classes
from interact.compiler.source import Span
from interact.stdlib.types import INT_MAX

__all__ = ["MalformedData", "OtherVersion", "decode", "dumps", "encode", "loads"]

Document = dict[str, Any]
T = TypeVar("T")
_PARTS = {"classes", "files", "spans", "groups"}


def dumps(value: object, files: Mapping[str, str] | None = None) -> bytes:
    """Return a tree as JSON; the same tree gives the same bytes.

    Args:
        value: An instance of one of the classes.
        files: New names for the files of spans.
    """
    document = encode(value, files)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def loads(data: bytes, kind: type[T]) -> T:
    """Return the tree that ``dumps`` wrote.

    Raises:
        MalformedData: It did not write this, or its root is not a ``kind``.
    """
    try:
        document = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedData(f"not JSON: {error}") from error
    return decode(document, kind)


def encode(value: object, files: Mapping[str, str] | None = None) -> Document:
    """Return a tree as a document. ``files`` gives new names to the files of spans."""
    collector = _Collector()
    collector.node(value)
    writer = _Writer(files or {}, collector)
    groups = [writer.group(nodes) for nodes in collector.groups()]
    return {
        "classes": [[c.name, *c.names] for c in writer.used],
        "files": list(writer.files),
        "spans": [list(column) for column in zip(*writer.spans, strict=True)] or [[], [], []],
        "groups": groups,
    }


def decode(document: object, kind: type[T]) -> T:
    """Return the tree of a document.

    Raises:
        MalformedData: It is not one, or its root is not a ``kind``.
    """
    if not isinstance(document, dict) or document.keys() != _PARTS:
        raise MalformedData("not a document")
    known = [_known(entry) for entry in _list(document["classes"])]
    pool = Pool(_spans(document))
    for group in _list(document["groups"]):
        pool.nodes.extend(_group(_list(group), known, pool))
    root = pool.nodes[-1] if pool.nodes else None
    if type(root) is not kind:
        raise MalformedData(f"expected a {kind.__name__}, found a {type(root).__name__}")
    return root


def _group(group: list[Any], known: list[Fields], pool: Pool) -> list[object]:
    number, *columns = group or [None]
    if type(number) is not int or not 0 <= number < len(known):
        raise MalformedData(f"unknown class {number!r:.80}")
    found = known[number]
    if len(columns) != len(found.names) or len({len(_list(c)) for c in columns}) != 1:
        raise MalformedData(f"columns that do not make a {found.name}")
    values = [read(column, pool) for read, column in zip(found.readers, columns, strict=True)]
    return list(map(found.make, *values))


def _known(entry: Any) -> Fields:
    if type(entry) is list and entry and type(entry[0]) is str:
        found = classes().by_name.get(entry[0])
        if found is not None and list(found.names) == entry[1:]:
            return found
    raise OtherVersion(f"unknown class {entry!r:.80}; it was written by another version")


def _spans(document: Document) -> list[Span]:
    files, columns = _list(document["files"]), _list(document["spans"])
    if len(columns) != 3 or {len(_list(c)) for c in columns} != {len(columns[0])}:
        raise MalformedData("spans of unequal columns")
    if not {type(f) for f in files} <= {str} or not {type(v) for c in columns for v in c} <= {int}:
        raise MalformedData("a span is a file and two numbers")
    places, starts, ends = columns
    if places and not 0 <= min(places) <= max(places) < len(files):
        raise MalformedData("a span in an unknown file")
    if places and (min(starts) < 0 or min(ends) < 0 or max(starts + ends) > INT_MAX):
        raise MalformedData("a span out of range")
    return list(map(Span, map(files.__getitem__, places), starts, ends))


def _list(found: Any) -> list[Any]:
    if type(found) is not list:
        raise MalformedData("a list was expected")
    return found


def _refuse_constant(name: str) -> object:
    raise MalformedData(f"{name} is no number")


@dataclass
class _Collector:
    """Finds the distinct nodes of a tree, and how far each is from the leaves.

    Nodes are told apart by class and content, not by ``==``: ``Const(0.0)`` and ``Const(-0.0)``
    are two, and so are ``Const(1)`` and ``Const(True)``.
    """

    numbers: dict[int, int] = field(default_factory=dict)
    """Of each node by its ``id``; the tree keeps it alive."""
    nodes: list[tuple[int, Fields, Any]] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    _level: int = 0

    def node(self, value: Any) -> int:
        """Return the number of a node, after those of all below it."""
        if id(value) not in self.numbers:
            self.numbers[id(value)] = self._new(value)
        number = self.numbers[id(value)]
        self._level = max(self._level, self.nodes[number][0] + 1)
        return number

    def span(self, value: Span) -> str:
        return f"{value.file}:{value.start}:{value.end}"

    def groups(self) -> list[list[tuple[Fields, Any]]]:
        """Return the nodes by distance from the leaves, then by class."""
        found: dict[tuple[int, str], list[tuple[Fields, Any]]] = {}
        for level, fields, value in self.nodes:
            found.setdefault((level, fields.name), []).append((fields, value))
        return [found[key] for key in sorted(found)]

    def _new(self, value: Any) -> int:
        fields = classes().by_class.get(type(value))
        if fields is None:
            raise TypeError(f"a {type(value).__name__} cannot be written")
        above, self._level = self._level, 0
        content = [
            w(getattr(value, n), self) for n, w in zip(fields.names, fields.writers, strict=True)
        ]
        key = repr((fields.name, content))
        if key not in self._seen:
            self._seen[key] = len(self.nodes)
            self.nodes.append((self._level, fields, value))
        self._level = above
        return self._seen[key]


@dataclass
class _Writer:
    """Writes groups, and numbers nodes, spans, files and classes in the order of writing."""

    renamed: Mapping[str, str]
    found: _Collector
    used: dict[Fields, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    spans: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)

    def group(self, nodes: list[tuple[Fields, Any]]) -> list[Any]:
        fields = nodes[0][0]
        columns = [
            [write(getattr(value, name), self) for _, value in nodes]
            for name, write in zip(fields.names, fields.writers, strict=True)
        ]
        for _, value in nodes:
            self._numbers[self.found.numbers[id(value)]] = len(self._numbers)
        return [self.used.setdefault(fields, len(self.used)), *columns]

    def node(self, value: Any) -> int:
        return self._numbers[self.found.numbers[id(value)]]

    def span(self, value: Span) -> int:
        name = self.renamed.get(value.file, value.file)
        file = self.files.setdefault(name, len(self.files))
        return self.spans.setdefault((file, value.start, value.end), len(self.spans))
