"""Options that several commands read alike: times, days, and lists of names."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import click

_SHAPE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$")


def parse_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime:
    """Return a date, or a timestamp with or without a zone; without it is UTC, as a date is."""
    if value is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        why = (
            "is no day or time that exists"
            if _SHAPE.match(value)
            else "is neither a date nor a timestamp"
        )
        raise click.BadParameter(
            f"{value!r} {why}; a date is 2026-11-24, a timestamp 2026-11-24T12:00"
        ) from error


def parse_day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return a date; None for none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no day; write it as 2026-11-24") from error


def listed(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[str] | None:
    """Return names that were given one by one, or several with commas; None for none."""
    names = [name.strip() for value in values for name in value.split(",")]
    return [name for name in names if name] or None
