"""One store of kernels for all properties, kept between runs."""

from __future__ import annotations

import pytest

from interact.compiler.codegen.store import KernelStore
from interact.runtime.kernel_cache import FileKernelStore


@pytest.fixture(scope="session")
def store(request: pytest.FixtureRequest) -> KernelStore:
    assert request.config.cache is not None
    return FileKernelStore(request.config.cache.mkdir("kernels"))
