"""What the profiles of an audience level must have: what ``interact score`` needs of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from interact.runtime.batch.schema import Needed, require_schema
from interact.runtime.customer_scorer import needed_of
from interact.runtime.inputs import inputs_of
from interact.runtime.project import Project


def needs_of(project: Project, level: str) -> tuple[Needed, ...]:
    """Return what the channels of an audience level need beside the key, by name.

    Session attributes, patterns and history need not be there: they have something to go by.
    """
    found: dict[str, Needed] = {}
    for channel in project.program.channels:
        audience = project.program.audience_of(channel)
        if audience.name.lower() == level.lower():
            inputs = inputs_of(audience, project.plan_of(channel))
            for need in needed_of(i for i in inputs if i.is_needed and i.role != "key"):
                found[need.name] = _both(found.get(need.name, need), need)
    return tuple(found[name] for name in sorted(found))


def _both(one: Needed, other: Needed) -> Needed:
    """Return what both need of the rows of a ``many``; attributes are the same."""
    fields = {field.name: field for field in (*one.fields, *other.fields)}
    return replace(one, fields=tuple(fields[name] for name in sorted(fields)))


def require_names(needs: Iterable[Needed], there: Mapping[str, Sequence[str]], where: str) -> None:
    """Check the names of columns that a database gives; their case does not matter.

    Args:
        needs: What must be there.
        there: The columns of rows by ``many`` attribute, those of a customer below an empty name.
        where: What the message calls the database.

    Raises:
        SchemaError: With a line for each that is missing.
    """
    known = {name.lower(): name for name in there[""]}
    asked = [_as_there(need, known, there.get(need.name, ())) for need in needs]
    fields = [pa.field(name, pa.null()) for name in known.values()]
    fields += [_rows(n, there[n.name]) for n in asked if n.is_many and n.name in there]
    require_schema(asked, pa.schema(fields), where)


def _rows(need: Needed, names: Sequence[str]) -> pa.Field:
    return pa.field(need.column, pa.list_(pa.struct([(name, pa.null()) for name in names])))


def _as_there(need: Needed, known: dict[str, str], rows: Sequence[str]) -> Needed:
    """Return a need with the case of the columns that are there."""
    if not need.is_many:
        return replace(need, column=known.get(need.column.lower(), need.column))
    inside = {name.lower(): name for name in rows}
    return replace(need, fields=tuple(_as_there(field, inside, ()) for field in need.fields))
