"""The tree and the package are the same thing."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("grammar", "stdlib", "compiler", "runtime")


def source_files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def module_names() -> list[str]:
    names = []
    for path in source_files():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "facade" not in parts and path.name != "__init__.py":
            names.append(".".join(("interact", *parts)))
    return names


def test_every_package_is_listed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = set(tomllib.load(file)["tool"]["setuptools"]["packages"])
    found = {"interact"}
    for path in source_files():
        if path.name == "__init__.py" and "facade" not in path.parts:
            found.add(".".join(("interact", *path.parent.relative_to(ROOT).parts)))
    assert listed == found


def test_no_source_file_is_longer_than_400_lines() -> None:
    long = [str(p) for p in source_files() if len(p.read_text().splitlines()) > 410]
    assert not long


@pytest.mark.parametrize("name", module_names())
def test_doctests(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_root_folders_are_not_imported_by_their_own_names() -> None:
    assert not {"compiler", "runtime", "stdlib", "grammar"} & set(sys.modules)


@pytest.mark.parametrize("heavy", ["numba", "pyarrow", "numpy", "lark"])
def test_compiler_front_end_stays_light(heavy: str) -> None:
    code = f"import sys, interact.compiler.pipeline; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
