"""``--as-of``: the time of a decision, as an option."""

from __future__ import annotations

from datetime import UTC, datetime

import click


def parse_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime:
    """Return a date, or a timestamp with or without a zone; without it is UTC, as a date is."""
    if value is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{value!r} is neither a date nor a timestamp such as 2026-11-24T12:00"
        ) from error
