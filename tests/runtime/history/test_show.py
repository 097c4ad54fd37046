"""Rows of a history that are asked for: the latest, or all, in some format."""

from __future__ import annotations

import csv
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.history.keeping import (
    START,
    compacted,
    event,
    key_names,
    run,
    write,
)

from interact.runtime.errors import InteractError
from interact.runtime.history.events import Event, Response, encode
from interact.runtime.history.frames import MAGIC, frame
from interact.runtime.history.publish import publish
from interact.runtime.history.writer import open_history


@settings(max_examples=25)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "since": st.integers(0, 60),
            "until": st.integers(0, 60),
            "channel": st.sampled_from(["website", "Branch", "none"]),
            "session": st.sampled_from(["s1", "s4", "x"]),
            "customer": st.sampled_from(["3", "customer_id=5", "99"]),
            "kind": st.sampled_from(["contact", "accept", "contact,asked", "reject"]),
            "last": st.integers(1, 60),
        },
    )
)
def test_rows_are_those_asked_for(
    shown: tuple[Path, list[Event]], asked: dict[str, int | str]
) -> None:
    history, written = shown
    moments = {k: START + int(asked[k]) * 3_600_000_000 for k in ("since", "until") if k in asked}
    told = {k: datetime.fromtimestamp(at / 1e6, UTC).isoformat() for k, at in moments.items()}
    options = [f"--{k}={v}" for k, v in {**asked, **told}.items()]
    result = run("show", history, "--json", *options)
    assert result.exit_code == 0, result.output
    wanted = [e for e in written if _is_wanted(e, asked, moments)]
    wanted = wanted[-int(asked.get("last", 1000)) :]
    found = sorted(json.loads(line)["event"] for line in result.output.splitlines())
    assert found == [e.event for e in wanted]


