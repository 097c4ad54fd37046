"""Build operations in SSA form, each distinct one once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from interact.compiler.columnar.nodes import Op, OpKind
from interact.stdlib.types import Type


@dataclass
class Builder:
    """The operations so far. Masks are simplified as they are made."""

    ops: list[Op] = field(default_factory=list)
    known: dict[object, int] = field(default_factory=dict)

    def add(
        self, kind: OpKind, args: Iterable[int] = (), data: Hashable = None,
        type: Type | None = None,
    ) -> int:  # fmt: skip
        """Return the index of an operation, made now unless an equal one exists."""
        args = tuple(args)
        key = (kind, args, data, type, _bits(data))
        if (place := self.known.get(key)) is None:
            place = self.known[key] = len(self.ops)
            self.ops.append(Op(kind, args, data, type))
        return place

    @cached_property
    def live(self) -> int:
        return self.add(OpKind.LIVE)

    @cached_property
    def none(self) -> int:
        return self.add(OpKind.NONE)

    def all(self, masks: Iterable[int]) -> int:
        """Return the conjunction; of nothing it is every row."""
        wanted = self._flat(OpKind.ALL, masks)
        if self.none in wanted:
            return self.none
        wanted.discard(self.live)
        return self._join(OpKind.ALL, wanted, self.live)

    def any(self, masks: Iterable[int]) -> int:
        """Return the disjunction; of nothing it is no row."""
        wanted = self._flat(OpKind.ANY, masks)
        if self.live in wanted:
            return self.live
        wanted.discard(self.none)
        return self._join(OpKind.ANY, wanted, self.none)

    def minus(self, mask: int, without: int) -> int:
        """Return ``mask`` and not ``without``."""
        if without == self.none:
            return mask
        if mask == without or without == self.live or mask == self.none:
            return self.none
        return self.add(OpKind.MINUS, (mask, without))

    def inverse(self, mask: int) -> int:
        return self.minus(self.live, mask)

    def _flat(self, kind: OpKind, masks: Iterable[int]) -> set[int]:
        """Return the distinct operands, those of nested operations of the same kind included."""
        found: set[int] = set()
        for mask in masks:
            op = self.ops[mask]
            found.update(op.args if op.kind is kind else (mask,))
        return found

    def _join(self, kind: OpKind, masks: set[int], empty: int) -> int:
        if len(masks) < 2:
            return next(iter(masks), empty)
        return self.add(kind, sorted(masks))


def _bits(data: Hashable) -> Hashable:
    """Return what tells constants apart that Python holds equal: 0.0 and -0.0, 1 and True."""
    if isinstance(data, tuple):
        return tuple([_bits(d) for d in data])
    return data.hex() if isinstance(data, float) else data.__class__
