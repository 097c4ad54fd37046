"""Generated customers in files of every form are decided as the interpreter decides them."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from tests.properties.arrow_forms import table_of
from tests.properties.cases import Subject
from tests.properties.compare import differences
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.interpret import Customer
from interact.runtime.batch.adapt import Losses
from interact.runtime.batch.source import open_source
from interact.runtime.customer_scorer import needed_of, reader_of
from interact.runtime.inputs import inputs_of

CUSTOMERS, TOP = 70, 3


@pytest.mark.parametrize("ending", ["parquet", "arrow", "arrows"])
@pytest.mark.parametrize("seed", range(0, 12, 4))
def test_a_file_is_decided_as_its_customers(
    seed: int, ending: str, store: KernelStore, tmp_path: Path
) -> None:
    for number in range(seed, seed + 4):
        check(number, tmp_path / f"{number}.{ending}", store)


def check(seed: int, path: Path, store: KernelStore) -> None:
    """Write the customers of a seed, read them again, and compare."""
    chance = random.Random(f"file {path.suffix} {seed}")
    generated = generate(40_000 + seed)
    customers = draw_customers(chance, generated.schema, generated.moment.today, CUSTOMERS)
    table = table_of(chance, generated.schema, customers, plain=path.suffix == ".parquet")
    before = chance.randrange(CUSTOMERS // 2)  # arrays that begin within their buffers
    write(chance, path, table.slice(before))
    assert not list(_differences(generated, customers[before:], path, store)), f"seed {seed}"


def write(chance: random.Random, path: Path, table: pa.Table) -> None:
    size = chance.choice((1, 7, 64, 1000))
    if path.suffix == ".parquet":
        version = chance.choice(("1.0", "2.0"))
        pq.write_table(table, path, row_group_size=size, data_page_version=version)
        return
    opened = pa.ipc.new_file if path.suffix == ".arrow" else pa.ipc.new_stream
    options = pa.ipc.IpcWriteOptions(compression=chance.choice((None, "zstd")))
    with opened(str(path), table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=size)


def _differences(
    generated: Generated, customers: list[Customer], path: Path, store: KernelStore
) -> list[str]:
    subject, channel, moment = Subject.of(generated, store), generated.channel, generated.moment
    audience = generated.program.audience_of(channel)
    inputs = inputs_of(audience, subject.scorer.plan, states=channel.states)
    optional = [i.name for i in inputs if i.is_optional]
    source = open_source(str(path), needed=needed_of(i for i in inputs if i.is_needed or i.is_read))
    batches = [batch for task in source.tasks for batch in source.read(task)]
    (batch,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    losses = Losses()
    found = reader_of(inputs, optional)(batch, losses)
    assert not losses.out_of_range
    decisions = subject.decide(customers, moment)
    scores = subject.scorer.score(found, moment, TOP, Layout.LONG)
    return list(differences(decisions, scores, TOP, Layout.LONG))
