"""What no row of a history can be: kinds that do not occur, keys of another type.

Looked at only where something unusual is asked for, as it may read all responses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from interact.runtime.errors import DataError, UsageError
from interact.runtime.history.events import Response
from interact.runtime.history.parts import first_line, key_columns, open_part, parts_in
from interact.runtime.history.select import logged_events
from interact.runtime.history.wanted import CONTACT, DECISION, Wanted

_KINDS = (CONTACT, "accept", "reject", "posted", "met", DECISION)
_INTEGERS = range(-(1 << 63), 1 << 63)


def check_asked(history: Path, wanted: Wanted) -> None:
    """See to it that rows of the history could be what is asked for.

    Whoever calls shares the lock of the history.

    Raises:
        UsageError: A kind is neither a common one nor in the history, or a value of a key is no
            whole number where all keys are.
        DataError: A file is damaged.
    """
    if not set(wanted.kinds) <= set(_KINDS):
        _check_kinds(history, wanted)
    customer = [(name, value) for _, name, value in wanted.named_customer() if not _is_int(value)]
    if customer:
        _check_key(history, wanted, customer)


def _check_kinds(history: Path, wanted: Wanted) -> None:
    kinds = {*_KINDS, *_response_kinds(history)}
    for kind in wanted.kinds:
        if kind not in kinds:
            told = ", ".join([*_KINDS, *sorted(kinds - set(_KINDS))])
            raise UsageError(f"no row is of the kind {kind:.80}", help=f"there are {told}")


def _check_key(history: Path, wanted: Wanted, customer: list[tuple[str, str]]) -> None:
    types: dict[str, bool] = {}  # whether all values of a key column are whole numbers
    for name, is_whole in _key_types(history, wanted):
        types[name] = types.get(name, True) and is_whole
    for name, value in customer:
        those = [is_whole for key, is_whole in types.items() if name in ("", key) or not key]
        if those and all(those):
            which = name or ", ".join(key for key in types if key) or "the key"
            raise UsageError(f"{which} is a whole number, and {value:.80} is not")


def _is_int(value: str) -> bool:
    try:
        return int(value) in _INTEGERS
    except ValueError:
        return False


def _response_kinds(history: Path) -> Iterator[str]:
    for _, event in logged_events(history):
        if isinstance(event, Response):
            yield event.kind
    for part in parts_in(history, ["responses"]):
        try:
            yield from pc.unique(pq.read_table(part.path, columns=["kind"])["kind"]).to_pylist()
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                f"{part.name}: {first_line(error)}",
                help="interact history verify names what is damaged",
            ) from error


def _key_types(history: Path, wanted: Wanted) -> Iterator[tuple[str, bool]]:
    """Yield key columns with whether they are whole numbers; no name where none is told."""
    for names, event in logged_events(history):
        known = names if len(names) == len(event.key) else ("",) * len(event.key)
        yield from ((n, isinstance(v, int)) for n, v in zip(known, event.key, strict=True))
    for part in parts_in(history, wanted.tables()):
        with open_part(part) as opened:
            schema = opened.schema_arrow
        for name in key_columns(part, schema):
            yield name, pa.types.is_integer(schema.field(name).type)
