"""Whatever the text, the parser returns a tree or diagnostics, and soon."""

import random
import re
import time
from pathlib import Path

import pytest

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text, to_json
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Module
from interact.compiler.surface.from_source import parse_expression, parse_module
from interact.compiler.surface.print import print_module

GOLDEN = Path(__file__).parents[2] / "golden"
SEED = 20_260_101
MUTANTS = 10_000
MOST_SECONDS = 1.0
PIECES = [
    *"{}()=<>!,;:.?%\"'\\#/*+-&|@$_\n\t\0é",
    *(
        " when ",
        " zone ",
        " for ",
        " score ",
        " not ",
        " if ",
        " null ",
        "\noffer A {",
        "2026-01-01",
    ),
    *(" 1_0 ", "1.", '"a', "\\u{", "\n}", " days ", "//", "/*", "==", "\u2028", "\ufeff", "“"),
]


def golden_sources() -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*/*.md"))]
    return [
        source
        for text in texts
        for source in re.findall(r"^```interact\n(.*?)^```$", text, re.M | re.S)
    ]


def mutate(text: str, chance: random.Random) -> str:
    """Return ``text`` with one to three deletions, doublings, swaps, insertions or cuts."""
    for _ in range(chance.randint(1, 3)):
        a, b, c, d = sorted(chance.randint(0, len(text)) for _ in range(4))
        b = min(b, a + chance.choice((1, 1, 2, 8, 80)))
        match chance.randrange(6):
            case 0:
                text = text[:a] + text[b:]
            case 1:
                text = text[:b] + text[a:]
            case 2:
                text = text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
            case 3:
                text = text[:a] + chance.choice(PIECES) + text[a:]
            case 4:
                text = text[:d]
            case _:
                words = re.split(r"(\s+)", text)
                place = chance.randrange(len(words))
                words[place] = chance.choice(words)
                text = "".join(words)
    return text


def check(text: str) -> float:
    """Parse ``text``, check what comes out, and return the seconds that parsing took."""
    source, sink = SourceFile("m", text), Sink()
    start = time.process_time()
    module = parse_module(source, sink)
    seconds = time.process_time() - start
    assert isinstance(module, Module)
    for found in sink.diagnostics:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert to_json(found, {"m": source})["line"]
    assert render_text(sink.diagnostics, {"m": source}).count("\n --> ") <= len(sink.diagnostics)
    if not sink.diagnostics:
        assert parse_module(SourceFile("m", print_module(module)), Sink()) == module
    return seconds


def test_mutants() -> None:
    chance, sources = random.Random(SEED), golden_sources()
    slow = [
        text
        for text in (mutate(chance.choice(sources), chance) for _ in range(MUTANTS))
        if check(text) > MOST_SECONDS
    ]
    assert slow == []


HEAD = "flowchart F on W {\n  let a = "
HOSTILE = {
    "chain": HEAD + "a + " * 10_000 + "a }",
    "or": HEAD + " or ".join(["x = 1"] * 5_000) + "}",
    "parentheses": HEAD + "(" * 40_000,
    "closed parentheses": HEAD + "(" * 5_000 + "x" + ")" * 5_000 + "}",
    "not": HEAD + "not " * 10_000,
    "minus": HEAD + "-" * 40_000 + "x }",
    "if": HEAD + "if a then " * 5_000,
    "else": HEAD + "if a then b else " * 3_000,
    "calls": HEAD + "f(" * 20_000,
    "arguments": HEAD + "f(" + "1, " * 10_000 + "1) }",
    "braces": "{" * 50_000,
    "closing braces": "}" * 50_000,
    "quotes": '"' * 50_000,
    "quotes on lines": '"\n' * 25_000,
    "apostrophes": "'" * 50_000,
    "comments": "/*" * 25_000,
    "at": "@" * 40_000,
    "nul": "\0" * 40_000,
    "names": "x\n" * 25_000,
    "offers": "offer A {\n" * 5_000,
    "zones": "strategy S on W {\n" + "zone A {\n" * 5_000,
    "misspelt": "strategy S on W {\nzone A {\n" + "A scroe 1\n" * 5_000,
    "misspelt on a line": "strategy S on W { zone A { " + "A scroe 1; " * 5_000,
    "long line": "strategy S on W {" + " zone A { B }" * 4_000 + " zone C {\n" + "x = 1\n" * 4_000,
    "long name": "offer " + "x" * 50_000,
    "long number": HEAD + "1" * 50_000 + "}",
    "long fraction": HEAD + "1" * 50_000 + ".5e99999999 }",
    "escapes": 'offer A "' + "\\u{" * 15_000 + '"',
    "words": "zone point for when score live " * 2_000,
    "spaces": " \t" * 25_000 + "#" * 25_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    assert check(HOSTILE[name]) < MOST_SECONDS
    parse_expression(SourceFile("m", HOSTILE[name]), Sink())


def test_a_realistic_project_is_read_in_no_time() -> None:
    rule = "      Gold score 40 + 20 * affinity when credit >= 650 and age between 18 and 30\n"
    text = "strategy S on W {\n  zone Z {\n    for A {\n" + rule * 1_500 + "    }\n  }\n}\n"
    assert check(text) < MOST_SECONDS
