"""Check a project; print the processor's seconds after process start and imports."""

from __future__ import annotations

import gc
import json
import sys
import time

import interact.compiler.lints.run
import interact.compiler.pipeline  # noqa: F401  what a check imports is not what it takes
from interact.runtime.project import check_sources, lint_sources


def main(folder: str) -> None:
    """Check the project in a folder."""
    gc.disable()  # as the command does
    started = time.process_time()
    sources, checked = check_sources(folder)
    found = (*checked.diagnostics, *lint_sources(sources, checked))
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "diagnostics": len(found)}))


if __name__ == "__main__":
    main(sys.argv[1])
