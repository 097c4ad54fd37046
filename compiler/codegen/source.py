"""The source of one kernel: text that Numba can compile, and what it may call."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Source:
    """A kernel before it is compiled.

    ``body`` is a Python function body over ``arguments`` (all int64) that calls operations by
    name. ``callee`` is the (module, name) of the Python function that it calls ``callee``.
    """

    body: str
    arguments: tuple[str, ...] = ("ops", "words")
    callee: tuple[str, str] | None = None

    def text(self) -> str:
        """Everything of the source that the object code depends on."""
        callee = (*self.callee, package_digest(self.callee[0])) if self.callee else ()
        return "\n".join([*self.arguments, *callee, self.body])


@cache
def package_digest(module: str) -> str:
    """Digest of all Python files in the package of a module: whatever its functions may call."""
    digest = hashlib.sha256()
    files = resources.files(module.rpartition(".")[0] or module).iterdir()
    for file in sorted(files, key=lambda file: file.name):
        if file.name.endswith(".py"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
