"""Linking: memo, store, damage, and a warm process without numba."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from interact.compiler.codegen import link as linker
from interact.compiler.codegen.driver import driver
from interact.compiler.codegen.kernels.shapes import FAMILIES, catalogue, source_of
from interact.compiler.codegen.link import kernel_key, link
from interact.compiler.codegen.store import MAGIC, MemoryStore, seal, unseal

SHAPES = ["drive", "cmp.ge.i32.k", "bits.count"]
WARM = """
import pickle, sys
import numpy as np
from interact.compiler.codegen.driver import driver
from interact.compiler.codegen.link import link
from interact.compiler.codegen.store import MemoryStore

class Warm(MemoryStore):
    def save(self, key, data):
        raise AssertionError("compiled " + key)

store = Warm()
store.objects = pickle.load(open(sys.argv[1], "rb"))
address = link(["cmp.ge.i32.k", "bits.count"], store)
x = np.arange(128, dtype=np.int32)
k, mask, counter = np.array([100], np.int32), np.zeros(1, np.uint64), np.zeros(1, np.int64)
ops = np.array([a.ctypes.data for a in (x, k, mask, mask, counter)])
base = ops.ctypes.data
code = np.array([address["cmp.ge.i32.k"], base, address["bits.count"], base + 24])
moves = np.array([base, 256])
driver(store)(code.ctypes.data, 2, moves.ctypes.data, 1, 2, 1)
assert counter[0] == 28, counter
assert ops[0] == x.ctypes.data + 512
assert "numba" not in sys.modules
print("warm")
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Sealed objects of SHAPES by key."""
    store = MemoryStore()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linker, "_ADDRESSES", {})
        link(SHAPES, store)
    return store.objects


def test_a_warm_process_links_and_runs_without_numba(
    full: dict[str, bytes], tmp_path: Path
) -> None:
    saved = tmp_path / "store"
    saved.write_bytes(pickle.dumps(full))
    done = subprocess.run(
        [sys.executable, "-c", WARM, str(saved)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "warm\n", done.stderr


def test_a_shape_is_linked_once_in_a_process() -> None:
    first = link(SHAPES, MemoryStore())
    again = MemoryStore()
    assert link([*SHAPES, *SHAPES], again) == first
    assert not again.objects


@pytest.mark.parametrize("damage", ["empty", "truncated", "flipped", "foreign", "other version"])
def test_damaged_objects_are_rebuilt(full: dict[str, bytes], unlinked: None, damage: str) -> None:
    key = kernel_key("bits.count")
    good = full[key]
    bad = {
        "empty": b"",
        "truncated": good[:-1],
        "flipped": good[:200] + bytes([good[200] ^ 1]) + good[201:],
        "foreign": next(data for other, data in full.items() if other != key),
        "other version": b"interact kernel 0\n" + good[len(MAGIC) :],
    }
    store = MemoryStore()
    store.objects[key] = bad[damage]
    link(["bits.count"], store)
    assert unseal(key, store.objects[key]) is not None


def test_an_intact_object_is_not_rebuilt(full: dict[str, bytes], unlinked: None) -> None:
    class Frozen(MemoryStore):
        def save(self, key: str, data: bytes) -> None:
            raise AssertionError("saved")

    store = Frozen()
    store.objects = dict(full)
    link(SHAPES, store)


def test_every_kernel_has_its_own_key() -> None:
    shapes = [shape for family in FAMILIES for shape in family.shapes()]
    assert len({kernel_key(s) for s in shapes}) == len(set(shapes)) > 80


def test_editing_a_function_that_kernels_call_changes_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = linker._package
    monkeypatch.setattr(
        linker, "_package", lambda name: tmp_path if name == "interact.stdlib" else package(name)
    )
    keys = set()
    for text in ("x = 1\n", "x = 2\n", "x = 1\n"):
        (tmp_path / "numeric.py").write_text(text)
        linker._environment.cache_clear()
        keys.add(kernel_key("bits.count"))
    linker._environment.cache_clear()
    assert len(keys) == 2


@pytest.mark.parametrize(
    "shape", ["", "cmp.ge.i32", "cmp.like.i32.k", "top.insert.k65", "top.insert.k0"]
)
def test_unknown_shapes_are_refused(shape: str) -> None:
    if shape == "cmp.ge.i32":
        assert source_of(shape)
        return
    with pytest.raises(ValueError, match="unknown kernel shape"):
        source_of(shape)


def test_seal_binds_code_to_its_key() -> None:
    assert unseal("a", seal("a", b"code")) == b"code"
    assert unseal("b", seal("a", b"code")) is None


def test_driver_moves_operands_between_blocks() -> None:
    store = MemoryStore()
    address = link(["bits.copy"], store)["bits.copy"]
    source, target = np.arange(12, dtype=np.uint64), np.zeros(12, np.uint64)
    ops = np.array([source.ctypes.data, target.ctypes.data])
    code = np.array([address, ops.ctypes.data])
    moves = np.array([ops.ctypes.data, 32, ops.ctypes.data + 8, 32])
    driver(store)(code.ctypes.data, 1, moves.ctypes.data, 2, 3, 4)
    assert (target == source).all()


def test_every_row_of_the_table_is_described_once() -> None:
    patterns = []
    for pattern, operands, doc in catalogue():
        names = operands.split()
        assert doc
        assert len(set(names)) == len(names) > 0
        patterns.append(pattern)
    assert len(set(patterns)) == len(patterns)
