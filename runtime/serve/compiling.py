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
from interact.runtime.errors import InteractError
from interact.runtime.host.deployment import Deployment
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import project_in

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


class Compiling:
    """Compiles what a bundle needs beside this process; one thread asks at a time."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def __call__(self, bundle: Bundle) -> None:
        """Compile a bundle; when that fails, whoever loads it compiles it himself.

        Raises:
            InteractError: It was told to stop.
        """
        if _is_compiled(bundle):
            return
        command = [sys.executable, "-m", "interact.runtime.serve.compiling"]
        nowhere = subprocess.DEVNULL
        with suppress(OSError):
            self._running = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere
            )
            with self._running:
                self._running.communicate(packed(bundle))
        if self._is_over:
            raise InteractError("the host stops")

    def stop(self) -> None:
        """End what is being compiled, and begin nothing any more."""
        self._is_over = True
        if self._running is not None:
            self._running.kill()


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
