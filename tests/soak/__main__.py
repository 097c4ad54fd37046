"""Visit a service for long, or kill it often.

``python -m tests.soak --minutes 30``, and ``python -m tests.soak --kills 1000``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from tests.soak.soak import kills, soak


@click.command()
@click.option("--minutes", default=30.0, show_default=True, help="How long visitors come.")
@click.option("--kills", "times", type=int, help="Kill the service so often instead.")
@click.option("--seed", default=0, help="Of the moments of killing.")
def main(minutes: float, times: int | None, seed: int) -> None:
    """Exit with 1 when memory grows, a call fails, or the history is not what was acknowledged."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        if times is not None:
            found = kills(Path(folder), times, seed, click.echo)
        else:
            found = soak(Path(folder), 60 * minutes, min(180.0, 20 * minutes), say=click.echo)
    click.echo(str(found))
    raise SystemExit(bool(found.wrong))


if __name__ == "__main__":
    main()
