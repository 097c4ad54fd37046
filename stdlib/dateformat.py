"""Dates written and read by a pattern.

A pattern is made of the letters below; between single quotes, and any other character, stands for
itself; '' is a quote. English names are used. A letter that is none of them makes the result null.

=====  =====================  =====  =====================  ======  =========================
yyyy   year, 4 digits         dd     day, 2 digits          HH      hour, 2 digits
yy     year, last 2 digits    d      day                    mm      minute, 2 digits
MM     month, 2 digits        EEE    weekday: Mon           ss      second, 2 digits
M      month                  EEEE   weekday: Monday        SSS     millisecond, 3 digits
MMM    month: Jan
MMMM   month: January
=====  =====================  =====  =====================  ======  =========================

Reading takes yyyy, yy (2000 to 2099), MM, M, MMM, MMMM, dd and d, names in any case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from interact.stdlib.builtin import Group
from interact.stdlib.calendar import civil, is_date, is_instant, weekday
from interact.stdlib.cast import date_civil
from interact.stdlib.types import MICROSECONDS_PER_DAY

GROUP = Group("dates")
builtin = GROUP.builtin

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_TOKEN = r"(?s)''|'(?:[^']|'')+'|([A-Za-z])\1*|."
_READ = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short>\d{2})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "MMM": f"(?P<name>{'|'.join(m[:3] for m in MONTHS)})",
    "MMMM": f"(?P<name>{'|'.join(MONTHS)})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
}


@builtin(
    "format_date(date: date, pattern: text) -> text",
    examples=[
        ('format_date(2026-03-04, "d MMMM yyyy")', '"4 March 2026"'),
        ('format_date(2026-03-04, "EEE dd.MM.yy")', '"Wed 04.03.26"'),
        ('format_date(timestamp("2026-03-14T15:09:26"), "HH:mm")', '"15:09"'),
        ('format_date(2026-03-04, "Q")', "null"),
        ('format_date(null, "yyyy")', "null"),
    ],
)
def format_date(date: int, pattern: str) -> str | None:
    """Write a date or a timestamp by a pattern: yyyy yy MM M MMM MMMM dd d EEE EEEE HH mm ss SSS.

    Text between single quotes, and anything that is not a letter, stands for itself; an unknown
    letter makes the result null.
    """
    return _format(date, 0, pattern) if is_date(date) else None


@builtin("format_date(date: timestamp, pattern: text) -> text")
def format_timestamp(date: int, pattern: str) -> str | None:
    if not is_instant(date):
        return None
    return _format(*divmod(date, MICROSECONDS_PER_DAY), pattern)


@builtin(
    "parse_date(text: text, pattern: text) -> date",
    examples=[
        ('parse_date("14.3.2026", "d.M.yyyy")', "2026-03-14"),
        ('parse_date("Mar 14, 26", "MMM d, yy")', "2026-03-14"),
        ('parse_date("31.2.2026", "d.M.yyyy")', "null"),
        ('parse_date(null, "yyyy")', "null"),
    ],
)
def parse_date(text: str, pattern: str) -> int | None:
    """Read a date by a pattern: yyyy, yy (2000 to 2099), MM, M, MMM, MMMM, dd, d.

    A part that the pattern lacks is 1. It is null when the text does not fit the pattern or there
    is no such day.
    """
    reader = _reader(pattern)
    found = reader.fullmatch(text.strip()) if reader else None
    if found is None:
        return None
    part = found.groupdict()
    year = int(part["year"]) if part.get("year") else 2000 + int(part.get("short") or 0)
    name = part.get("name")
    month = _month_number(name) if name else int(part.get("month") or 1)
    return date_civil(year, month, int(part.get("day") or 1))


def _format(date: int, time: int, pattern: str) -> str | None:
    fields = _fields(date, time)
    pieces = [fields.get(t) if t[0].isalpha() else _literal(t) for t in _tokens(pattern)]
    return None if None in pieces else "".join(map(str, pieces))


def _fields(date: int, time: int) -> dict[str, str]:
    """Return what each group of letters stands for."""
    year, month, day = civil(date)
    name, day_name = MONTHS[month - 1], WEEKDAYS[weekday(date) or 0]
    seconds = time // 1_000_000
    return {
        "yyyy": f"{year:04}", "yy": f"{year % 100:02}",
        "MM": f"{month:02}", "M": f"{month}", "MMM": name[:3], "MMMM": name,
        "dd": f"{day:02}", "d": f"{day}", "EEE": day_name[:3], "EEEE": day_name,
        "HH": f"{seconds // 3600:02}", "mm": f"{seconds // 60 % 60:02}",
        "ss": f"{seconds % 60:02}", "SSS": f"{time // 1000 % 1000:03}",
    }  # fmt: skip


@lru_cache(maxsize=256)
def _tokens(pattern: str) -> tuple[str, ...]:
    return tuple(found[0] for found in re.finditer(_TOKEN, pattern))


@lru_cache(maxsize=256)
def _reader(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern as a regular expression, None when it cannot be read."""
    tokens = _tokens(pattern)
    known = [_READ.get(t) if t[0].isalpha() else re.escape(_literal(t)) for t in tokens]
    groups = [str(k)[:8] for k, t in zip(known, tokens, strict=True) if t[0].isalpha()]
    if None in known or len(set(groups)) < len(groups):
        return None
    return re.compile("".join(map(str, known)), re.ASCII | re.IGNORECASE)


def _literal(token: str) -> str:
    if token == "''":
        return "'"
    return token[1:-1].replace("''", "'") if len(token) > 1 else token


def _month_number(name: str) -> int:
    """Return 1 to 12 for an English name of a month or its first three letters."""
    return next(n for n, month in enumerate(MONTHS, 1) if month[:3].lower() == name[:3].lower())
