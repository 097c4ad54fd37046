"""The reference of built-ins as Markdown, made from their declarations.

``python -m interact.stdlib.reference > docs/functions.md`` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.builtin import Builtin, Overload
from interact.stdlib.form import FORMS
from interact.stdlib.types import Kind
from interact.stdlib.universe import UNIVERSE

_HEAD = """\
# Functions and operators

This page is made from the declarations in `stdlib/`; `tests/stdlib` checks that it is current and
that its examples hold.

**Null.** A function or operator is null when any argument is null, unless its row says otherwise,
and when it has no result: nothing that data can hold stops a run. A float result that is not
finite is null. An int or decimal result outside 64 bits is null.

**Types.** `T` stands for one type throughout a signature. An int is accepted where a decimal or a
float is, a decimal where a float is, a date where a timestamp is. Decimals of different places are
brought to the most places before they meet; a decimal result has the places of its arguments, a
product the sum of them.
"""
_SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "like": "like"}
_TITLES = {
    "operators": "Operators",
    "numbers": "Numbers",
    "text": "Text",
    "dates": "Dates and times",
    "durations": "Durations",
    "conversions": "Conversions",
}


def functions_markdown() -> str:
    """Return the whole page."""
    parts = [_HEAD, *_builtin_sections(), _aggregate_section(), _form_section()]
    return "\n".join(parts)


def _builtin_sections() -> Iterator[str]:
    for group, title in _TITLES.items():
        rows = [
            (_signatures(b), _prose(b.doc), _examples(b.examples))
            for b in UNIVERSE.values()
            if b.group == group
        ]
        yield _table(title, ("Signature", "What it does", "Examples"), rows)


def _aggregate_section() -> str:
    rows = [
        (
            f"`{a.usage.replace(' or ', '`<br>`')}`",
            a.doc,
            "<br>".join(f"`{e}` {r}" for e, r in a.examples),
        )
        for a in AGGREGATES.values()
    ]
    table = _table("Aggregates over rows", ("Usage", "What it does", "Examples"), rows)
    return f"{table}\nElements that are null are skipped, but by `all`.\n"


def _form_section() -> str:
    rows = [
        (f"`{f.syntax}`", f.doc, "<br>".join(f"`{e}` → {_result(r)}" for e, r in f.examples))
        for f in FORMS
    ]
    return _table("Forms", ("Syntax", "What it does", "Examples"), rows)


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {title}\n\n{body}\n"


def _examples(examples: Iterable[tuple[str, str]]) -> str:
    return "<br>".join(f"`{expression}` → `{result}`" for expression, result in examples)


def _prose(doc: str) -> str:
    return " ".join(doc.replace("``", "`").split())


def _result(written: str) -> str:
    return written if " " in written else f"`{written}`"


def _signatures(builtin: Builtin) -> str:
    names = groupby(builtin.overloads, lambda o: tuple(p.name for p in o.arguments))
    lines = [line for _, same in names for line in _lines(builtin, list(same))]
    return "<br>".join(lines)


def _lines(builtin: Builtin, overloads: list[Overload]) -> list[str]:
    """Return one line with a type variable where the kinds vary alike, else one per overload."""
    columns = list(zip(*(_kinds(o) for o in overloads), strict=True))
    varying = {c for c in columns if len(set(c)) > 1}
    if len(varying) > 1:
        return [f"`{_signature(builtin, o, [str(k) for k in _kinds(o)])}`" for o in overloads]
    shown = ["T" if c in varying else str(c[0]) for c in columns]
    line = f"`{_signature(builtin, overloads[0], shown)}`"
    kinds = ", ".join(dict.fromkeys(str(k) for c in varying for k in c))
    return [f"{line} with T: {kinds}" if kinds else line]


def _kinds(overload: Overload) -> tuple[Kind, ...]:
    return (*(p.kind for p in overload.arguments), overload.result)


def _signature(builtin: Builtin, overload: Overload, shown: list[str]) -> str:
    *kinds, result = shown
    if builtin.name == "neg":
        return f"-{kinds[0]} -> {result}"
    if builtin.is_operator:
        return f"{kinds[0]} {_SYMBOLS[builtin.name]} {kinds[1]} -> {result}"
    params = [f"{p.name}: {k}" for p, k in zip(overload.arguments, kinds, strict=True)]
    more = ", …" if overload.variadic else ""
    return f"{builtin.name}({', '.join(params)}{more}) -> {result}"


if __name__ == "__main__":
    sys.stdout.write(functions_markdown())
