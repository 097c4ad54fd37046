"""Hover, definition, references and rename, over the wire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from tests.runtime.editor.client import Editor, uri_of
from tests.runtime.editor.conftest import copied
from tests.runtime.editor.test_documents import edited

from interact.runtime.editor.lines import Lines

Start = Callable[[Path], Editor]
PROGRAM = """\
constant enough = 650
function worth(x: decimal(2)) for Customer = balance * 2 + x
audience Customer {
  key id: int
  profile { balance: decimal(2) "in euros"  score: int?  age: int from "Age"  tier: Tier? }
  accounts: many { kind: text  worth: int }
  session { cart: int = 0 }
}
enum Tier { Gold = "G"  Silver }
offer Card "A 😀 card" {
  attributes { fee: int = 3  line: text = "😀 for {balance} and {worth(1)}" }
}
offer Loan { code "L" }
offers Both = Card, Loan
channel Web for Customer {
  zone Home { point hero }
  event seen(price: int) { set cart = price }
  pattern Keen { count of seen where price > 3 is at least 2 }
}
flowchart Value on Web {
  let twice = balance * 2
  decision d { Rich when twice > 9 and score >= enough  Poor when tier = Gold  Rest otherwise }
  sample s of Rich { Control 10%  Treated rest }
}
flowchart More on Web { decision e { Rich when age > 3  Young otherwise } }
strategy S on Web {
  zone Home {
    for Rich, Treated {
      Card as push with (fee = 4) score 3 when Keen or any(accounts where kind = "x")
    }
    Both take 1 by fee
  }
}
test "t" on Web {
  given balance = 3, score = 4, s = Treated
  expect offers at hero: Card
  expect segment Rich
}
"""
WORDS = [
    "enough",
    "worth",
    "Customer",
    "score",
    "age",
    "kind",
    "cart",
    "Card",
    "Both",
    "Web",
    "Home",
    "hero",
    "seen",
    "price",
    "Keen",
    "twice",
    "Rich",
    "Treated",
    "fee",
    "push",
    "Gold",
    "Value",
]


def place(text: str, word: str, nth: int = 0) -> lsp.Position:
    """Return a place within the ``nth`` mention of a word."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    return Lines(text).position(at + min(1, len(word) - 1))


def opened(start: Start, folder: Path, text: str = PROGRAM) -> tuple[Editor, Path]:
    editor, path = start(folder), folder / "a.interact"
    editor.open(path, text)
    return editor, path


def hovered(editor: Editor, path: Path, word: str, nth: int = 0) -> str | None:
    text = editor.texts[uri_of(path)]
    found = editor.wait(
        editor.client.text_document_hover_async(
            lsp.HoverParams(lsp.TextDocumentIdentifier(uri_of(path)), place(text, word, nth))
        )
    )
    if found is None:
        return None
    assert isinstance(found.contents, lsp.MarkupContent)
    return found.contents.value


def shown(editor: Editor, locations: object) -> list[str]:
    """Return locations as ``line:text``."""
    assert isinstance(locations, list | tuple)
    found = []
    for location in locations:
        lines = Lines(editor.texts[location.uri])
        start, end = (lines.offset(p) for p in (location.range.start, location.range.end))
        found.append(f"{location.range.start.line + 1}:{lines.text[start:end]}")
    return found


def defined(editor: Editor, path: Path, word: str, nth: int = 0) -> list[str]:
    text = editor.texts[uri_of(path)]
    return shown(
        editor,
        editor.wait(
            editor.client.text_document_definition_async(
                lsp.DefinitionParams(
                    lsp.TextDocumentIdentifier(uri_of(path)), place(text, word, nth)
                )
            )
        ),
    )


def named(editor: Editor, path: Path, word: str, nth: int = 0) -> list[str]:
    text = editor.texts[uri_of(path)]
    return shown(
        editor,
        editor.wait(
            editor.client.text_document_references_async(
                lsp.ReferenceParams(
                    lsp.ReferenceContext(True),
                    lsp.TextDocumentIdentifier(uri_of(path)),
                    place(text, word, nth),
                )
            )
        ),
    )


def renamed(editor: Editor, path: Path, word: str, new: str, nth: int = 0) -> str:
    text = editor.texts[uri_of(path)]
    found = editor.wait(
        editor.client.text_document_rename_async(
            lsp.RenameParams(lsp.TextDocumentIdentifier(uri_of(path)), place(text, word, nth), new)
        )
    )
    assert found is not None
    return edited(text, list((found.changes or {})[uri_of(path)]))


def test_hover_tells_what_a_name_is(start: Start, tmp_path: Path) -> None:
    editor, path = opened(start, tmp_path)
    assert editor.diagnostics(path) == []
    expected = {
        ("balance", 0): ("**attribute** `balance`: `decimal(2)`", '"in euros"'),
        ("twice", 1): ("**derived field** `twice`: `decimal(2)`", "let twice = balance * 2"),
        ("enough", 1): ("**constant** `enough`: `int`", "constant enough = 650"),
        ("Rich", 1): ("**segment** `Rich`", "Rich when twice > 9"),
        ("Card", 2): ("**offer** `Card`", "A 😀 card"),
        ("worth", 2): ("**function** `worth`: `decimal(2)`", "for Customer"),
        ("any(", 0): ("any(rows where …)", "→"),
    }
    for (word, nth), parts in expected.items():
        told = hovered(editor, path, word, nth)
        assert told is not None, word
        for part in parts:
            assert part in told, told
    assert hovered(editor, path, "{") is None


