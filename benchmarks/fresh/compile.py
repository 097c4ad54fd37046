"""Compile a project until it has scored a block of customers; print how long that took.

``compile.py FOLDER``: the time is that after process start and imports.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.workload.customers import make_customers
from benchmarks.workload.ours import prepare
from interact.compiler.codegen.abi import BLOCK_ROWS
from interact.compiler.pipeline import check
from interact.runtime import bundle
from interact.runtime.cli.main import collect_rarely
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import open_project

IMPORTED_WHEN_NEEDED = (check, bundle)


class CountingStore(FileKernelStore):
    """The store of kernels on the disk; counts what had to be compiled."""

    saves = 0

    def save(self, key: str, data: bytes) -> None:
        """Keep a kernel that was just compiled."""
        self.saves += 1
        super().save(key, data)


def main(folder: str) -> None:
    """Compile the project in a folder."""
    collect_rarely()
    customers, store = make_customers(BLOCK_ROWS), CountingStore()
    started = time.perf_counter()
    prepare(customers, open_project(folder), store).run()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "compiled": store.saves}))


if __name__ == "__main__":
    main(sys.argv[1])
