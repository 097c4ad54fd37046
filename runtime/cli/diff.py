"""``interact diff``: what changed between two states of a project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.environments import SHORT

if TYPE_CHECKING:
    from interact.compiler.core.program import Program
    from interact.compiler.source import SourceFile
    from interact.runtime.difference import Difference
    from interact.runtime.equivalence import Verdict

_PLURALS = {"strategy": "strategies", "offer": "offers"}
_TONES = {"+": "\x1b[32m", "-": "\x1b[31m"}


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--registry",
    "place",
    metavar="PLACE",
    envvar="INTERACT_REGISTRY",
    help="Where environments are; $INTERACT_REGISTRY by default.",
)
@click.option("--names", is_flag=True, help="Only tell which statements changed.")
@click.option(
    "--prove",
    is_flag=True,
    help="Prove that everyone gets the same offers, or show who does not; only that counts then.",
)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(
    before: str, after: str, place: str | None, names: bool, prove: bool, as_json: bool
) -> int:
    """Show what changed from A to B, statement by statement; exit with 1 when anything did.

    Each is a file or folder of *.interact, a bundle, or an environment of the registry:
    `production`, `production@3` for its version 3, `production@trial` for what is on trial, or the
    beginning of a version's digest, as the history of contacts names it.
    Comments, layout, and where a statement stands do not count, but for the order of strategies
    and offers.
    """
    from interact.runtime.cli.findings import print_json
    from interact.runtime.difference import difference
    from interact.runtime.errors import InteractError, UsageError

    try:
        (old, was), (new, now) = _state(before, place), _state(after, place)
    except InteractError as error:  # 1 would say that something changed
        raise UsageError(error.message, help=error.help) from error
    found = difference(old, new)
    proved = _proved(before, old, after, new) if prove else None
    if as_json:
        changes = [change.as_json() for change in found.changes]
        orders = {o.kind: {"before": o.before, "after": o.after} for o in found.orders}
        versions = {"before": was, "after": now}
        told = {"same": found.is_none, "versions": versions, "changes": changes, "orders": orders}
        if proved is not None:
            told["decisions"] = [
                {"channel": v.channel, "same": v.same, "told": v.told} for v in proved
            ]
        print_json(told)
    else:
        click.echo("\n".join(_lines(found, is_short=names)))
        if was and now and was != now:
            click.echo(f"version {was[:SHORT]} before, {now[:SHORT]} after")
        for verdict in proved or ():
            click.echo(f"{verdict.channel}: {verdict.told}")
    if proved is not None:
        return 0 if all(verdict.same for verdict in proved) else 1
    return 0 if found.is_none else 1


def _proved(before: str, old: list[SourceFile], after: str, new: list[SourceFile]) -> list[Verdict]:
    """Return whether decisions are the same.

    Raises:
        UsageError: The solver is not installed, or a project has errors.
    """
    import time

    from interact.compiler.core.interpret import Moment
    from interact.compiler.core.tests import DEFAULT_TOP
    from interact.runtime.errors import not_installed

    try:
        from interact.runtime.equivalence import verdicts
    except ModuleNotFoundError as error:
        raise not_installed("--prove", error, "prove") from error
    now = Moment(int(time.time()) * 1_000_000)
    return list(verdicts(_program(before, old), _program(after, new), DEFAULT_TOP, now))


def _program(path: str, sources: list[SourceFile]) -> Program:
    from interact.compiler.pipeline import check, optimize
    from interact.runtime.errors import UsageError

    program = check(sources).program
    if program is None:
        raise UsageError(f"{path} has errors", help=f"interact check {path} shows them")
    return optimize(program)


State = tuple[list["SourceFile"], str | None]
"""Sources, and the name of their version; None when they have errors."""


def _state(path: str, place: str | None) -> State:
    """Return a state of a project.

    Raises:
        InteractError: There is no such thing.
    """
    from interact.runtime.bundle import read_bundle
    from interact.runtime.errors import UsageError
    from interact.runtime.project import is_bundle

    if is_bundle(path):
        bundle = read_bundle(path)
    elif os.path.lexists(path):
        return _parsed(path), _version(path)
    elif place is None:
        raise UsageError(
            f"no such file or folder: {path}", help="an environment needs its --registry"
        )
    else:
        from interact.runtime.registry.looking_up import bundle_at
        from interact.runtime.registry.registry import open_registry

        bundle = bundle_at(open_registry(place), path)
    return bundle.sources, bundle.digest


def _version(path: str) -> str | None:
    from interact.runtime.project import CheckFailed, from_sources

    try:
        return from_sources(path).version
    except CheckFailed:
        return None


def _parsed(path: str) -> list[SourceFile]:
    """Return sources that parse; errors are shown, and end the command."""
    from interact.compiler.diagnostics.diagnostic import Sink
    from interact.compiler.source import SourceFile
    from interact.compiler.surface.from_source import parse_module
    from interact.runtime.cli import findings
    from interact.runtime.imports import with_imports
    from interact.runtime.project import load_sources, names_in_project, read_source, source_files

    sources = with_imports(load_sources(path), source_files, read_source).sources
    sink = Sink()
    for source in sources:
        parse_module(source, sink)
    if sink.has_errors:
        findings.show(sink.diagnostics, sources)
        click.echo(findings.counted(sink.diagnostics, len(sources)), err=True)
        raise click.exceptions.Exit(2)
    names = names_in_project(path, sources)
    return [SourceFile(names[s.name], s.text) for s in sources]


def _lines(found: Difference, *, is_short: bool) -> Iterator[str]:
    import sys

    from interact.runtime.cli.findings import has_colour
    from interact.runtime.difference import counted

    colour = has_colour(sys.stdout)
    for change in found.changes:
        statement = change.shown
        yield f"{change.sort} {statement.kind} {statement.name} ({statement.file})"
        if not is_short:
            yield from (_painted(line, colour) for line in change.lines())
            yield ""
    for order in found.orders:
        yield f"another order of {_PLURALS[order.kind]}: {', '.join(order.moved)} moved"
    if found.changes:
        yield counted(found.changes)
    if found.is_none:
        yield "no difference"


def _painted(line: str, colour: bool) -> str:
    tone = _TONES.get(line[:1], "") if colour else ""
    return f"{tone}{line}\x1b[0m" if tone else line
