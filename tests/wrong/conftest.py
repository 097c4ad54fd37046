"""Wrong programs: one mistake each, with the message that its author gets.

A page is Markdown, and each of its sections a case: a heading that names the mistake, the source,
what ``interact check`` shows. The source is ``wrong.interact`` in a project with the file
``shop.interact`` beside it, or stands alone where its block says ``interact alone``.
``pytest tests/wrong --update-golden`` writes the messages anew; review the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import GoldenMismatch
from tests.wrong.pages import SHOP, WrongProgram, programs_of, told


class WrongItem(pytest.Item):
    """One page."""

    def runtest(self) -> None:
        text = self.path.read_text(encoding="utf-8")
        remade = text
        for program in programs_of(text):
            remade = remade.replace(program.block, with_message(program), 1)
        if self.config.getoption("update_golden"):
            self.path.write_text(remade, encoding="utf-8")
        elif remade != text:
            raise GoldenMismatch(f"{text}\n--- is now ---\n{remade}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        if isinstance(excinfo.value, GoldenMismatch):
            return str(excinfo.value)
        return str(excinfo.getrepr())

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


def with_message(program: WrongProgram) -> str:
    """Return a case as the page has to show it."""
    head, _, _ = program.block.partition("```text\n")
    return f"{head}```text\n{told(program).rstrip()}\n```"


class WrongPage(pytest.File):
    """A page of wrong programs."""

    def collect(self) -> Iterator[WrongItem]:
        yield WrongItem.from_parent(self, name=self.path.stem)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> WrongPage | None:
    if file_path.suffix == ".md" and file_path.parent == SHOP.parent:
        return WrongPage.from_parent(parent, path=file_path)
    return None
