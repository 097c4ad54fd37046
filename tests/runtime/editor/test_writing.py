"""Completion, signatures and quick fixes, over the wire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from tests.runtime.editor.client import Editor, codes, uri_of
from tests.runtime.editor.test_documents import edited
from tests.runtime.editor.test_names import PROGRAM, place

from interact.runtime.editor.lines import Lines

Start = Callable[[Path], Editor]


def written(editor: Editor, path: Path, text: str) -> lsp.Position:
    """Open a text with a ``|`` in it; return the place of that."""
    offset = text.index("|")
    text = text.replace("|", "", 1)
    editor.open(path, text)
    return Lines(text).position(offset)


def completed(editor: Editor, path: Path, text: str) -> dict[str, lsp.CompletionItem]:
    at = written(editor, path, text)
    found = editor.wait(
        editor.client.text_document_completion_async(
            lsp.CompletionParams(lsp.TextDocumentIdentifier(uri_of(path)), at)
        )
    )
    assert isinstance(found, lsp.CompletionList)
    return {item.label: item for item in found.items}


ATTRIBUTES = "id balance score age tier cart"
PLACES = [
    ("when twice > 9", "when |", f"twice {ATTRIBUTES} accounts enough worth sum if not", "Rich"),
    ("when twice > 9 and", "when twice > 9 | and", "and or", "twice"),
    ("when twice", "when tw| ", "twice", "Card"),
    ("for Rich, Treated {", "for |", "Rich Poor Treated Young everyone", "Card balance"),
    ("for Rich, Treated {", "for Rich, |{", "Rich Poor Treated", "everyone"),
    ("zone Home {\n    for", "zone |Ho {\n    for", "Home", "hero Card"),
    ("strategy S on Web {", "strategy S on |", "Web", "Home S"),
    ("channel Web for Customer", "channel Web for |", "Customer", "Tier"),
    ("tier: Tier?", "tier: |", "Tier text decimal int", "balance"),
    ("tier = Gold", "tier = |", "Gold Silver balance", "Tier"),
    ("tier = Gold", "tier = Tier.|", "Gold Silver", "balance and"),
    ("age > 3", "session.|", "cart", "balance"),
    ("Both take 1 by fee", "|", "Card Loan Both for use", "Home"),
    ("Both take 1 by fee", "Both take 1 by |", "fee line chance", "Card"),
    ("with (fee = 4)", "with (|)", "fee line", "balance"),
    ('kind = "x"', "|", "kind worth balance", "Card"),
    ("{balance}", "{|}", "fee balance worth", "Card when"),
    ("at hero: Card", "at |", "Home hero", "Card"),
    ("given balance = 3", "given |", "balance cart Keen", "Card"),
    ("expect segment Rich", "expect segment |", "Rich Poor", "Card"),
    ("set cart = price", "set |", "cart", "balance"),
    ("count of seen", "count of |", "seen session_start", "Keen"),
    ("sample s of Rich", "sample s of |", "Rich Poor", "Young Treated"),
    ('offer Loan { code "L" }', "offer Loan { | }", "code live attributes suppress", "Card"),
    ("offer Loan", "|\noffer Loan", "offer strategy test", "Card when"),
    ("offer Loan", "offer |", "", "Card Loan"),
    ("offer Loan", "# for |\noffer Loan", "", "Card offer"),
    ('code "L"', 'code "|"', "", "Card offer balance"),
]


@pytest.mark.parametrize(("old", "new", "there", "not_there"), PLACES)
def test_what_can_stand_at_a_place_is_proposed(
    start: Start, tmp_path: Path, old: str, new: str, there: str, not_there: str
) -> None:
    assert old in PROGRAM
    found = completed(start(tmp_path), tmp_path / "a.interact", PROGRAM.replace(old, new, 1))
    assert set(there.split()) <= found.keys()
    assert not set(not_there.split()) & found.keys()
    assert "interactprobe" not in found


def test_a_proposal_tells_what_it_is(start: Start, tmp_path: Path) -> None:
    text = PROGRAM.replace("when twice > 9", "when |")
    found = completed(start(tmp_path), tmp_path / "a.interact", text)
    assert found["balance"].detail == "attribute: decimal(2)"
    assert found["balance"].documentation == "in euros"
    assert found["clamp"].kind == lsp.CompletionItemKind.Function
    assert "low" in (found["clamp"].detail or "")
    order = sorted(found.values(), key=lambda item: item.sort_text or "")
    assert [order[0].label, order[-1].kind] == ["Keen", lsp.CompletionItemKind.Keyword]


@pytest.mark.parametrize(
    ("text", "label", "argument"),
    [
        ("clamp(balance, |", "clamp(x: decimal, low: decimal, high: decimal) -> decimal", 1),
        ("worth(|)", "worth(x: decimal(2)) -> decimal(2)", 0),
        ("sum(worth of accounts where max(1, |", "max(a: int, b: int, …) -> int", 1),
    ],
)
def test_a_call_shows_its_parameters(
    start: Start, tmp_path: Path, text: str, label: str, argument: int
) -> None:
    editor, path = start(tmp_path), tmp_path / "a.interact"
    at = written(editor, path, PROGRAM.replace("twice > 9", f"twice > {text}", 1))
    found = editor.wait(
        editor.client.text_document_signature_help_async(
            lsp.SignatureHelpParams(lsp.TextDocumentIdentifier(uri_of(path)), at)
        )
    )
    assert found is not None
    assert label in [s.label for s in found.signatures]
    assert found.active_parameter == argument


def actions(editor: Editor, path: Path, text: str) -> list[lsp.CodeAction]:
    """Return what can be done about all that is wrong in a text."""
    found = editor.open(path, text)
    listed = editor.wait(
        editor.client.text_document_code_action_async(
            lsp.CodeActionParams(
                lsp.TextDocumentIdentifier(uri_of(path)),
                Lines(text).whole,
                lsp.CodeActionContext(found),
            )
        )
    )
    return [action for action in listed or () if isinstance(action, lsp.CodeAction)]


@pytest.mark.parametrize(
    ("old", "new", "mended"),
    [
        ("tier = Gold", "tier == Gold", "tier = Gold"),
        ("twice > 9", "twise > 9", "twice > 9"),
        ("otherwise", "otherwize", "otherwise"),
        ("on Web {\n  zone", "on Wep {\n  zone", "on Web {\n  zone"),
        ("Rich, Treated", "Rich, Treted", "Rich, Treated"),
        ("tier: Tier", "tier: Teir", "tier: Tier"),
        ('"x"', "'x'", '"x"'),
        ("age > 3", "profile.agee > 3", "profile.age > 3"),
        ("tier = Gold", "tier = Golf", "tier = Gold"),
        ("tier = Gold", "twise = null", "twise is null"),
        ("{balance}", "{balence}", "{balance}"),
    ],
)
def test_a_sure_mistake_is_mended_at_a_key(
    start: Start, tmp_path: Path, old: str, new: str, mended: str
) -> None:
    editor, path = start(tmp_path), tmp_path / "a.interact"
    text = PROGRAM.replace(old, new, 1)
    (action,) = [a for a in actions(editor, path, text) if a.is_preferred]
    assert action.diagnostics
    assert action.edit is not None
    result = edited(text, list((action.edit.changes or {})[uri_of(path)]))
    assert result == PROGRAM.replace(old, mended, 1)


def test_what_is_not_sure_is_not_proposed(start: Start, tmp_path: Path) -> None:
    editor, path = start(tmp_path), tmp_path / "a.interact"
    text = PROGRAM.replace("twice > 9", 'nothing_like_it > "a"', 1)
    assert actions(editor, path, text) == []


def test_a_finding_of_a_lint_is_allowed_in_its_place(start: Start, tmp_path: Path) -> None:
    editor, path = start(tmp_path), tmp_path / "a.interact"
    text = PROGRAM.replace("offers Both", "offer Spare {}\noffers Both")
    assert codes(editor.open(path, text)) == ["W0404"]
    (action,) = actions(editor, path, text)
    assert action.title == "Allow W0404 here"
    assert action.edit is not None
    result = edited(text, list((action.edit.changes or {})[uri_of(path)]))
    assert editor.change(path, result) == []
    assert place(result, "# allow(W0404)")
