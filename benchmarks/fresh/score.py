"""Score a file once, as ``interact score`` does; print the memory that the process needed at most.

``score.py FOLDER CUSTOMERS OUT``
"""

from __future__ import annotations

import json
import sys

from benchmarks.fresh.peak import peak_memory
from benchmarks.workload.ours import run_of
from interact.runtime.project import open_project
from interact.runtime.run_manifest import manifest_of
from interact.runtime.scoring import open_customers, score_customers


def main(folder: str, customers: str, out: str) -> None:
    """Score the customers of a file with the project of a folder."""
    run = run_of(open_project(folder), customers, out)
    opened = open_customers(run)
    told = score_customers(run, opened, lambda report: manifest_of(run, opened, report, {}))
    peak = peak_memory()
    print(json.dumps({"peak": peak, "customers": told["scored"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
