"""docs/functions.md is what the declarations say."""

from pathlib import Path

from interact.stdlib.reference import functions_markdown
from interact.stdlib.universe import UNIVERSE

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"


def test_the_page_is_current() -> None:
    command = "python -m interact.stdlib.reference > docs/functions.md"
    assert PAGE.read_text(encoding="utf-8") == functions_markdown(), f"run {command}"


def test_every_function_is_on_the_page() -> None:
    page = functions_markdown()
    for builtin in UNIVERSE.values():
        assert builtin.is_operator or f"`{builtin.name}(" in page


def test_tables_have_three_columns() -> None:
    for line in functions_markdown().splitlines():
        assert not line.startswith("|") or line.count(" | ") == 2, line
