"""Texts that Arrow keeps as views, as plain ones: its filters and selections take no views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from interact.runtime.batch.schema import storage_type


def without_views(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches of one schema with texts that are views as plain texts, in rows too."""
    changed: list[tuple[int, str, Any]] | None = None
    for batch in batches:
        if changed is None:
            changed = _changed(batch.schema)
        for place, name, wanted in changed:
            batch = batch.set_column(place, name, _cast(batch.column(place), wanted))
        yield batch


def _cast(array: Any, wanted: pa.DataType) -> Any:
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    if not isinstance(array, pa.ListViewArray | pa.LargeListViewArray):
        return array.cast(wanted)
    # Arrow's own cast of list views puts rows in wrong places
    values = _cast(array.values, wanted.value_type)
    starts, sizes = (pa.array(part.to_numpy()) for part in (array.offsets, array.sizes))
    return type(array).from_arrays(starts, sizes, values, wanted, mask=array.is_null())


def _changed(schema: pa.Schema) -> list[tuple[int, str, Any]]:
    """Return place, name and wanted type of each column that has views."""
    wanted = [_plain(field.type) for field in schema]
    return [
        (place, field.name, kind)
        for place, (field, kind) in enumerate(zip(schema, wanted, strict=True))
        if kind != storage_type(field.type)
    ]


def _plain(found: Any) -> Any:
    """Return a type without views; rows whose fields have none stay as they are."""
    t, found = pa.types, storage_type(found)
    if t.is_string_view(found):
        return pa.large_string()
    if t.is_struct(found):
        fields = [found.field(i) for i in range(found.num_fields)]
        return pa.struct([field.with_type(_plain(field.type)) for field in fields])
    if t.is_fixed_size_list(found):
        return pa.list_(_field(found), found.list_size)
    if t.is_list(found):
        return pa.list_(_field(found))
    if t.is_large_list(found):
        return pa.large_list(_field(found))
    if t.is_list_view(found):
        return pa.list_view(_field(found))
    if t.is_large_list_view(found):
        return pa.large_list_view(_field(found))
    return found


def _field(found: Any) -> Any:
    return found.value_field.with_type(_plain(found.value_type))
