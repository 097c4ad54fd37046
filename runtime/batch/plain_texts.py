"""Texts that Arrow keeps as views or codes, as plain ones: not all that it does takes these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

from interact.runtime.batch.schema import is_text, storage_type

Test = Callable[[Any], bool]


def without_views(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches of one schema with texts that are views as plain texts, in rows too."""
    changed: list[tuple[int, str, Any]] | None = None
    for batch in batches:
        if changed is None:
            changed = _changed(batch.schema, pa.types.is_string_view)
        yield _with(batch, changed)


def without_codes(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with texts that are codes of a dictionary as plain texts, in rows too."""
    return _with(batch, _changed(batch.schema, _is_coded))


def has_coded_rows(schema: pa.Schema) -> bool:
    """Return whether texts in rows are codes of a dictionary."""
    return any(not _is_coded(schema.field(place).type) for place, *_ in _changed(schema, _is_coded))


def _is_coded(found: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(found)) and is_text(found)


def _with(batch: pa.RecordBatch, changed: list[tuple[int, str, Any]]) -> pa.RecordBatch:
    for place, name, wanted in changed:
        batch = batch.set_column(place, name, _cast(batch.column(place), wanted))
    return batch


def _cast(array: Any, wanted: pa.DataType) -> Any:
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    if not isinstance(array, pa.ListViewArray | pa.LargeListViewArray):
        return array.cast(wanted)
    # Arrow's own cast of list views puts rows in wrong places
    values = _cast(array.values, wanted.value_type)
    starts, sizes = (pa.array(part.to_numpy()) for part in (array.offsets, array.sizes))
    return type(array).from_arrays(starts, sizes, values, wanted, mask=array.is_null())


def _changed(schema: pa.Schema, is_odd: Test) -> list[tuple[int, str, Any]]:
    """Return place, name and wanted type of each column that has odd texts."""
    wanted = [_plain(field.type, is_odd) for field in schema]
    return [
        (place, field.name, kind)
        for place, (field, kind) in enumerate(zip(schema, wanted, strict=True))
        if kind != storage_type(field.type)
    ]


def _plain(found: Any, is_odd: Test) -> Any:
    """Return a type without odd texts; rows whose fields have none stay as they are."""
    t, found = pa.types, storage_type(found)
    if is_odd(found):
        return pa.large_string()
    if t.is_struct(found):
        fields = [found.field(i) for i in range(found.num_fields)]
        return pa.struct([field.with_type(_plain(field.type, is_odd)) for field in fields])
    if t.is_fixed_size_list(found):
        return pa.list_(_field(found, is_odd), found.list_size)
    made = next((make for is_list, make in _LISTS if is_list(found)), None)
    return found if made is None else made(_field(found, is_odd))


def _field(found: Any, is_odd: Test) -> Any:
    return found.value_field.with_type(_plain(found.value_type, is_odd))


_LISTS = (
    (pa.types.is_list, pa.list_),
    (pa.types.is_large_list, pa.large_list),
    (pa.types.is_list_view, pa.list_view),
    (pa.types.is_large_list_view, pa.large_list_view),
)
