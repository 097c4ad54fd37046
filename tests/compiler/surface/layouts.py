"""Texts with the tokens of others in a random layout, with comments and separators."""

from __future__ import annotations

import random
import re

from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.tables import load_tables

_COMMENT = re.compile(r"#[^\r\n]*")
_GAPS = (" ", " ", " ", "  ", "\t", "\n", "\r\n", "\r", "\n\n", "\n \n\n\n  ")
_COMMENTS = (
    " # {}\n",
    "# {}\n",
    "\n#{}\n",
    "\n\n  # {}  \n\n",
    "# {}\r\n# {}\n\n#\n",
    "\t## {} #\r",
)


def scrambled(text: str, seed: int) -> str:
    """Return the tokens of ``text`` with other gaps, and separators behind some of the items.

    ``text`` is canonical, so that its lines end where items do.
    """
    chance = random.Random(seed)
    gaps, comments = chance.random() ** 3, chance.random() ** 3
    parts: list[str] = []
    end = 0
    for token in tokenize(text, load_tables()).tokens:
        between = text[end : token.start]
        ends_item = "\n" in between and parts and parts[-1] not in ("{", ";") and "\n " in between
        if ends_item and chance.random() < 0.2:
            parts += [_gap(chance, gaps, comments, ""), ";"]
        if parts and parts[-1] == token.text == "-":
            between = between or " "  # a blank behind two of them makes them a comment of SQL
        parts += [_gap(chance, gaps, comments, between), token.text]
        end = token.end
    return "".join(parts)


def _gap(chance: random.Random, gaps: float, comments: float, otherwise: str) -> str:
    if chance.random() < comments:
        return chance.choice(_COMMENTS).replace("{}", f"c{chance.randrange(1000)}")
    if chance.random() < gaps:
        return chance.choice(_GAPS)
    return otherwise


def comments_of(text: str) -> list[str]:
    """Return all comments in their order."""
    found: list[str] = []
    end = 0
    for token in tokenize(text, load_tables()).tokens:
        found += (comment.rstrip() for comment in _COMMENT.findall(text[end : token.start]))
        end = token.end
    return found


def words_of(text: str) -> list[str]:
    """Return all tokens but separators, sorted."""
    tokens = tokenize(text, load_tables()).tokens
    return sorted(token.text for token in tokens if token.kind not in ("COMMA", "SEMICOLON"))
