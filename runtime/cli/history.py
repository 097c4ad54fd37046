"""``interact history``: contacts and responses that ``interact serve`` has kept."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import click

from interact.runtime.cli.moments import listed, parse_moment
from interact.runtime.cli.wording import columns, plural, printable

SHOWN = 50


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    return None if value is None else parse_moment(ctx, param, value)


def _days(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,6})\s*(d|days?)?\s*", value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no number of days; write 90 days")
    return int(found[1])


@click.group("history")
def command() -> None:
    """Look after the contacts and responses of interact serve."""


@command.command("show", short_help="Show contacts and responses.")
@click.argument("history", metavar="DIR")
@click.option(
    "--since", metavar="TIME", callback=_moment, help="Only from this day or time on, in UTC."
)
@click.option("--until", metavar="TIME", callback=_moment, help="Only before this day or time.")
@click.option("--channel", metavar="NAME", help="Only of this channel.")
@click.option("--session", metavar="ID", help="Only of this session.")
@click.option("--customer", metavar="[KEY=]ID", multiple=True,
    help="Only of this customer: 7, or customer_id=7; once for each part of a key.")  # fmt: skip
@click.option("--kind", metavar="KIND", multiple=True, callback=listed,
    help="Only these: contact, accept, reject, posted, met, decision …; with commas.")  # fmt: skip
@click.option("--last", metavar="N", type=click.IntRange(1),
    help=f"Only so many, the latest; {SHOWN} for a table, all for --json and --out.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@click.option("--out", metavar="FILE", help="Write them to a file: .parquet or .csv.")
def show(
    history: str,
    kind: list[str] | None,
    last: int | None,
    as_json: bool,
    out: str | None,
    **asked: Any,
) -> int:
    """Show contacts and responses, those that are not in files yet included."""
    from interact.runtime.history.asked import check_asked
    from interact.runtime.history.locks import reading
    from interact.runtime.history.parts import check_history
    from interact.runtime.history.select import Selection
    from interact.runtime.history.show import all_rows, json_lines, latest, write
    from interact.runtime.history.wanted import Wanted

    folder = check_history(history)
    with reading(folder):
        wanted = Wanted(**asked, kinds=tuple(kind or ()))
        chosen = Selection(folder, wanted)
        check_asked(folder, wanted)
        if last is None and (as_json or out):
            tables: Any = all_rows(chosen)
        else:
            tables = [latest(chosen, last or SHOWN)]
        if out is not None:
            click.echo(f"{plural(write(tables, chosen.schema, out), 'row')} in {out}", err=True)
        elif as_json:
            for line in json_lines(tables):
                click.echo(line)
        else:
            _table(tables[0], chosen.keys)
    return 0


def _table(rows: Any, keys: tuple[str, ...]) -> None:
    """Print the columns that a person looks for first."""
    names = ("at", "kind", "channel", *keys, "offer", "zone", "point", "rule", "score", "rank")
    lines = [names]
    for row in rows.to_pylist():
        told = {**row, "at": f"{row['at']:%Y-%m-%d %H:%M:%S}"}
        told["offer"] = told["offer"] or told["name"]
        lines.append(tuple(_cell(told[name]) for name in names))
    if len(lines) == 1:
        click.echo("no such rows", err=True)
        return
    for line in columns(lines, "".join(">" if n in ("score", "rank") else "<" for n in names)):
        click.echo(line)


def _cell(value: object) -> str:
    return (
        ""
        if value is None
        else f"{value:.6g}"
        if isinstance(value, float)
        else printable(str(value))
    )


@command.command("verify", short_help="Say what is damaged, missing, or there twice.")
@click.argument("history", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(history: str, as_json: bool) -> int:
    """Read all of a history, and say what is damaged, missing, or there twice."""
    from dataclasses import asdict

    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.history.parts import check_history
    from interact.runtime.history.verify import verify as verified

    folder, done = check_history(history), 0
    with JobProgress(None, "rows") as progress:

        def tell(rows: int) -> None:
            nonlocal done
            done += rows
            progress(done)

        report = verified(folder, tell)
    if as_json:
        click.echo(json.dumps(asdict(report), indent=2))
    else:
        for finding in report.findings:
            click.echo(f"{finding['where']}: {finding['what']}")
        click.echo("\n".join(_verified(report)))
    return 1 if report.findings else 0


_ROW = {"contacts": "contact", "responses": "response", "decisions": "decision",
        "activity": "event"}  # fmt: skip


def _verified(report: Any) -> list[str]:
    counted = [plural(count, _ROW[table]) for table, count in report.rows.items() if count]
    told = [
        f"{plural(report.files, 'file')}: {', '.join(counted) or 'no rows'}",
        f"{plural(report.segments, 'log')}: {plural(sum(report.waiting.values()), 'row')} "
        "not in a file yet",
    ]
    if report.dead:
        told.append(f"{plural(len(report.dead), 'log')} of killed writers: the next one that "
                    "starts here puts their rows into files")  # fmt: skip
    if report.unnumbered:
        told.append(f"{plural(report.unnumbered, 'row')} of an older version without a number, "
                    "which cannot be missed")  # fmt: skip
    return [*told, plural(len(report.findings), "finding")]


@command.command("compact", short_help="Merge small files, and remove old days.")
@click.argument("history", metavar="DIR")
@click.option(
    "--keep", metavar="DAYS", callback=_days, help="Remove what is older, such as 90 days."
)
@click.option("--imported-to", "url", metavar="URL",
    help="A campaign database: with --keep, days that it has not seen stay.")  # fmt: skip
@click.option("--wait", metavar="SECONDS", type=click.FloatRange(0), default=60, show_default=True,
    help="How long to wait for those who read.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def compact(history: str, keep: int | None, url: str | None, wait: float, as_json: bool) -> int:
    """Merge the small files of each day and channel, while others read and write."""
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.errors import UsageError
    from interact.runtime.history import compact as work
    from interact.runtime.history.parts import check_history

    if url is not None and keep is None:
        raise UsageError("--imported-to goes with --keep")
    folder, done = check_history(history), 0
    with work.alone(folder, wait), JobProgress(None, "files") as progress:

        def tell(files: int) -> None:
            nonlocal done
            done += files
            progress(done)

        removal = None if keep is None else _removal(folder, keep, url, wait)
        report = work.compact(folder, wait, tell)
    if as_json:
        from dataclasses import asdict

        click.echo(json.dumps({**asdict(report), "removed": removal and asdict(removal)}, indent=2))
    else:
        click.echo("\n".join(_compacted(report, removal, url)))
    return 1 if report.problems else 0


def _removal(history: Any, keep: int, url: str | None, wait: float) -> Any:
    from datetime import UTC

    from interact.runtime.history.parts import Part
    from interact.runtime.history.retention import first_day, remove_before

    is_seen = None
    if url is not None:
        from interact.runtime.campaign.columns import SOURCES
        from interact.runtime.campaign.ledger import imported, is_known

        known = imported(url, wait)

        def is_seen(part: Part) -> bool:
            return part.table not in SOURCES or is_known(part.name, part.path, known)

    return remove_before(history, first_day(datetime.now(UTC).date(), keep), is_seen, wait)


def _compacted(report: Any, removal: Any, url: str | None) -> list[str]:
    told = []
    if removal is not None:
        told.append(f"removed: {plural(removal.partitions, 'folder')} of a day and channel, "
                    f"{plural(removal.rows, 'row')}")  # fmt: skip
        if url is None:
            told.append("whether they were imported was not looked at: --imported-to URL does")
        told += [f"kept, as it was not imported: {name}" for name in removal.kept]
    told.append(f"merged: {plural(report.merged, 'file')} into {report.made:,}, "
                f"{plural(report.rows, 'row')}")  # fmt: skip
    return told + [f"left alone: {problem}" for problem in report.problems]
