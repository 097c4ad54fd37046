from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.runtime.editor.client import Editor

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def editor_of_module() -> Iterator[Editor]:
    """One server for all tests of a file."""
    editor = Editor(None)
    yield editor
    assert editor.close() == 0


@pytest.fixture
def start(editor_of_module: Editor) -> Iterator[Callable[[Path], Editor]]:
    """Open a folder in the editor; at the end all is closed, and no bug has shown."""
    editor = editor_of_module

    def starting(folder: Path) -> Editor:
        editor.open_folder(folder)
        return editor

    yield starting
    editor.close_folder()
    assert not [line for line in editor.log if "bug" in line]


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of the sources of an example."""
    return copied("retail_bank", tmp_path)


def copied(example: str, folder: Path) -> Path:
    found = shutil.copytree(
        EXAMPLES / example, folder / example, ignore=shutil.ignore_patterns("*.parquet", "*.md")
    )
    return Path(found)
