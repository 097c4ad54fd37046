"""``interact lints``: what the lints of ``interact check`` look for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interact.compiler.lints.lint import Lint


@click.command("lints")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(code: str | None, as_json: bool) -> int:
    """List all lints, or explain CODE with an example."""
    from interact.compiler.lints.catalogue import LINTS
    from interact.runtime.cli.findings import print_json

    lints = list(LINTS.values()) if code is None else [_named(code)]
    if as_json:
        print_json([_plain(lint) for lint in lints])
    else:
        click.echo("\n".join(_listed(lints) if code is None else _explained(lints[0])))
    return 0


def _named(code: str) -> Lint:
    """Return the lint of a code or a name.

    Raises:
        UsageError: There is none.
    """
    from interact.compiler.diagnostics.suggest import nearest
    from interact.compiler.lints.catalogue import LINTS
    from interact.runtime.errors import UsageError

    known = {**LINTS, **{lint.name: lint for lint in LINTS.values()}}
    if code not in known:
        near = nearest(code, known)
        hint = "interact lints lists them" if near is None else f"did you mean {near}?"
        raise UsageError(f"no lint {code}", help=hint)
    return known[code]


def _plain(lint: Lint) -> dict[str, str]:
    return {
        "code": lint.code.id,
        "name": lint.name,
        "level": lint.code.severity.value,
        "title": lint.code.title,
        "explanation": lint.code.explanation,
        "wrong": lint.wrong,
        "right": lint.right,
    }


def _listed(lints: list[Lint]) -> list[str]:
    from interact.runtime.cli.wording import columns

    rows = [(x.code.id, x.code.severity.value, x.code.title) for x in lints]
    return columns(rows, "<<<")


def _explained(lint: Lint) -> Iterator[str]:
    from textwrap import indent, wrap

    from interact.compiler.diagnostics.render import render_text
    from interact.compiler.lints.pages import findings, sources

    named = {s.name: s for s in sources(lint.wrong)}
    yield f"{lint.code.id} {lint.name}: {lint.code.title} ({lint.code.severity})"
    yield ""
    yield from wrap(lint.code.explanation, 88)
    yield "\nwrong\n"
    yield indent(lint.wrong, "  ")
    yield indent(render_text(findings(lint.wrong), named), "  ")
    yield "\nright\n"
    yield indent(lint.right.rstrip("\n"), "  ")
