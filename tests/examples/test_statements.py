"""Whatever the grammar has is used in some example."""

from __future__ import annotations

from tests.examples.projects import EXAMPLES
from tests.grammar.statements import all_features, features_of

PENDING = {
    "no_cases": "a table that was begun: it parses so that what is typed next can be helped with",
}
"""Alternatives of the grammar that no example uses, with the reason. The list only gets shorter."""


def test_every_statement_and_clause_is_used() -> None:
    used = features_of(p.read_text("utf-8") for p in EXAMPLES.rglob("*.interact"))
    missing = {
        (name, part)
        for name, part in all_features() - used
        if name not in PENDING and not _only_separates(name, part)
    }
    assert sorted(missing) == []


def test_what_is_pending_is_missing() -> None:
    used = {
        name for name, _ in features_of(p.read_text("utf-8") for p in EXAMPLES.rglob("*.interact"))
    }
    assert sorted(used & PENDING.keys()) == []
    assert PENDING.keys() <= {name for name, _ in all_features()}


def _only_separates(name: str, part: str) -> bool:
    """Return whether a part has no meaning: separators, and lists that go on."""
    return name == "_separator" or part == "SEMICOLON" or "_star_" in part
