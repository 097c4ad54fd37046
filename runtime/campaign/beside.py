"""What is known of customers, beside the customers of files, in their order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from interact.runtime.campaign.duck import batches, in_memory, parquet, sparing
from interact.runtime.campaign.files import write_rows


@dataclass(frozen=True, slots=True)
class Beside:
    """Rows by key, in a file of their own that is sorted by it."""

    db: Any
    file: str
    width: int
    schema: Any

    def of(self, keys: Sequence[Any]) -> list[Any]:
        """Return the columns of customers' rows, with nulls where there is none.

        Args:
            keys: An Arrow array for each part of the key; null is nobody's.
        """
        names = [f"k{n}" for n in range(self.width)]
        wanted = pa.table([*keys, pa.array(range(len(keys[0])))], [*names, "place"])
        self.db.register("wanted", wanted)
        found = self.db.sql(
            f"SELECT {', '.join(f'v{n}' for n in range(len(self.schema)))} FROM wanted"
            f" LEFT JOIN {parquet([self.file])} AS known USING ({', '.join(names)}) ORDER BY place"
        )
        columns = batches(found).read_all().columns
        return [c.combine_chunks().cast(f.type) for c, f in zip(columns, self.schema, strict=True)]


@contextmanager
def beside(keys: Sequence[Any], schema: Any, rows: Iterable[Sequence[Any]]) -> Iterator[Beside]:
    """Put rows aside, to be found by key.

    Args:
        keys: The Arrow types of the parts of the key, with which rows begin.
        schema: What comes after.
        rows: In the order of their keys, each key once.
    """
    with TemporaryDirectory(prefix="interact-") as folder:
        file = os.path.join(folder, "known.parquet")
        columns = [(f"k{n}", kind) for n, kind in enumerate(keys)]
        columns += [(f"v{n}", field.type) for n, field in enumerate(schema)]
        write_rows(columns, rows, file)
        db = sparing(in_memory())
        try:
            yield Beside(db, file, len(keys), schema)
        finally:
            db.close()
