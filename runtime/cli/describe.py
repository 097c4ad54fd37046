"""``interact describe``: the project as a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.moments import parse_moment
from interact.runtime.cli.tables import table_option

if TYPE_CHECKING:
    from interact.runtime.describe.trial import TrialRun
    from interact.runtime.project import Project

_FORMATS = (".md", ".html")


@click.command("describe")
@click.argument("path", metavar="PATH|BUNDLE")
@click.option("--out", metavar="FILE", required=True, help="The page: FILE.html or FILE.md.")
@click.option(
    "--customers", metavar="FILE|DIR|GLOB", help="Count who is where, in a run over these."
)
@click.option(
    "--channel", metavar="NAME", help="Where to count; needed when the project has several."
)
@click.option(
    "--as-of",
    metavar="DATE|TIMESTAMP",
    callback=parse_moment,
    help="The time of the run; now by default.",
)
@table_option
def command(
    path: str,
    out: str,
    customers: str | None,
    channel: str | None,
    as_of: datetime,
    tables: Mapping[str, str],
) -> int:
    """Draw a project as a page: audiences, offers, flowcharts, and the grid of rules.

    PATH is a file or folder of *.interact, or a bundle. A page in HTML is one file that needs
    nothing else; one in Markdown has diagrams that Git hosts draw.
    """  # fmt: skip
    from interact.runtime.cli import findings
    from interact.runtime.describe.from_project import page_of
    from interact.runtime.describe.render import as_html, as_markdown
    from interact.runtime.describe.writing import write_page
    from interact.runtime.errors import UsageError

    if not out.endswith(_FORMATS):
        raise UsageError(f"what shall {out} be?", help="name it FILE.html or FILE.md")
    project = findings.opened(path)
    runs = {} if customers is None else _runs(project, channel, customers, as_of, tables)
    page = page_of(project, runs)
    write_page(out, as_html(page) if out.endswith(".html") else as_markdown(page))
    click.echo(f"{out} describes {page.title}")
    return 0


def _runs(
    project: Project,
    channel: str | None,
    customers: str,
    as_of: datetime,
    tables: Mapping[str, str],
) -> dict[str, TrialRun]:
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.describe.trial import run_trial
    from interact.runtime.tables.opening import specs_of

    chosen = project.channel(channel)
    specs = specs_of(project.path, tables)
    with JobProgress(None) as progress:
        return {chosen.name: run_trial(project, chosen, customers, as_of, progress, specs)}
