"""``interact check``: find mistakes in a project."""

from __future__ import annotations

import click


@click.command("check")
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print findings for a program.")
def command(path: str, as_json: bool) -> int:
    """Find mistakes in the project at PATH, a file or a folder of *.interact."""
    from interact.compiler.pipeline import check
    from interact.runtime.cli import findings
    from interact.runtime.project import load_sources

    sources = load_sources(path)
    checked = check(sources)
    counts = None if checked.program is None else contents(checked.program)
    if as_json:
        told = findings.as_json(checked.diagnostics, sources)
        findings.print_json({**told, "contents": counts})
    else:
        findings.show(checked.diagnostics, sources, err=False)
        click.echo(findings.counted(checked.diagnostics, len(sources)) + _listed(counts))
    return 1 if checked.program is None else 0


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

    return "" if counts is None else f": {', '.join(plural(n, k) for k, n in counts.items())}"
