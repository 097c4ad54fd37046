"""Write a page of reports once; print the memory that the process needed at most.

``report.py HISTORY OUT``
"""

from __future__ import annotations

import json
import sys

from benchmarks.fresh.peak import peak_memory
from interact.runtime.describe.writing import write_page
from interact.runtime.report.build import Wishes, build_report
from interact.runtime.report.write_html import as_html


def main(history: str, out: str) -> None:
    """Do what ``interact report --out`` does."""
    report = build_report(history, Wishes(controls=["Control"]))
    write_page(out, as_html(report))
    peak = peak_memory()
    print(json.dumps({"peak": peak, "contacts": report.figures[0].value}))


if __name__ == "__main__":
    main(*sys.argv[1:])
