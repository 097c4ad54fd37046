"""What an editor is told of mistakes, while they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from tests.runtime.editor.client import Editor, codes, uri_of
from tests.runtime.editor.conftest import copied

from interact.runtime.editor.lines import Lines
from interact.runtime.editor.sources import sources_within

Start = Callable[[Path], Editor]


@contextmanager
def alone(folder: Path | None, encodings: list[str] | None = None) -> Iterator[Editor]:
    """A server of its own."""
    editor = Editor(folder, encodings)
    yield editor
    assert editor.close() == 0


def test_mistakes_come_and_go_with_what_is_typed(start: Start, bank: Path) -> None:
    editor = start(bank)
    cards = bank / "strategies" / "cards.interact"
    right = cards.read_text()
    assert editor.open(cards) == []
    (found,) = editor.change(cards, right.replace("strategy", "stratgy", 1))
    assert found.severity is lsp.DiagnosticSeverity.Error
    assert "stratgy" in found.message
    (found,) = editor.change(cards, right.replace("GoldCard", "GoldCrad", 1))
    assert found.code == "E0203"
    assert found.source == "interact"
    assert "help: did you mean `GoldCard`?" in found.message
    assert editor.change(cards, right) == []


def test_a_mistake_in_one_file_shows_in_another_that_is_not_open(start: Start, bank: Path) -> None:
    editor = start(bank)
    audience = bank / "audience.interact"
    editor.open(audience)
    editor.change(audience, audience.read_text().replace("credit_score:", "credit_points:"))
    uri = uri_of(bank / "flowcharts" / "value.interact")
    assert "E0201" in codes(editor.found[uri])
    assert editor.change(audience, audience.read_text()) == []
    editor.until(lambda: editor.found[uri] == [])


def test_what_is_wrong_elsewhere_stays_while_a_file_is_half_written(
    start: Start, bank: Path
) -> None:
    editor = start(bank)
    cards, value = bank / "strategies" / "cards.interact", bank / "flowcharts" / "value.interact"
    editor.open(value, value.read_text().replace("balance", "balence", 1))
    assert codes(editor.open(cards)) == []
    assert codes(editor.found[uri_of(value)]) == ["E0201"]
    assert editor.change(cards, cards.read_text() + "strategy {") != []
    assert codes(editor.found[uri_of(value)]) == ["E0201"]
    assert editor.change(cards, cards.read_text()) == []
    assert editor.change(value, value.read_text()) == []


def test_a_file_that_is_typed_from_its_first_letter_to_its_last(start: Start, bank: Path) -> None:
    editor, path = start(bank), bank / "strategies" / "cards.interact"
    text = path.read_text()
    editor.open(path, "")
    for end in range(0, len(text), 97):
        editor.change(path, text[:end])
    assert editor.change(path, text) == []
    editor.until(lambda: not any(editor.found.values()))


def test_a_folder_within_a_project_is_enough(start: Start, bank: Path) -> None:
    editor = start(bank / "strategies")
    assert editor.open(bank / "strategies" / "cards.interact") == []


def test_edits_of_a_few_characters_add_up(start: Start, tmp_path: Path) -> None:
    editor, path = start(tmp_path), tmp_path / "a.interact"
    text = 'audience Ä { key ü: int }\r\noffer X { code "😀😀" }\r\nconstant z = 1\r\n'
    editor.open(path, text)
    edits = [
        ((1, 20), (1, 20), "é"),  # behind the second emoji
        ((1, 16), (1, 18), ""),  # the first one
        ((2, 13), (3, 0), "2 oops\n"),
        ((2, 15), (2, 19), ""),
        ((2, 9), (2, 10), "y"),
    ]
    for (line, column), (to_line, to_column), new in edits:
        at = lsp.Range(lsp.Position(line, column), lsp.Position(to_line, to_column))
        editor.type(path, new, at=at)
    found = editor.diagnostics(path)
    assert codes([d for d in found if d.severity == lsp.DiagnosticSeverity.Error]) == []
    assert any("`y`" in d.message for d in found)
    editor.type(path, "\x00", at=lsp.Range(lsp.Position(9, 0), lsp.Position(9, 0)))
    (found_last,) = [d for d in editor.diagnostics(path) if d.code == "E0107"]
    assert found_last.range.start.line == 3


def test_a_closed_buffer_counts_as_it_is_saved(start: Start, bank: Path) -> None:
    editor = start(bank)
    audience, channel = bank / "audience.interact", bank / "channel.interact"
    editor.open(channel)
    editor.open(audience, "audience Nobody { key id: int }")
    assert codes(editor.change(channel, channel.read_text())) == ["E0203"]
    editor.shut(audience)
    editor.until(lambda: editor.found[uri_of(channel)] == [])


def test_related_places_lead_to_other_files(start: Start, bank: Path) -> None:
    editor = start(bank)
    new = bank / "zones.interact"
    (found,) = editor.open(new, 'offer GoldCard "Another" { code "X" }\n')
    assert found.code == "E0204"
    (related,) = found.related_information or ()
    assert related.location.uri == uri_of(bank / "offers" / "cards.interact")


def test_lints_have_a_level_a_page_and_fade_what_is_not_used(start: Start, bank: Path) -> None:
    editor = start(bank)
    (found,) = editor.open(bank / "zones.interact", 'offer Spare "Spare" { code "SPARE" }\n')
    assert (found.code, found.severity) == ("W0404", lsp.DiagnosticSeverity.Warning)
    assert list(found.tags or ()) == [lsp.DiagnosticTag.Unnecessary]
    assert found.code_description is not None
    assert found.code_description.href.endswith("docs/lints/W0404-unused-offer.md")


def test_files_without_a_folder_are_checked_too(tmp_path: Path) -> None:
    with alone(None) as editor:
        path = tmp_path / "alone.interact"
        assert codes(editor.open(path, "audience A { key id: int }\noffer X {")) == ["E0104"]
        uri = "untitled:Untitled-1"
        editor.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "interact", 1, "offer X {"))
        )
        editor.until(lambda: uri in editor.found)
        assert len(editor.found[uri]) == 1


def test_imported_files_belong_to_who_imports_them(start: Start, tmp_path: Path) -> None:
    hotel = copied("hotel_group", tmp_path)
    editor = start(tmp_path)
    brand = hotel / "shared" / "brand.interact"
    text = brand.read_text()
    assert editor.open(brand) == []
    editor.change(brand, text.replace("constant ", "constant not_", 1))
    editor.until(lambda: any(found for uri, found in editor.found.items() if "reception" in uri))
    assert editor.change(brand, text) == []
    editor.until(lambda: not any(editor.found.values()))


def test_a_file_that_is_no_text_is_told_of(start: Start, bank: Path) -> None:
    (bank / "odd.interact").write_bytes(b"offer \xff {}")
    editor = start(bank)
    editor.open(bank / "channel.interact")
    (found,) = editor.found[uri_of(bank / "odd.interact")]
    assert "is not UTF-8" in found.message


def test_places_are_counted_in_the_units_of_the_editor(start: Start, tmp_path: Path) -> None:
    text = 'audience Ä { key ü: int }\r\noffer X { code "😀😀" oops }\r\n'
    path = tmp_path / "a.interact"
    (found,) = start(tmp_path).open(path, text)
    assert found.range == lsp.Range(lsp.Position(1, 22), lsp.Position(1, 26))
    with alone(tmp_path, ["utf-8"]) as editor:
        (found,) = editor.open(path, text)
        assert found.range == lsp.Range(lsp.Position(1, 26), lsp.Position(1, 30))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_each_character_has_a_place_of_its_own(encoding: str) -> None:
    text = "aä😀\r\n\r\nb\u2028c\rd\n"
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(lines.position(offset)) == offset
    assert [lines.position(text.index(c)).line for c in "abcd"] == [0, 2, 2, 3]
    assert lines.offset(lsp.Position(0, 99)) == 3
    assert lines.offset(lsp.Position(99, 0)) == len(text)


def test_files_that_come_and_go_outside_the_editor_are_noticed(start: Start, bank: Path) -> None:
    editor = start(bank)
    channel, other = bank / "channel.interact", bank / "zz.interact"
    editor.open(channel)
    changed = lsp.DidChangeWatchedFilesParams([])
    other.write_text("offer GoldCard {}\n")
    editor.client.workspace_did_change_watched_files(changed)
    editor.until(lambda: codes(editor.found.get(uri_of(other), [])) == ["E0204"])
    other.unlink()
    editor.client.workspace_did_change_watched_files(changed)
    editor.until(lambda: editor.found[uri_of(other)] == [])


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    for folder in ("a", "node_modules/b", ".hidden", "c/d"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.interact").touch()
    found = [Path(p).relative_to(tmp_path).parent.as_posix() for p in sources_within(str(tmp_path))]
    assert found == ["a", "c/d"]
