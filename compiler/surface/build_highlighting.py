"""Make the files by which editors colour sources, from the words of the language.

``python -m interact.compiler.surface.build_highlighting`` writes them: the grammar of TextMate, the
copy of it in the extension of VS Code, and the syntax file of Vim. Run it in a checkout when the
grammar or the functions change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import interact.grammar
from interact.compiler.surface.tables import Tables, load_tables
from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.form import FORMS
from interact.stdlib.types import Kind
from interact.stdlib.universe import UNIVERSE

_ROOT = Path(interact.grammar.__file__).resolve().parents[1]
SCOPE = "source.interact"
_OPERATORS = ("and", "or", "not", "in", "is", "like", "between", "distinct")
_CHOICES = ("if", "then", "else", "when", "where", "otherwise")
_CONSTANTS = ("true", "false", "null")
_CLOCKS = ("today", "now", "marketer_score")
_NUMBERS = {
    "TIMESTAMP": "constant.other.timestamp",
    "DATE": "constant.other.date",
    "DURATION": "constant.numeric.duration",
    "FRACTION": "constant.numeric.decimal",
    "INT": "constant.numeric.integer",
}


def highlighting() -> dict[str, Any]:
    """Return the grammar in the notation of TextMate."""
    tables = load_tables()
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Interact",
        "scopeName": SCOPE,
        "fileTypes": ["interact"],
        "patterns": [{"include": "#comment"}, {"include": "#text"}, {"include": "#code"}],
        "repository": {
            "comment": _match("comment.line.number-sign", r"#[^\r\n]*"),
            "text": {
                "name": "string.quoted.double.interact",
                "begin": '"',
                "end": '"|$',
                "patterns": [
                    _match("constant.character.escape", r"\\.|\{\{|\}\}"),
                    {
                        "name": "meta.embedded.interact",
                        "begin": r"\{",
                        "end": r"\}|(?=\")|$",
                        "patterns": [{"include": "#code"}],
                    },
                ],
            },
            "code": {"patterns": _code(tables)},
        },
    }


def _words(tables: Tables) -> dict[str, set[str]]:
    """Return the words of the language by what they do."""
    first = tables.first["declaration"]
    special = {*_OPERATORS, *_CHOICES, *_CONSTANTS}
    declaring = {w for w, terminal in tables.words.items() if terminal in first} - special
    kinds = {k.value for k in Kind if k not in (Kind.ENUM, Kind.NULL, Kind.FRACTION, Kind.ERROR)}
    builtins = (b.name for b in UNIVERSE.values() if not b.is_operator)
    called = {n for n in (*builtins, *AGGREGATES, *(f.name for f in FORMS)) if n.isidentifier()}
    return {
        "declaring": declaring,
        "others": set(tables.words) - special,
        "types": {*kinds, "many"},
        "functions": called - set(tables.words) | set(AGGREGATES),
    }


def _code(tables: Tables) -> list[dict[str, Any]]:
    """Return the patterns of what is neither comment nor text, the first that fits counts."""
    words = _words(tables)
    return [
        *(
            _match(scope, rf"(?<!\w)(?:{_plain(tables.patterns[kind])})")
            for kind, scope in _NUMBERS.items()
        ),
        _declaration(words["declaring"]),
        _match("storage.type", r"\bdecimal(?=\()"),
        _match("support.function", rf"{_any_of(words['functions'])}(?=\s*\()"),
        _match("entity.name.function", r"\b[^\W\d_]\w*(?=\()"),
        _match("variable.other.member", r"(?<=\.)[^\W\d_]\w*"),
        _match("variable.other.property", r"\b[^\W\d_]\w*(?=\s*:(?!\s*many))"),
        _match("storage.type", _any_of(words["types"])),
        _match("keyword.operator.word", _any_of(_OPERATORS)),
        _match("keyword.control", _any_of(_CHOICES)),
        _match("constant.language", _any_of((*_CONSTANTS, *_CLOCKS))),
        _match("keyword.other", _any_of(words["others"])),
        _match("keyword.operator", r"->|!=|<=|>=|[-+*/%=<>|]"),
        _match("variable.other", r"\b[^\W\d_]\w*"),
    ]


def _declaration(words: Iterable[str]) -> dict[str, Any]:
    """Return the pattern of a word that begins a declaration, and of the name behind it."""
    return {
        "match": rf"^(\s*){_any_of(words)}(?:\s+([^\W\d_]\w*))?",
        "captures": {
            "2": {"name": "keyword.declaration.interact"},
            "3": {"name": "entity.name.type.interact"},
        },
    }


def _match(scope: str, pattern: str) -> dict[str, Any]:
    return {"name": f"{scope}.interact", "match": pattern}


def _any_of(words: Iterable[str]) -> str:
    return rf"\b({'|'.join(sorted(words))})\b"


def _plain(pattern: str) -> str:
    """Return a pattern without what only some engines know: quantifiers that never give back."""
    return re.sub(r"([+*?}])\+", r"\1", pattern)


def highlighting_text() -> str:
    return json.dumps(highlighting(), indent=2, ensure_ascii=False) + "\n"


_VIM = """\
" Made by python -m interact.compiler.surface.build_highlighting.
if exists("b:current_syntax")
  finish
endif
syntax match interactName "\\<\\h\\w*\\>"
{keywords}
syntax match interactCall "\\<\\%({functions}\\)\\ze\\s*("
syntax match interactNumber "\\<\\d[0-9_]*\\%(\\.\\d\\+\\)\\=\\>"
syntax match interactDate "\\<\\d\\{{4}}-\\d\\d-\\d\\d\\%(T[0-9:.+-]*Z\\=\\)\\="
syntax match interactMember "\\.\\@<=\\h\\w*"
syntax match interactProperty "\\<\\h\\w*\\ze\\s*:"
syntax region interactHole matchgroup=Special start="{{" end="}}" contained contains=interactCall
syntax region interactText start=+"+ skip=+\\\\.+ end=+"+ oneline contains=interactHole
syntax match interactComment "#.*"
highlight default link interactDeclaration Structure
highlight default link interactKeyword Statement
highlight default link interactChoice Conditional
highlight default link interactOperator Operator
highlight default link interactConstant Constant
highlight default link interactType Type
highlight default link interactCall Function
highlight default link interactNumber Number
highlight default link interactDate Number
highlight default link interactProperty Identifier
highlight default link interactText String
highlight default link interactComment Comment
setlocal commentstring=#\\ %s
let b:current_syntax = "interact"
"""


def vim_text() -> str:
    """Return the syntax file of Vim."""
    words = _words(load_tables())
    groups = {
        "Declaration": words["declaring"],
        "Keyword": words["others"] - words["declaring"] - set(AGGREGATES),
        "Choice": _CHOICES,
        "Operator": _OPERATORS,
        "Constant": (*_CONSTANTS, *_CLOCKS),
        "Type": words["types"],
    }
    keywords = "\n".join(
        f"syntax keyword interact{name} {' '.join(sorted(listed))}"
        for name, listed in groups.items()
    )
    return _VIM.format(keywords=keywords, functions="\\|".join(sorted(words["functions"])))


def files() -> dict[str, str]:
    """Return all files by their places in the checkout."""
    return {
        "grammar/interact.tmLanguage.json": highlighting_text(),
        "examples/editors/vscode/interact.tmLanguage.json": highlighting_text(),
        "examples/editors/vim/syntax/interact.vim": vim_text(),
    }


if __name__ == "__main__":
    for name, text in files().items():
        (_ROOT / name).write_text(text, encoding="utf-8")
