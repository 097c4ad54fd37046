"""Numbers, counts and what others wrote, as people read them."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = " ▏▎▍▌▋▊▉█"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "error"), plural(2000, "rule"), plural(0, "match")
    ('1 error', '2,000 rules', '0 matches')
    """
    ending = "" if count == 1 else "es" if noun.endswith(("ch", "s", "x")) else "s"
    return f"{count:,} {noun}{ending}"


def share(part: int, whole: int) -> str:
    """Return a part of a whole in per cent; below a tenth of one it is not called zero.

    >>> share(1, 3), share(1, 100_000), share(0, 0)
    ('33.3 %', '<0.1 %', '0.0 %')
    """
    percent = 100 * part / whole if whole else 0.0
    return "<0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %"


def bar(part: int, whole: int, width: int = 20) -> str:
    """Return a bar of text, an eighth of a character exact.

    >>> bar(5, 10, 4), bar(1, 3, 4), bar(0, 0, 4)
    ('██  ', '█▍  ', '    ')
    """
    eighths = round(8 * width * part / whole) if whole else 0
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_BLOCKS[rest] if rest else "")).ljust(width)


def printable(text: str) -> str:
    """Return what others wrote on one line, without what a terminal would obey.

    >>> printable("two\\nlines \\x1b[31m")
    'two lines [31m'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def size(count: int) -> str:
    """Return a number of bytes.

    >>> size(900), size(184_320), size(52_428_800)
    ('900 bytes', '184 kB', '52 MB')
    """
    if count < 10_000:
        return f"{count:,} bytes"
    return f"{count / 1000:,.0f} kB" if count < 10_000_000 else f"{count / 1e6:,.0f} MB"


def columns(rows: Sequence[tuple[str, ...]], align: str) -> list[str]:
    """Return rows as lines with aligned columns, two spaces between.

    Args:
        rows: All of one length.
        align: ``<`` or ``>`` for each column.

    >>> columns([("a", "1"), ("bcd", "20")], "<>")
    ['a     1', 'bcd  20']
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(align))] if rows else []
    return [
        "  ".join(f"{c:{a}{w}}" for c, a, w in zip(row, align, widths, strict=True)).rstrip()
        for row in rows
    ]
