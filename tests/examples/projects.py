"""The examples, compiled, and their customers scored in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer, Scores
from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.interpret import Moment
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Attribute, Channel, Program
from interact.compiler.pipeline import Checked, check, optimize, plan_channel
from interact.compiler.source import SourceFile
from interact.runtime.batch.adapt import adapt
from interact.runtime.batch.schema import Needed
from interact.runtime.kernel_cache import FileKernelStore
from interact.stdlib.types import Kind

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if any(folder.rglob("*.interact")))
CHANNELS = {"hotel_group": "Reception"}
"""The channel that is tried, in examples with several."""
ARROW = {
    Kind.BOOL: pa.bool_(),
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.DECIMAL: pa.decimal128(18, 2),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.TEXT: pa.string(),
}
MOMENT = Moment(int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()) * 10**6)


@cache
def checked(name: str) -> Checked:
    """Return an example as the compiler sees it."""
    files = sorted((EXAMPLES / name).rglob("*.interact"))
    return check([SourceFile(str(f.relative_to(ROOT)), f.read_text("utf-8")) for f in files])


def program_of(name: str) -> tuple[Program, Channel]:
    """Return the program of an example and its channel, the one whose customers it ships."""
    program = checked(name).program
    assert program is not None
    (channel,) = (c for c in program.channels if c.name == CHANNELS.get(name, c.name))
    return program, channel


def customers_file(name: str) -> Path:
    """Return the customers that an example ships, or the bank's."""
    own = EXAMPLES / name / "customers.parquet"
    return own if own.exists() else EXAMPLES / "retail_bank" / "customers.parquet"


def read_customers(file: Path, count: int | None = None) -> Any:
    """Return a file's customers, or the first ``count`` of them, as an Arrow table."""
    table = pq.read_table(file)
    return table if count is None else table.slice(0, count)


def score(program: Program, channel: Channel, table: Any, top: int, layout: Layout) -> Scores:
    """Score an Arrow table with kernels; session attributes without a column have defaults.

    Nobody has a history, or a row in a table of offers.
    """
    optimised = optimize(program, verify=True)
    place = program.channels.index(channel)
    plan = plan_channel(optimised, optimised.channels[place], verify=True)
    store: KernelStore = FileKernelStore()
    scorer = Scorer(plan, store)
    for a in program.audience_of(channel).session:
        if a.column not in table.schema.names:
            table = table.append_column(a.column, pa.array([_default(a)] * len(table)))
    for state in channel.states:
        table = table.append_column(state.column, pa.nulls(len(table), ARROW[state.type.kind]))
    needed = list(needed_by(program, channel, scorer.reads))
    return scorer.score(adapt(table, needed), MOMENT, top, layout)


def _default(attribute: Attribute) -> object:
    """Return what a session attribute starts with, as Arrow is given it."""
    value = attribute.default.value if isinstance(attribute.default, Const) else None
    if attribute.type.kind is Kind.DECIMAL and isinstance(value, int):
        return Decimal(value).scaleb(-attribute.type.scale)
    return value


def needed_by(
    program: Program, channel: Channel, reads: Collection[tuple[str, ...]]
) -> Iterator[Needed]:
    """Yield what a plan reads as what is asked of the data."""
    audience = program.audience_of(channel)
    for a in (*audience.attributes, *channel.states):
        if ("", a.name) in reads:
            yield Needed(a.name, a.column, a.type, a.nullable)
    for rows in audience.rows:
        fields = tuple(
            Needed(f.name, f.column, f.type, f.nullable)
            for f in rows.fields
            if (rows.name, f.name) in reads
        )
        yield Needed(rows.name, rows.column, fields=fields, many=True)
