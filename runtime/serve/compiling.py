"""Compile the kernels of a bundle in a process of its own, which leaves a host to its requests.

What it compiles is in the cache that both share; the host then only loads it. Run as a module, this
is that process: a bundle on its standard input.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from interact.runtime.bundle import Bundle, packed, unpack_bundle
from interact.runtime.host.deployment import Deployment
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import project_in

MOST_SECONDS = 600.0
_POLITE = 10
Compile = Callable[[Bundle], None]


class Missing(Exception):
    """A kernel is not in the cache."""


class CachedKernels(FileKernelStore):
    """The cache, for those who would rather not compile."""

    def load(self, key: str) -> bytes | None:
        found = super().load(key)
        if found is None:
            raise Missing(key)
        return found


def compile_beside(bundle: Bundle) -> None:
    """Compile what a bundle needs; when that fails, whoever loads it compiles it himself."""
    if _is_compiled(bundle):
        return
    command = [sys.executable, "-m", "interact.runtime.serve.compiling"]
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            command, input=packed(bundle), capture_output=True, timeout=MOST_SECONDS, check=False
        )


def _is_compiled(bundle: Bundle) -> bool:
    try:
        Deployment(project_in(bundle), CachedKernels()).warm()
    except Missing:
        return False
    return True


def compile_here(bundle: Bundle) -> None:
    """Leave it to whoever loads the bundle."""


def main() -> None:
    """Decide once with the bundle on the standard input."""
    os.nice(_POLITE)
    bundle = unpack_bundle("the standard input", sys.stdin.buffer.read())
    Deployment(project_in(bundle)).warm()


if __name__ == "__main__":
    main()
