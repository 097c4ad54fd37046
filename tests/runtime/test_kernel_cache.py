"""The kernel cache: it may forget, and never stands in the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from interact.runtime import kernel_cache
from interact.runtime.kernel_cache import FileKernelStore, default_directory


def store(tmp_path: Path, **options: Any) -> FileKernelStore:
    return FileKernelStore(tmp_path / "kernels", **options)


def files(tmp_path: Path) -> list[str]:
    return sorted(os.listdir(tmp_path / "kernels"))


def test_what_was_saved_is_loaded_by_any_process(tmp_path: Path) -> None:
    store(tmp_path).save("abc123", b"code")
    assert store(tmp_path).load("abc123") == b"code"
    assert store(tmp_path).load("abc124") is None
    assert files(tmp_path) == ["abc123.kernel"]
    assert (tmp_path / "kernels").stat().st_mode & 0o777 == 0o700


def test_any_key_has_a_name_of_its_own(tmp_path: Path) -> None:
    keys = ["../../etc/passwd", "a/b", "", "ä", "x" * 1000, "x" * 1001, "a\0b"]
    kept = store(tmp_path)
    for key in keys:
        kept.save(key, key.encode() + b"!")
    assert [kept.load(key) for key in keys] == [key.encode() + b"!" for key in keys]
    assert all(name.endswith(".kernel") and len(name) == 71 for name in files(tmp_path))


def test_an_empty_or_unreadable_file_is_a_miss(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.save("a", b"code")
    (tmp_path / "kernels/a.kernel").write_bytes(b"")
    (tmp_path / "kernels/b.kernel").mkdir()
    assert kept.load("a") is None
    assert kept.load("b") is None
    kept.save("b", b"code")
    assert kept.load("b") is None


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_write_to_is_not_used(mode: int, tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    folder.mkdir()
    folder.chmod(mode)
    (folder / "a.kernel").write_bytes(b"planted")
    kept = store(tmp_path)
    kept.save("b", b"code")
    assert kept.load("a") is None
    assert files(tmp_path) == ["a.kernel"]


def test_a_folder_of_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(tmp_path).save("a", b"code")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert store(tmp_path).load("a") is None


def test_a_link_to_a_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "kernels").symlink_to(tmp_path / "real")
    store(tmp_path).save("a", b"code")
    assert files(tmp_path) == []


def test_a_disk_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    blocked = FileKernelStore(tmp_path / "file" / "kernels")
    blocked.save("a", b"code")
    assert blocked.load("a") is None

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = store(tmp_path)
    monkeypatch.setattr(os, "replace", full)
    kept.save("a", b"code")
    assert kept.load("a") is None
    assert files(tmp_path) == []


def test_the_least_recently_used_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_cache, "_LOOK_EVERY", 1)
    kept = store(tmp_path, max_bytes=1000)
    for number in range(10):
        kept.save(f"k{number}", bytes(100))
        past = 1_000_000_000 + number
        os.utime(tmp_path / f"kernels/k{number}.kernel", (past, past))
    assert kept.load("k0") is not None  # and is used now
    (tmp_path / "kernels/left.tmp").write_bytes(b"")
    os.utime(tmp_path / "kernels/left.tmp", (0, 0))
    monkeypatch.setattr(kernel_cache, "_LOOK_EVERY", 11)
    kept._saved = 11
    kept.save("new", bytes(100))
    assert files(tmp_path) == sorted(
        [f"k{n}.kernel" for n in (0, 4, 5, 6, 7, 8, 9)] + ["new.kernel"]
    )


def test_threads_and_processes_may_share_it(tmp_path: Path) -> None:
    code = (
        "import sys; from interact.runtime.kernel_cache import FileKernelStore\n"
        "s = FileKernelStore(sys.argv[1])\n"
        "for i in range(300): s.save('k', bytes([i % 251 + 1]) * 5000)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "kernels")]
    writers = [subprocess.Popen(command) for _ in range(2)]
    kept = store(tmp_path)

    def save_often() -> None:
        for _ in range(300):
            kept.save("k", b"\1" * 5000)

    thread = threading.Thread(target=save_often)
    thread.start()
    while thread.is_alive() or any(writer.poll() is None for writer in writers):
        found = store(tmp_path).load("k")
        assert found is None or (len(found) == 5000 and len(set(found)) == 1)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert files(tmp_path) == ["k.kernel"]


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERACT_CACHE_DIR", "/somewhere")
    assert default_directory() == "/somewhere/kernels"
    monkeypatch.delenv("INTERACT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert default_directory() == "/cache/interact/kernels"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert default_directory() == "/home/me/.cache/interact/kernels"


def test_importing_it_pulls_in_nothing_heavy() -> None:
    code = "import sys, interact.runtime.kernel_cache; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert not {"pyarrow", "numba", "numpy", "llvmlite", "hashlib"} & set(loaded.split())
