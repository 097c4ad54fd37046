"""What a channel reads from the data of a customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from interact.compiler.columnar.nodes import Op, OpKind, Plan
from interact.compiler.core.program import Attribute, Audience, Rows
from interact.stdlib.types import NULL, Type

Role = Literal["key", "profile", "session", "rows", "state"]


@dataclass(frozen=True, slots=True)
class Input:
    """A key, profile or session attribute, or rows with their fields.

    Attributes:
        name: As the strategy calls it.
        column: As the data call it.
        type: Without meaning for rows.
        is_read: Whether the channel's decisions depend on it.
        attribute: The declaration; None for rows.
    """

    name: str
    column: str
    type: Type
    nullable: bool
    role: Role
    is_read: bool
    fields: tuple[Input, ...] = ()
    attribute: Attribute | None = None

    @property
    def is_needed(self) -> bool:
        """Whether a file of customers must have it."""
        return self.role == "key" or (self.is_read and not self.is_optional)

    @property
    def is_optional(self) -> bool:
        """Whether there is something to go by without data: a default, or no history."""
        return self.role in ("session", "state")


def inputs_of(
    audience: Audience, *plans: Plan, states: tuple[Attribute, ...] = ()
) -> tuple[Input, ...]:
    """Return all attributes of an audience and ``states``, and which of them ``plans`` read."""
    read = {key for plan in plans for key in _columns_read(plan)}
    folded = {rows.rows for plan in plans for rows in plan.rows}
    groups: dict[Role, tuple[Attribute, ...]] = {
        "key": audience.key,
        "profile": audience.profile,
        "session": audience.session,
        "state": states,
    }
    single = [
        _single(a, role, ("", a.name) in read) for role, group in groups.items() for a in group
    ]
    return (*single, *(_rows(r, read, r.name in folded) for r in audience.rows))


def _columns_read(plan: Plan) -> Iterator[tuple[str, str]]:
    for ops in (plan.ops, *(rows.ops for rows in plan.rows)):
        yield from (_column(op) for op in ops if op.kind is OpKind.COLUMN)


def _column(op: Op) -> tuple[str, str]:
    assert isinstance(op.data, tuple)
    return op.data


def _single(declared: Attribute, role: Role, is_read: bool) -> Input:
    return Input(
        declared.name,
        declared.column,
        declared.type,
        declared.nullable,
        role,
        is_read,
        attribute=declared,
    )


def _rows(declared: Rows, read: set[tuple[str, str]], is_folded: bool) -> Input:
    fields = tuple(_single(f, "rows", (declared.name, f.name) in read) for f in declared.fields)
    return Input(declared.name, declared.column, NULL, False, "rows", is_folded, fields)
