"""Compare interpreter and kernels for long: ``python -m tests.properties --cases 1000000``."""

from __future__ import annotations

import sys
import time

import click
from tests.properties.search import POOL, search

from interact.runtime.kernel_cache import FileKernelStore


@click.command()
@click.option("--cases", default=100_000, help="Customers to decide, 150 for each program.")
@click.option("--first", default=0, help="The seed of the first program.")
@click.option("--any-tree", is_flag=True, help="Compile new shapes of scores as they come.")
def main(cases: int, first: int, any_tree: bool) -> None:
    """Decide generated customers under generated programs in both ways."""
    store, found, start = FileKernelStore(), 0, time.monotonic()
    programs = -(-cases // POOL)
    for done in range(0, programs, 50):
        count = min(50, programs - done)
        for mismatch in search(first + done, count, store, any_tree=any_tree):
            found += 1
            click.echo(f"{mismatch}\n")
        rate = (done + count) * POOL / (time.monotonic() - start)
        click.echo(
            f"{(done + count) * POOL:,} cases, {found} differ, {rate:,.0f} a second", err=True
        )
    sys.exit(found > 0)


main()
