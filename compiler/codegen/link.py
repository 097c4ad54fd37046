"""Turn shapes into native addresses: from the store, or compiled now. Does not import numba."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from interact.compiler.codegen.machine import processor, target_machine
from interact.compiler.codegen.shapes import Shape, source_of
from interact.compiler.codegen.source import Source
from interact.compiler.codegen.store import KernelStore, seal, unseal

_OF_THE_CODE = (
    "intrinsics.py",
    "operations.py",
    "comparisons.py",
    "scalars.py",
    "vector8.py",
    "emit.py",
    "machine.py",
)
"""Files that the object code of every kernel depends on, beside its own source."""

_ADDRESSES: dict[Shape, int] = {}
_LOCK = threading.Lock()


def link(shapes: Iterable[Shape], store: KernelStore) -> Mapping[Shape, int]:
    """Addresses of kernels, alive as long as the process.

    A shape is linked once in a process; a shape that the store lacks, or holds damaged, is
    compiled (about 40 ms) and saved.

    Raises:
        ValueError: a shape is in no family.
    """
    wanted = list(dict.fromkeys(shapes))
    with _LOCK:
        for shape in wanted:
            if shape not in _ADDRESSES:
                _ADDRESSES[shape] = _load(shape, source_of(shape), store)
        return {shape: _ADDRESSES[shape] for shape in wanted}


def _load(shape: Shape, source: Source, store: KernelStore) -> int:
    key = kernel_key(shape, source)
    symbol = f"kernel_{key[:32]}"
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(_code(key, symbol, source, store)))
    engine.finalize_object()
    address: int = engine.get_function_address(symbol)
    return address


def _code(key: str, symbol: str, source: Source, store: KernelStore) -> bytes:
    sealed = store.load(key)
    code = unseal(key, sealed) if sealed is not None else None
    if code is None:
        from interact.compiler.codegen.emit import emit

        code = emit(source, symbol, _machine())
        store.save(key, seal(key, code))
    return code


def kernel_key(shape: Shape, source: Source) -> str:
    """Everything that the object code depends on, as a digest."""
    text = "\n".join([shape, source.text(), *_environment()])
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _environment() -> tuple[str, ...]:
    here = Path(__file__).parent
    files = [here / name for name in _OF_THE_CODE]
    versions = [_package(name) / "_version.py" for name in ("numba", "llvmlite")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files + versions))
    return (digest.hexdigest(), *processor())


def _package(name: str) -> Path:
    """Folder of a package, without importing it (importlib.metadata would cost 20 ms)."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed", name=name)
    return Path(spec.origin).parent


@cache
def _machine() -> Any:
    return target_machine()


@cache
def _engine() -> Any:
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
