"""``interact fmt`` on files, folders and standard input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from interact.runtime.cli.main import cli

LOOSE = 'offer A{code "A"}   # first\n'
NEAT = 'offer A { code "A" }  # first\n'
WRONG = "offer {\n"


@pytest.fixture
def files(in_folder: Path) -> Path:
    """Work in a folder with a file that is neat, and two that are not, below ``f``."""
    (in_folder / "f" / "g").mkdir(parents=True)
    (in_folder / "f" / "neat.interact").write_text(NEAT)
    (in_folder / "f" / "loose.interact").write_text(LOOSE)
    (in_folder / "f" / "g" / "loose.interact").write_text(LOOSE)
    (in_folder / "f" / "g" / "notes.txt").write_text(LOOSE)
    return in_folder / "f"


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_folder(run: Any, files: Path) -> None:
    before, time = names(files), os.stat("f/neat.interact").st_mtime_ns
    found = run("fmt f")
    assert (found.exit_code, found.output) == (0, "2 files formatted, 1 unchanged\n")
    assert (files / "loose.interact").read_text() == NEAT
    assert (files / "g" / "loose.interact").read_text() == NEAT
    assert (files / "g" / "notes.txt").read_text() == LOOSE
    assert os.stat("f/neat.interact").st_mtime_ns == time
    assert names(files) == before
    assert run("fmt f").output == "3 files unchanged\n"


def test_several_paths_each_file_once(run: Any, files: Path) -> None:
    found = run("fmt f/g/loose.interact f/g f/neat.interact ./f/g/loose.interact")
    assert found.output == "1 file formatted, 1 unchanged\n"


def test_check(run: Any, files: Path) -> None:
    found = run("fmt --check f")
    assert found.exit_code == 1
    assert found.stdout == "f/g/loose.interact\nf/loose.interact\n"
    assert found.stderr == "2 files would be formatted, 1 unchanged\n"
    assert (files / "loose.interact").read_text() == LOOSE
    assert run("fmt --check f/neat.interact").exit_code == 0


def test_diff(run: Any, files: Path) -> None:
    (files / "loose.interact").write_text(LOOSE + "offer B { }")
    found = run("fmt --diff f/loose.interact f/neat.interact")
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        "--- f/loose.interact",
        "+++ f/loose.interact",
        "@@ -1,2 +1,2 @@",
        f"-{LOOSE[:-1]}",
        "-offer B { }",
        "\\ No newline at end of file",
        f"+{NEAT[:-1]}",
        "+offer B {}",
    ]
    assert (files / "loose.interact").read_text() == LOOSE + "offer B { }"
    assert run("fmt --check --diff f/loose.interact").exit_code == 1


def test_errors_leave_a_file_alone(run: Any, files: Path) -> None:
    (files / "wrong.interact").write_text(WRONG)
    found = run("fmt f")
    assert found.exit_code == 1
    assert "f/wrong.interact:1:" in found.stderr
    assert found.stdout == "2 files formatted, 1 unchanged, 1 with errors\n"
    assert (files / "wrong.interact").read_text() == WRONG
    assert run("fmt --check f/wrong.interact f/neat.interact").exit_code == 1


def test_standard_input() -> None:
    def piped(text: bytes, *more: str) -> tuple[int, bytes]:
        found = CliRunner().invoke(cli, ["fmt", "-", *more], input=text)
        return found.exit_code, found.stdout_bytes

    assert piped(LOOSE.encode()) == (0, NEAT.encode())
    assert piped(NEAT.encode()) == (0, NEAT.encode())
    assert piped(b"") == (0, b"")
    assert piped(b"offer A{}\r\n") == (0, b"offer A {}\r\n")
    assert piped(WRONG.encode()) == (1, b"")
    assert piped(LOOSE.encode(), "--check") == (1, b"<stdin>\n")
    assert piped(b"\xff") == (1, b"")


def test_standard_input_of_a_process() -> None:
    command = [sys.executable, "-m", "interact", "fmt", "-"]
    found = subprocess.run(command, input=LOOSE.encode(), capture_output=True, check=True)
    assert (found.stdout, found.stderr) == (NEAT.encode(), b"")


def test_line_ends_and_byte_order_mark_stay(run: Any, in_folder: Path) -> None:
    path = in_folder / "a.interact"
    path.write_bytes("\ufeffoffer É{\r\n# c\r\n}\r\n".encode())
    assert run("fmt a.interact").output == "1 file formatted\n"
    assert path.read_bytes() == "\ufeffoffer É {\r\n  # c\r\n}\r\n".encode()
    assert run("fmt a.interact").output == "1 file unchanged\n"


def test_mode_and_links_stay(run: Any, files: Path) -> None:
    path = files / "loose.interact"
    path.chmod(0o640)
    (files.parent / "link.interact").symlink_to(path)
    assert run("fmt link.interact").exit_code == 0
    assert path.read_text() == NEAT
    assert path.stat().st_mode & 0o777 == 0o640
    assert (files.parent / "link.interact").is_symlink()


def test_what_cannot_be_written(refused: Any, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = names(files)
    monkeypatch.setattr(os, "fsync", full)
    refused(1, "cannot write f/loose.interact: No space left on device", "fmt f/loose.interact")
    assert (files / "loose.interact").read_text() == LOOSE
    assert names(files) == before


def test_wrong_usage(run: Any, refused: Any, files: Path) -> None:
    refused(2, "no such file or folder: none", "fmt none")
    refused(2, "cannot be given with other paths", "fmt - f")
    (files / "bytes.interact").write_bytes(b"\xff")
    refused(1, "f/bytes.interact is not UTF-8", "fmt f")
    assert (files / "loose.interact").read_text() == LOOSE
    assert run("fmt").exit_code == 2
