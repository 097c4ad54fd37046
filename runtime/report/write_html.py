"""Reports as one HTML file that needs nothing else, charts included as drawings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from interact.runtime.errors import UsageError
from interact.runtime.report.model import Report, Section
from interact.runtime.report.write_text import head, is_number, written

_FOLDER = Path(__file__).parent / "templates"
_INK = re.compile(r'"(?:#000|black|#888|#ddd)"')
MOST_ROWS = 500


def as_html(report: Report) -> str:
    """Return a report as a page.

    Raises:
        UsageError: What draws and fills it is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ModuleNotFoundError as error:
        raise _missing() from error
    jinja = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.filters["written"] = written
    jinja.tests["number"] = is_number
    inline = {
        name: Markup((_FOLDER / f"report.{name}").read_text("utf-8")) for name in ("css", "js")
    }
    text: str = jinja.get_template("report.html.j2").render(
        report=report,
        head=head(report),
        most=MOST_ROWS,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        drawing={s.name: Markup(svg) for s in report.sections if (svg := svg_of(s))},
        **inline,
    )
    return text


def svg_of(section: Section) -> str | None:
    """Return the chart of a section as SVG that takes the page's colours; None without.

    Raises:
        UsageError: What draws it is not installed.
    """
    if section.chart is None:
        return None
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise _missing() from error
    svg: str = vl_convert.vegalite_to_svg(section.chart, allowed_base_urls=[])
    return _INK.sub(_themed, svg)


def _themed(found: re.Match[str]) -> str:
    return '"var(--line)"' if found[0] in ('"#ddd"', '"#888"') else '"var(--text)"'


def _missing() -> UsageError:
    return UsageError(
        "pages need Jinja2 and vl-convert, which are not installed",
        help="pip install 'interact-dsl[report]'",
    )
