"""``interact check``: find mistakes in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interact.compiler.lints.levels import Levels


@click.command("check")
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print findings for a program.")
@click.option(
    "--deny", multiple=True, metavar="CODE|warnings", help="Make a lint an error; may be repeated."
)
@click.option("--allow", multiple=True, metavar="CODE", help="Leave a lint out; may be repeated.")
def command(path: str, as_json: bool, deny: tuple[str, ...], allow: tuple[str, ...]) -> int:
    """Find mistakes in the project at PATH, a file or a folder of *.interact.

    Lints are about what compiles and cannot be right; ``interact lints`` tells of each.
    """
    import gc

    from interact.runtime.cli import findings
    from interact.runtime.project import check_project, lint_sources

    levels = _levels(deny, allow)
    gc.disable()  # the process ends with the command, and nearly all that it makes lives on
    sources, checked = check_project(path)
    found = (*checked.diagnostics, *lint_sources(sources, checked, levels))
    counts = None if checked.program is None else contents(checked.program)
    if counts is not None and checked.tests:
        counts["test"] = len(checked.tests)
    if as_json:
        told = findings.as_json(found, sources)
        findings.print_json({**told, "contents": counts})
    else:
        findings.show(found, sources, err=False)
        click.echo(findings.counted(found, len(sources)) + _listed(counts))
    return int(findings.has_errors(found))


def _levels(deny: tuple[str, ...], allow: tuple[str, ...]) -> Levels:
    """Return the levels that the options ask for.

    Raises:
        UsageError: One of them is no lint, or in both.
    """
    from interact.compiler.diagnostics.suggest import nearest
    from interact.compiler.lints.catalogue import LINTS
    from interact.compiler.lints.levels import WARNINGS, Levels
    from interact.runtime.errors import UsageError

    if both := sorted({*deny} & {*allow}):
        raise UsageError(f"{both[0]} is denied and allowed", help="leave one of them out")
    levels = Levels(frozenset(deny), frozenset(allow))
    for name in levels.unknown():
        near = nearest(name, [*LINTS, WARNINGS])
        hint = "interact lints lists them" if near is None else f"did you mean {near}?"
        raise UsageError(f"no lint {name}", help=hint)
    return levels


def contents(program: object) -> dict[str, int]:
    """Return how many of each thing a program declares, by their nouns."""
    from interact.compiler.core.program import Program

    assert isinstance(program, Program)
    return {
        "channel": len(program.channels),
        "zone": sum(len(c.zones) for c in program.channels),
        "offer": len(program.offers),
        "segment": sum(len(c.segments) for c in program.channels),
        "rule": sum(len(c.rules) for c in program.channels),
    }


def _listed(counts: dict[str, int] | None) -> str:
    from interact.runtime.cli.wording import plural

    if counts is None:
        return ""
    told = f": {', '.join(plural(n, k) for k, n in counts.items())}"
    if counts["channel"]:
        return told
    return told + "\nnote: without a channel there is nothing to score yet; see docs/language.md"
