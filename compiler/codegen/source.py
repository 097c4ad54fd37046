"""The source of one kernel: text that Numba can compile, and what it may call."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path


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
    """Digest of all Python files beside a module: whatever its functions may call.

    Raises:
        ModuleNotFoundError: there is no such module.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no module {module!r} for a kernel to call", name=module)
    digest = hashlib.sha256()
    for file in sorted(Path(spec.origin).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
