"""One store of kernels for all properties, kept between runs."""

from __future__ import annotations

import pytest

from interact.compiler.codegen.store import KernelStore
from interact.runtime.kernel_cache import FileKernelStore


@pytest.fixture(scope="session")
def store() -> KernelStore:
    return FileKernelStore()
