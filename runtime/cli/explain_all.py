"""``interact explain --all-customers``: what became of every rule for every customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

from interact.runtime.cli.wording import bar, columns, plural, share

Json = dict[str, Any]


def run(path: str, out: str | None, only_summary: bool, as_json: bool, **options: Any) -> int:
    """Explain all customers, and print how many of them each stage dropped."""
    from interact.runtime.candidates.run import explain_customers
    from interact.runtime.cli import findings
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.cli.score import run_of
    from interact.runtime.scoring import open_customers

    if (out is None) is not only_summary:
        told = "--out DIR says where, or --summary counts only"
        raise click.UsageError(told if out is None else "--summary writes nothing; leave out --out")
    full = {"null_keys": "report", "duplicate_keys": "report", "format": "parquet", **options}
    asked = replace(run_of(findings.opened(path), {**full, "out": out or ""}), snapshots=None)
    opened = open_customers(asked)
    kept = {"zones": options["zones"], "where": options["where"]}
    with JobProgress(opened.source.rows) as progress:
        found = explain_customers(asked, opened, kept, progress)
    if as_json:
        findings.print_json(found)
    else:
        click.echo("\n".join(lines(found)))
    return 0


def lines(run: Json) -> Iterator[str]:
    """Yield the lines that tell a person what a run found out."""
    from interact.runtime.cli.summary import odd_data, place

    yield _headline(run)
    yield ""
    yield from _rules(run)
    odd = list(odd_data(run))
    if odd:
        yield from ("", *odd)
    if run["out"]:
        yield from ("", *place(run))


def _headline(run: Json) -> str:
    seconds = run["seconds"]
    speed = f" ({run['scored'] / seconds:,.0f} a second)" if seconds and run["scored"] else ""
    chosen = f" where {run['where']}" if run["where"] else ""
    return (
        f"{plural(run['scored'], 'customer')}{chosen} explained for {run['channel']} as of "
        f"{run['as_of'].removesuffix('+00:00')} in {seconds:.2f} s{speed}"
    )


def _rules(run: Json) -> Iterator[str]:
    """Yield a table for each zone; a stage that drops nobody in any has no column."""
    zones, whole = run["candidates"], run["scored"]
    rules = [rule for zone in zones for rule in zone["rules"]]
    stages = (
        [s for s in rules[0]["dropped"] if any(r["dropped"][s] for r in rules)] if rules else []
    )
    rows: list[tuple[str, ...]] = []
    for zone in zones:
        rows.append((zone["zone"], "", "kept", "share", *stages))
        rows += [_rule(rule, stages, whole) for rule in zone["rules"]]
    yield from columns(rows, "<<>>" + ">" * len(stages))


def _rule(rule: Json, stages: list[str], whole: int) -> tuple[str, ...]:
    kept = rule["kept"]
    dropped = (f"{n:,}" if (n := rule["dropped"][stage]) else "-" for stage in stages)
    return (f"  {rule['rule']}", bar(kept, whole, 10), f"{kept:,}", share(kept, whole), *dropped)
