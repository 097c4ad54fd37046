"""``interact functions``: what expressions can call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interact.stdlib.builtin import Builtin, Overload

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "neg": "-", "like": "like"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A function, operator, fold or form, as it is shown."""

    name: str
    group: str
    usage: tuple[str, ...]
    doc: str
    examples: tuple[tuple[str, str], ...]


@click.command("functions")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(name: str | None, as_json: bool) -> int:
    """List all functions, operators and forms, or explain NAME with examples."""
    from interact.runtime.cli.findings import print_json

    entries = list(_entries())
    if name is not None:
        entries = _named(name, entries)
    if as_json:
        print_json([asdict(entry) for entry in entries])
    else:
        click.echo("\n".join(_listed(entries) if name is None else _explained(entries)))
    return 0


def _entries() -> Iterator[Entry]:
    from interact.stdlib.aggregate import AGGREGATES
    from interact.stdlib.form import FORMS
    from interact.stdlib.universe import UNIVERSE

    for b in (b for b in UNIVERSE.values() if not b.is_internal):
        usage = tuple(f"{_usage(b, o)} -> {o.result}" for o in b.overloads)
        yield Entry(SIGNS.get(b.name, b.name), b.group, usage, b.doc, b.examples)
    for a in AGGREGATES.values():
        yield Entry(a.name, "folds over rows", tuple(a.usage.split(" or ")), a.doc, a.examples)
    for f in FORMS:
        yield Entry(f.name, "forms", (f.syntax,), f.doc, f.examples)


def _usage(builtin: Builtin, overload: Overload) -> str:
    """Return how an overload is written: operators with their sign, the others as a call."""
    kinds = [str(p.kind) for p in overload.arguments]
    sign = SIGNS.get(builtin.name)
    if sign is not None:
        return " ".join([*kinds[:-1], sign, kinds[-1]])
    dots = ", …" if builtin.variadic else ""
    return f"{builtin.name}({', '.join(map(str, overload.arguments))}{dots})"


def _named(name: str, entries: list[Entry]) -> list[Entry]:
    from interact.compiler.core.calls import SYNONYMS
    from interact.compiler.diagnostics.suggest import nearest
    from interact.runtime.errors import UsageError

    found = [e for e in entries if e.name == name]
    if not found:
        known = [e.name for e in entries]
        synonym = SYNONYMS.get(name.lower())
        near = synonym if synonym in known else nearest(name, known)
        advice = f"did you mean {near}?" if near else "interact functions lists all"
        raise UsageError(f"no function {name}", help=advice)
    return found


def _listed(entries: list[Entry]) -> Iterator[str]:
    from interact.runtime.cli.wording import columns

    for group in dict.fromkeys(e.group for e in entries):
        rows = [(e.name, _first_sentence(e.doc)) for e in entries if e.group == group]
        yield f"{group}:"
        yield from (f"  {line}" for line in columns(rows, "<<"))
        yield ""
    yield "interact functions NAME shows one with examples"


def _explained(entries: list[Entry]) -> Iterator[str]:
    from interact.runtime.cli.wording import columns
    from interact.stdlib.aggregate import AGGREGATES

    for entry in entries:
        yield from entry.usage
        yield f"\n{_plain(entry.doc)}\n"
        is_fold = entry.name in AGGREGATES  # whose examples tell what they find
        rows = [
            (f"  {expression}", result if is_fold else f"= {result}")
            for expression, result in entry.examples
        ]
        yield from columns(rows, "<<")


def _plain(doc: str) -> str:
    return " ".join(doc.replace("``", "`").split())


def _first_sentence(doc: str) -> str:
    return _plain(doc).split(". ")[0].rstrip(".")