def test_a_name_leads_to_where_it_is_declared(start: Start, tmp_path: Path) -> None:
    editor, path = opened(start, tmp_path)
    assert defined(editor, path, "{balance}") == ["5:balance"]
    assert defined(editor, path, "worth(1)") == ["2:worth"]
    assert defined(editor, path, "Keen or") == ["18:Keen"]
    assert defined(editor, path, "hero: Card") == ["16:hero"]
    assert defined(editor, path, "Both take") == ["14:Both"]
    assert defined(editor, path, "by fee"[3:], 2) == ["11:fee"]
    assert defined(editor, path, "price }") == ["17:price"]
    assert defined(editor, path, "s = Treated") == ["23:s"]


def test_references_are_all_places_of_a_name(start: Start, tmp_path: Path) -> None:
    editor, path = opened(start, tmp_path)
    assert named(editor, path, "Rich") == [f"{line}:Rich" for line in (22, 23, 25, 28, 37)]
    assert named(editor, path, "balance") == [f"{line}:balance" for line in (2, 5, 11, 21, 35)]
    assert named(editor, path, "{") == []


@pytest.mark.parametrize(
    "word",
    WORDS,
)
def test_a_renamed_project_is_the_same_but_for_the_name(
    start: Start, tmp_path: Path, word: str
) -> None:
    editor, path = opened(start, tmp_path)
    text = renamed(editor, path, word, "Überneu")
    assert "Überneu" in text
    assert editor.change(path, text) == []
    assert named(editor, path, "Überneu")


def test_a_renamed_attribute_keeps_its_column(start: Start, tmp_path: Path) -> None:
    editor, path = opened(start, tmp_path)
    assert 'money: decimal(2) from "balance" "in euros"' in renamed(
        editor, path, "balance", "money"
    )
    assert 'years: int from "Age"' in renamed(editor, path, "age:", "years")
    assert 'books: many from "accounts" {' in renamed(editor, path, "accounts:", "books")
    assert 'pattern Eager from "Keen" {' in renamed(editor, path, "Keen", "Eager")


def test_a_renamed_offer_keeps_its_code_and_a_sample_its_seed(start: Start, tmp_path: Path) -> None:
    editor, path = opened(start, tmp_path)
    card = renamed(editor, path, "Card", "Plastic")
    assert 'offer Plastic "A 😀 card" {\n  code "Card"\n  attributes' in card
    assert "code" not in renamed(editor, path, "Loan", "Credit").replace('{ code "L" }', "")
    draw = 'sample s of Rich seed "Value.s" {'
    assert draw in renamed(editor, path, "Value", "Worth")
    assert draw.replace("sample s", "sample t") in renamed(editor, path, "s of", "t")
    assert draw.replace("Rich", "Wealthy") not in renamed(editor, path, "Rich", "Wealthy")


@pytest.mark.parametrize(
    ("word", "new", "why"),
    [
        ("balance", "score", "declared twice"),
        ("balance", "then", "cannot be a name"),
        ("balance", "a b", "cannot be a name"),
        ("twice", "score", "something else"),
        ("enough", "age", "something else"),
        ("Card", "Loan", "declared twice"),
        ("Rich", "Treated", "declared twice"),
        ("worth", "round", "cannot be its name"),
        ("any(", "some", "no name"),
    ],
)
def test_a_rename_that_would_clash_is_refused(
    start: Start, tmp_path: Path, word: str, new: str, why: str
) -> None:
    editor, path = opened(start, tmp_path)
    with pytest.raises(JsonRpcException, match=why):
        renamed(editor, path, word, new)


def test_a_project_with_errors_is_not_renamed(start: Start, tmp_path: Path) -> None:
    editor, path = opened(start, tmp_path, PROGRAM + "offer {")
    assert defined(editor, path, "enough", 1) == ["1:enough"]
    with pytest.raises(JsonRpcException, match="mend them first"):
        renamed(editor, path, "enough", "many")


def test_an_import_leads_to_its_file(start: Start, tmp_path: Path) -> None:
    hotel = copied("hotel_group", tmp_path)
    editor, path = start(tmp_path), hotel / "reception" / "audiences.interact"
    editor.open(path)
    editor.open(hotel / "shared" / "brand.interact")
    assert defined(editor, path, "shared/brand") == ["1:"]


def test_names_of_the_project_are_found(start: Start, bank: Path) -> None:
    editor = start(bank)
    editor.open(bank / "audience.interact")
    found = editor.wait(editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("goldc")))
    (symbol,) = found or ()
    assert symbol.name == "GoldCard"
    assert str(symbol.location.uri).endswith("offers/cards.interact")


def test_names_are_renamed_in_all_files(start: Start, bank: Path) -> None:
    editor, path = start(bank), bank / "audience.interact"
    editor.open(path)
    found = editor.wait(
        editor.client.text_document_rename_async(
            lsp.RenameParams(
                lsp.TextDocumentIdentifier(uri_of(path)),
                place(path.read_text(), "balance"),
                "money",
            )
        )
    )
    assert found is not None
    changes = found.changes or {}
    assert len(changes) > 3
    for uri, edits in changes.items():
        other = Path(uri.removeprefix("file://"))
        text = other.read_bytes().decode()
        other.write_bytes(edited(text, list(edits)).encode())
    assert editor.change(path, path.read_text()) == []
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([]))
    editor.shut(path)
    assert editor.open(path) == []
    assert not any(editor.found.values())
