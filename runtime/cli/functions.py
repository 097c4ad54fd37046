"""``interact functions``: what expressions can call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interact.runtime.reference import Entry


@click.command("functions")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(name: str | None, as_json: bool) -> int:
    """List all functions, operators and forms, or explain NAME with examples."""
    from interact.runtime.cli.findings import print_json
    from interact.runtime.reference import entries

    found = list(entries())
    if name is not None:
        found = _named(name, found)
    if as_json:
        print_json([asdict(entry) for entry in found])
    else:
        click.echo("\n".join(_listed(found) if name is None else _explained(found)))
    return 0


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
    from interact.runtime.reference import plain
    from interact.stdlib.aggregate import AGGREGATES

    for entry in entries:
        yield from entry.usage
        yield f"\n{plain(entry.doc)}\n"
        is_fold = entry.name in AGGREGATES  # whose examples tell what they find
        rows = [
            (f"  {expression}", result if is_fold else f"= {result}")
            for expression, result in entry.examples
        ]
        yield from columns(rows, "<<")


def _first_sentence(doc: str) -> str:
    from interact.runtime.reference import plain

    return plain(doc).split(". ")[0].rstrip(".")
