"""Two projects share offers and constants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from interact.compiler.surface import from_source
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.token import TokenStream
from interact.runtime.build import build
from interact.runtime.project import check_project, open_project

APP = """import "../shared/offers"
audience Customer { key id: int profile { age: int } }
channel Web for Customer { zone Home { point hero } }
strategy S on Web { zone Home { for everyone { Gold score 10 when age >= adult } } }
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "bank/app.interact": APP,
        "shop/app.interact": APP.replace("/offers", ""),
        "shared/offers.interact": 'import "more/"\noffer Gold {}\n',
        "shared/more/ages.interact": 'import "../offers.interact"\nconstant adult = 18\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("project", ["bank", "shop"])
def test_each_file_once(root: Path, project: str) -> None:
    sources, checked = check_project(project)
    assert not checked.diagnostics
    first, *imported = [s.name for s in sources]
    assert first == f"{project}/app.interact"
    assert sorted(imported) == ["shared/more/ages.interact", "shared/offers.interact"]


def test_each_file_is_parsed_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def counted(text: str, *rest: Any) -> TokenStream:
        texts.append(text)
        return tokenize(text, *rest)

    monkeypatch.setattr(from_source, "tokenize", counted)
    sources, _ = check_project("bank")
    assert sorted(texts) == sorted(source.text for source in sources)


def test_bundles_carry_imports(root: Path) -> None:
    built = build("bank")
    names = sorted(s.name for s in built.bundle.sources)
    assert names == [".up/shared/more/ages.interact", ".up/shared/offers.interact", "app.interact"]
    Path("bank.bundle").write_bytes(built.data)
    opened = open_project("bank.bundle")
    assert opened.sources_digest == open_project("bank").sources_digest
    Path("shared/more/ages.interact").write_text("constant adult = 21\n")
    assert build("bank").bundle.digest != built.bundle.digest
    assert opened.sources_digest != open_project("bank").sources_digest


def test_nothing_to_import(root: Path) -> None:
    Path("shared/offers.interact").unlink()
    _, checked = check_project("bank")
    (found,) = checked.diagnostics
    assert found.message == "there is no file or folder of *.interact at `../shared/offers`"
    assert (found.span.start, found.span.end) == (0, len('import "../shared/offers"'))


def test_collisions_are_duplicates(root: Path) -> None:
    Path("bank/more.interact").write_text("offer Gold {}\n")
    _, checked = check_project("bank")
    assert [d.code.id for d in checked.diagnostics] == ["E0204"]
