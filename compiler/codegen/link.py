"""Turn shapes into native addresses: from the store, or compiled now. Does not import numba."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from interact.compiler.codegen.abi import Shape
from interact.compiler.codegen.kernels.machine import processor, target_machine
from interact.compiler.codegen.store import KernelStore, seal, unseal

_ADDRESSES: dict[Shape, int] = {}


class Compiled:
    """What this process had to compile since it began; nobody waits for more than one at a time.

    Attributes:
        is_busy: Whether a kernel is being compiled now.
    """

    def __init__(self) -> None:
        self.kernels, self.seconds, self.is_busy = 0, 0.0, False


COMPILED = Compiled()
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
                _ADDRESSES[shape] = _load(shape, store)
        return {shape: _ADDRESSES[shape] for shape in wanted}


def _load(shape: Shape, store: KernelStore) -> int:
    key = kernel_key(shape)
    symbol = f"kernel_{key[:32]}"
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(_code(key, symbol, shape, store)))
    engine.finalize_object()
    address: int = engine.get_function_address(symbol)
    return address


def _code(key: str, symbol: str, shape: Shape, store: KernelStore) -> bytes:
    sealed = store.load(key)
    code = unseal(key, sealed) if sealed is not None else None
    if code is None:
        # What compiles is imported only now: a process that finds all its kernels does without.
        started, COMPILED.is_busy = time.perf_counter(), True
        from interact.compiler.codegen.kernels.emit import emit
        from interact.compiler.codegen.kernels.shapes import source_of

        code = emit(source_of(shape), symbol, _machine())
        COMPILED.is_busy = False
        COMPILED.kernels += 1
        COMPILED.seconds += time.perf_counter() - started
        store.save(key, seal(key, code))
    return code


def kernel_key(shape: Shape) -> str:
    """Everything that the object code depends on, as a digest."""
    text = "\n".join([shape, *_environment()])
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _environment() -> tuple[str, ...]:
    """What kernels are made of and with: our sources, the compilers' versions, the processor."""
    folders = (Path(__file__).parent / "kernels", _package("interact.stdlib"))
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    files += [_package(name) / "_version.py" for name in ("numba", "llvmlite")]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
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
