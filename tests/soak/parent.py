"""The process that services are forked from: see ``forked.py``."""

from __future__ import annotations

import gc
import json
import os
import sys
from importlib import import_module

MODULES = (
    "interact.compiler.codegen.scorer",
    "interact.compiler.pipeline",
    "interact.runtime.cli.serve",
    "interact.runtime.host.store.journal",
    "interact.runtime.serve.run",
)


def serve(pipe: str, *arguments: str) -> None:
    """Be a service, in a process of its own."""
    from interact.runtime.cli.main import cli

    for number in (0, 1):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    os.dup2(os.open(pipe, os.O_WRONLY), 2)
    cli(["serve", *arguments, "--port", "0"])


def main() -> None:
    """Do what each line asks for: start a service with arguments, or wait for the end of one."""
    for module in MODULES:
        import_module(module)
    gc.collect()
    gc.freeze()  # a child that looked at all of it would have to copy it
    for line in sys.stdin:
        wanted = json.loads(line)
        if isinstance(wanted, int):
            answer = os.waitpid(wanted, 0)[1]
        elif (answer := os.fork()) == 0:
            serve(*wanted)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
