"""Formatting and the outline of a file, over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from tests.runtime.editor.client import Editor, uri_of
from tests.runtime.editor.conftest import EXAMPLES

from interact.compiler.source import SourceFile
from interact.compiler.surface.from_source import parse_file
from interact.compiler.surface.outline import outline, walk
from interact.runtime.editor.colours import TYPES
from interact.runtime.editor.lines import Lines

Start = Callable[[Path], Editor]


def edited(text: str, edits: Sequence[lsp.TextEdit]) -> str:
    """Return a text after edits, as an editor does them: from the last one on."""
    lines = Lines(text)
    for edit in reversed(edits):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


def formatted(editor: Editor, path: Path, text: str) -> str | None:
    editor.open(path, text)
    found = editor.wait(
        editor.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(
                lsp.TextDocumentIdentifier(uri_of(path)), lsp.FormattingOptions(2, True)
            )
        )
    )
    editor.shut(path)
    return None if found is None else edited(text, found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('offer A{code"A"}', 'offer A { code "A" }\n'),
        ('offer A{code"😀"}\r\noffer  B{}\r\n', 'offer A { code "😀" }\r\noffer B {}\r\n'),
        ("offer A {}\n\n\n", "offer A {}\n"),
        ("offer A {}\n", "offer A {}\n"),
        ("# a\u2028b\noffer A{}", "# a\u2028b\noffer A {}\n"),
        ("offer A {", None),
    ],
)
def test_a_text_is_made_canonical(
    start: Start, tmp_path: Path, text: str, wanted: str | None
) -> None:
    assert formatted(start(tmp_path), tmp_path / "a.interact", text) == wanted


def test_only_lines_that_differ_are_touched(start: Start, bank: Path) -> None:
    editor, path = start(bank), bank / "channel.interact"
    lines = path.read_text().splitlines(keepends=True)
    lines[2] = f"   {lines[2]}"
    assert formatted(editor, path, "".join(lines)) == path.read_text()


def flat(symbols: Sequence[lsp.DocumentSymbol], depth: int = 0) -> Iterator[str]:
    for symbol in symbols:
        yield f"{'  ' * depth}{symbol.detail} {symbol.name}"
        yield from flat(symbol.children or (), depth + 1)


def test_the_outline_has_what_is_declared(start: Start, tmp_path: Path) -> None:
    editor = start(tmp_path)
    text = """\
constant Least = 3
audience A { key id: int  profile { x: int }  rows: many { y: text } }
offer O "An offer" { attributes { fee: int = 3 } }
channel C for A { zone Z { point p }  event seen(what: text) }
flowchart F on C { let d = x * 2  decision s { Rich when d > 3  Poor otherwise } }
"""
    path = tmp_path / "a.interact"
    editor.open(path, text)
    found = editor.wait(
        editor.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(uri_of(path)))
        )
    )
    assert (
        "\n".join(flat(found or ()))
        == """\
constant Least
audience A
  key id
  attribute x
  rows rows
    field y
offer O
  offer attribute fee
channel C
  zone Z
    point p
  event seen
    parameter what
flowchart F
  derived field d
  decision s
    segment Rich
    segment Poor"""
    )


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.interact")), ids=lambda p: p.stem)
def test_every_name_of_the_outline_stands_where_it_says(path: Path) -> None:
    text = path.read_text()
    symbols = list(walk(outline(parse_file(SourceFile(str(path), text)).module)))
    assert symbols
    for symbol in symbols:
        place = symbol.name.span
        assert text[place.start : place.end].strip('"') == symbol.name.text
        assert symbol.span.start <= place.start <= place.end <= symbol.span.end


def test_names_have_the_colour_of_what_they_are(start: Start, tmp_path: Path) -> None:
    editor, path = start(tmp_path), tmp_path / "a.interact"
    text = """\
audience A { key id: int  profile { when_: int  take: int } }
offer O { attributes { fee: int = 3 } }
channel C for A { zone Z { point p } }
strategy S on C { zone Z { O  score take  when when_ > 3 } }
"""
    editor.open(path, text)
    found = editor.wait(
        editor.client.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(lsp.TextDocumentIdentifier(uri_of(path)))
        )
    )
    assert found is not None
    lines, line, column, told = text.splitlines(), 0, 0, []
    for i in range(0, len(found.data), 5):
        down, right, length, kind, _ = found.data[i : i + 5]
        line, column = line + down, right if down else column + right
        told.append(f"{TYPES[kind]} {lines[line][column : column + length]}")
    assert told[:4] == ["class A", "property id", "property when_", "property take"]
    assert told[-6:] == [
        *("type S", "namespace C", "namespace Z", "type O", "property take", "property when_")
    ]