def _is_wanted(one: Event, asked: dict[str, Any], moments: dict[str, int]) -> bool:
    kind = one.kind if isinstance(one, Response) else "contact"
    return (
        moments.get("since", 0) <= one.at < moments.get("until", one.at + 1)
        and asked.get("channel", one.channel).lower() == one.channel.lower()
        and asked.get("session", one.session) == one.session
        and asked.get("customer", str(one.key[0])).removeprefix("customer_id=") == str(one.key[0])
        and kind in asked.get("kind", kind).split(",")
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A history with merged files, small ones, and rows in a log, one of them in a file too."""
    history = tmp_path_factory.mktemp("shown")
    written = [event(n) for n in range(60)]
    write(history, written[:20], segment_bytes=1)
    compacted(history)
    write(history, written[20:40], segment_bytes=1)
    segment = history / "log" / "dead0" / "0000000001"
    segment.parent.mkdir(parents=True)
    framed = [frame(encode(e), n) for n, e in enumerate(written[40:], 1)]
    segment.write_bytes(MAGIC + b"".join(framed[:3]))
    publish(history, segment, key_names)
    segment.write_bytes(MAGIC + b"".join(framed))
    return history, written


def test_rows_are_written_as_files(shown: tuple[Path, list[Event]], tmp_path: Path) -> None:
    history, written = shown
    for ending in ("parquet", "csv"):
        assert run("show", history, "--out", tmp_path / f"rows.{ending}").exit_code == 0
    table = pq.read_table(tmp_path / "rows.parquet")
    with open(tmp_path / "rows.csv", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert table.column_names == list(rows[0])
    assert len(table) == len(rows) == len(written)
    assert {row["kind"] for row in rows} == {"contact", "accept", "asked"}
    assert run("show", history, "--out", tmp_path / "rows.txt").exit_code == 2


def test_a_table_shows_the_latest(shown: tuple[Path, list[Event]]) -> None:
    lines = run("show", shown[0], "--last", 3).output.splitlines()
    assert lines[0].split()[:4] == ["at", "kind", "channel", "customer_id"]
    assert [line.split()[2] for line in lines[1:]] == ["accept", "contact", "contact"]


def test_no_history_is_wrong_usage(tmp_path: Path) -> None:
    for what in ("show", "verify", "compact"):
        result = run(what, tmp_path)
        assert (result.exit_code, "no history in" in result.output) == (2, True)
    write(tmp_path, [event(1)])
    assert "there are customer_id" in run("show", tmp_path, "--customer", "id=1").output


@pytest.mark.parametrize("in_log", [True, False])
def test_what_no_row_can_be_is_wrong_usage(tmp_path: Path, in_log: bool) -> None:
    writer = open_history(str(tmp_path), key_names)
    writer.record([event(1), event(6)])
    if not in_log:
        writer.close()

    def wrong(*options: str) -> str:
        result = run("show", tmp_path, *options)
        assert result.exit_code == 2, result.output
        return result.output

    assert "no row is of the kind foo" in wrong("--kind", "contact,foo")
    assert "asked" in wrong("--kind", "foo").partition("there are")[2]
    assert "customer_id is a whole number, and x7 is not" in wrong("--customer", "x7")
    assert "is a whole number" in wrong("--customer", f"customer_id={1 << 63}")
    for options in (["--kind", "asked"], ["--kind", "met"], ["--customer", "8"]):
        assert run("show", tmp_path, *options).exit_code == 0


def test_a_key_that_is_a_text_may_be_any(tmp_path: Path) -> None:
    write(tmp_path, [event(1, key=("x8",))])
    shown = run("show", tmp_path, "--customer", "x7")
    assert (shown.exit_code, "no such rows" in shown.output) == (0, True)


def test_a_key_of_several_parts_is_asked_for_part_by_part(tmp_path: Path) -> None:
    keys = ((1, 2), (2, 1), (1, 1))

    def found(*parts: str) -> list[tuple[int, int]]:
        options = [word for part in parts for word in ("--customer", part)]
        told = map(json.loads, run("show", tmp_path, "--json", *options).stdout.splitlines())
        return sorted((row["shop"], row["number"]) for row in told)

    def check(times: int) -> None:
        assert found("shop=1", "number=2") == [(1, 2)] * times
        assert found("shop=2") == [(2, 1)] * times
        assert found("1", "2") == sorted([(1, 2), (2, 1)] * times)
        assert found("number=3", "shop=1") == []

    for first in (0, 3):
        writer = open_history(str(tmp_path), lambda audience: ("shop", "number"))
        for number, key in enumerate(keys, first):
            writer.record([event(number, key=key)])
        check(2 if first else 1)  # all of them in a log, then half
        writer.close()
        check(2 if first else 1)


def test_rows_are_named_by_who_wrote_them(tmp_path: Path) -> None:
    """A killed writer's rows keep their key columns, whatever the next one serves."""
    writer = open_history(str(tmp_path), lambda level: ("number",))
    writer.record([event(1, key=(7,)), event(5, key=())])
    wrong = run("show", tmp_path, "--customer", "other=7")
    assert (wrong.exit_code, "no key column other" in wrong.output) == (2, True)
    told = [json.loads(line) for line in run("show", tmp_path, "--json").stdout.splitlines()]
    assert [row.get("number") for row in told] == [7, None]
    log = tmp_path / "log"
    shutil.copytree(log / writer.writer, log / "dead0")
    os.truncate(log / writer.writer / "0000000001", 0)

    def unknown(level: str) -> tuple[str, ...]:
        raise InteractError(f"{level} is not served")

    following = open_history(str(tmp_path), unknown)
    assert following.recovered == 2
    following.record([event(3, key=(8,))])  # without names, and yet kept
    (part,) = tmp_path.glob("contacts/*/*/*dead0*")
    assert pq.read_table(part)["number"].to_pylist() == [7, None]
    assert run("verify", tmp_path).exit_code == 0
    following.close()
    writer.close()
    assert not (log / "dead0").exists()
