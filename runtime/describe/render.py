"""A page as text: Markdown, or one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from interact.runtime.cli.wording import share
from interact.runtime.describe.draw import require_dot, svg_of
from interact.runtime.describe.mermaid import mermaid_of
from interact.runtime.describe.model import Count, Page
from interact.runtime.errors import InteractError

_FOLDER = Path(__file__).parent / "templates"


def as_markdown(page: Page) -> str:
    """Return a page as Markdown, with flowcharts as Mermaid diagrams."""
    jinja = _jinja(escape=False)
    jinja.filters |= {"code": _code, "cell": _cell, "told": _told}
    text: str = jinja.get_template("page.md.j2").render(page=page, draw=mermaid_of)
    return text


def as_html(page: Page) -> str:
    """Return a page as HTML, with flowcharts drawn.

    Raises:
        NoGraphviz: They cannot be.
    """
    jinja = _jinja(escape=True)
    from markupsafe import Markup

    if any(channel.charts for channel in page.channels):
        require_dot()
    inline = {name: Markup((_FOLDER / f"page.{name}").read_text("utf-8")) for name in ("css", "js")}
    text: str = jinja.get_template("page.html.j2").render(
        page=page, draw=lambda chart: Markup(svg_of(chart)), **inline
    )
    return text


def _jinja(*, escape: bool) -> Any:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise InteractError(
            "interact describe needs Jinja2 and graphviz, which are not installed",
            help="pip install 'interact-dsl[describe]'",
        ) from error
    jinja = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.filters |= {"share": _share, "sentence": _sentence}
    return jinja


def _share(count: Count) -> str:
    return share(count.customers, count.whole)


def _sentence(text: str) -> str:
    """Return a text with a capital, names in it as they are.

    >>> _sentence("extends Screens")
    'Extends Screens'
    """
    return text[:1].upper() + text[1:]


def _code(text: str) -> str:
    """Return a text as code in a table of Markdown.

    >>> _code('a like "x|y"'), _code("")
    ('`a like "x\\\\|y"`', '')
    """
    fence = "``" if "`" in text else "`"
    return f"{fence}{_piped(text)}{fence}" if text else ""


def _cell(text: str) -> str:
    """Return a text as words in a table of Markdown."""
    return _piped(text).replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")


def _told(text: str) -> str:
    """Return a text as words, with what stands in backquotes as code."""
    parts = text.split("`")
    return "`".join(part if n % 2 else _cell(part) for n, part in enumerate(parts))


def _piped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
