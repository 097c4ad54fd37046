"""Histories of tests, and the commands that keep them in order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from click.testing import CliRunner, Result

from interact.runtime.cli.main import cli
from interact.runtime.history.compact import alone, compact
from interact.runtime.history.events import Contact, Event, Response
from interact.runtime.history.verify import verify
from interact.runtime.history.writer import open_history

ROOT = Path(__file__).parents[3]
DAY = 86_400_000_000
START = 20_000 * DAY


def key_names(audience: str) -> tuple[str, ...]:
    return ("customer_id",)


def event(number: int, **more: Any) -> Event:
    common: dict[str, Any] = {
        "event": f"e{number:05}",
        "decision": "d",
        "at": START + number * 3_600_000_000,
        "channel": "Website" if number % 2 else "Branch",
        "audience": "Customer",
        "key": (number % 7,),
        "treatment": f"t{number}",
        "offer": "Gold",
        "code": "G",
        "session": f"s{number % 5}",
        **more,
    }
    if number % 3:
        return Contact(**common, score=number / 2, rank=1)
    return Response(**common, kind="accept" if number % 2 else "asked")


def write(history: Path, events: Iterable[Event], **options: Any) -> None:
    writer = open_history(str(history), key_names, **options)
    for one in events:
        writer.record([one])
    writer.close()


def files(history: Path) -> list[Path]:
    return sorted(history.rglob("part-*.parquet"))


def names(history: Path) -> list[str]:
    tables = [t for t in ("contacts", "responses") if (history / t).is_dir()]
    return sorted(
        row["event"]
        for t in tables
        for row in ds.dataset(history / t, partitioning="hive").to_table().to_pylist()
    )


def compacted(history: Path) -> Any:
    with alone(history):
        return compact(history, 10)


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, ["history", *map(str, args)])


def findings(history: Path) -> list[str]:
    return [f"{f['where']}: {f['what']}" for f in verify(history).findings]
