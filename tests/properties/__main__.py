"""Compare interpreter and kernels for long: ``python -m tests.properties --cases 1000000``."""

from __future__ import annotations

import sys
import time

import click
from tests.properties.reduce import reduced, reproduction
from tests.properties.search import POOL, search

from interact.runtime.kernel_cache import FileKernelStore


@click.command()
@click.option("--cases", default=100_000, help="Customers to decide, 150 for each program.")
@click.option("--seed", default=0, help="The seed of the first program.")
@click.option("--depth", default=4, help="The depth of expressions.")
@click.option("--any-tree", is_flag=True, help="Compile new shapes of scores as they come.")
def main(cases: int, seed: int, depth: int, any_tree: bool) -> None:
    """Decide generated customers under generated programs in both ways."""
    store, found, start = FileKernelStore(), 0, time.monotonic()
    programs = -(-cases // POOL)
    for done in range(0, programs, 50):
        count = min(50, programs - done)
        for one in search(seed + done, count, store, any_tree=any_tree, depth=depth):
            found += 1
            click.echo(f"seed {one.seed}: {reproduction(reduced(one.mismatch, store))}\n")
        rate = (done + count) * POOL / (time.monotonic() - start)
        click.echo(
            f"{(done + count) * POOL:,} cases, {found} differ, {rate:,.0f} a second", err=True
        )
    sys.exit(found > 0)


main()
