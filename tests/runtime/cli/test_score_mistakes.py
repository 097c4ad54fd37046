"""What ``interact score`` refuses, each in a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

SCORE = "score p --customers c.parquet --out o --as-of 2026-11-24"


def test_a_key_that_is_no_text_is_refused(refused: Any, in_folder: Path) -> None:
    text = (in_folder / "p" / "all.interact").read_text()
    (in_folder / "p" / "all.interact").write_text(text.replace("key id: int", "key id: text"))
    keys = pa.array([b"a", b"b", b"\xff", b"d", b"e", None], pa.binary()).view(pa.string())
    pq.write_table(pq.read_table("c.parquet").set_column(0, "id", keys), "c.parquet")
    refused(1, "column `id` holds a text that is not UTF-8", SCORE)


def test_wrong_usage(refused: Any) -> None:
    refused(2, "missing option '--customers'", "score p --out o")
    refused(2, "invalid value for '--top': 65 is not in the range", SCORE + " --top 65")
    refused(2, "invalid value for '--limit'", SCORE + " --limit 0")
    refused(2, "no channel Shop\n  help: the channels are Web", SCORE + " --channel Shop")
    refused(2, "no zone Hoem on Web\n  help: the zones are Home, Mail", SCORE + " --zones Hoem")
    refused(2, "no such file or folder: none.parquet", "score p --customers none.parquet --out o")
    refused(2, "no such file or folder: q", "score q --customers c.parquet --out o")
    refused(2, "no such file: q.bundle", "score q.bundle --customers c.parquet --out o")


def test_a_condition_that_is_none(run: Any) -> None:
    for text, told in (("agee > 3", "agee"), ("age", "condition"), ("age >", "expected")):
        found = run(SCORE + " --where", text)
        assert (found.exit_code, found.stdout) == (2, "")
        assert told in found.stderr
        assert "--where:1:" in found.stderr


def test_which_channel(run: Any, refused: Any, in_folder: Path) -> None:
    more = "channel App for Customer { zone Start { point p } }"
    (in_folder / "p" / "more.interact").write_text(more)
    refused(2, "which channel?\n  help: --channel: the channels are Web, App", SCORE)
    assert run(SCORE + " --channel Web").exit_code == 0


def test_sources_with_mistakes(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "bad.interact").write_text("offer {")
    found = run(SCORE)
    assert (found.exit_code, found.stdout) == (1, "")
    assert "p/bad.interact:1:" in found.stderr
    assert not Path("o").exists()


def test_missing_and_mistyped_columns(refused: Any, make_customers: Any) -> None:
    table = make_customers().rename_columns(["id", "Age", "city", "balance", "income"])
    table = table.set_column(3, "balance", pa.array(["a"] * 6))
    pq.write_table(table, "c.parquet")
    refused(1, "column `age` is missing, int was expected; did you mean `Age`?", SCORE)
    refused(1, "column `balance` should be decimal(2), but is string", SCORE)


def test_missing_text_columns(refused: Any, make_customers: Any) -> None:
    pq.write_table(make_customers().drop_columns(["city"]), "c.parquet")
    refused(1, "column `city` is missing, text was expected", SCORE)


def test_files_that_are_not_customers(refused: Any, in_folder: Path) -> None:
    (in_folder / "bad.parquet").write_bytes(b"PAR1 nothing")
    refused(1, "bad.parquet is not a Parquet file", "score p --customers bad.parquet --out o")
    refused(2, "cannot tell the format", "score p --customers p/all.interact --out o")
    (in_folder / "none").mkdir()
    refused(2, "there are no customer files in none", "score p --customers none --out o")
    (in_folder / "bad.bundle").write_bytes(b"PK\x03\x04")
    refused(1, "is not a valid bundle", "score bad.bundle --customers c.parquet --out o")


def test_keys_can_be_refused(refused: Any) -> None:
    refused(1, "have no `id`, their key", SCORE + " --null-keys error")
    refused(1, "1 customers have a `id` that another one has: 4", SCORE + " --duplicate-keys error")
    assert not Path("o").exists()


def test_keys_out_of_range(refused: Any, make_customers: Any) -> None:
    table = make_customers().set_column(0, "id", pa.array([2**64 - 1] * 6, pa.uint64()))
    pq.write_table(table, "c.parquet")
    refused(1, "the key `id` is out of range", SCORE)


def test_places_that_are_taken(run: Any, refused: Any, in_folder: Path) -> None:
    assert run(SCORE).exit_code == 0
    refused(2, "already holds a run\n  help: name another folder, or use --overwrite", SCORE)
    assert run(SCORE + " --overwrite").exit_code == 0
    refused(2, "is a file; results need a folder", SCORE.replace("--out o", "--out c.parquet"))
    refused(2, "holds other files", SCORE.replace("--out o", "--out p"))
    refused(1, "cannot write to", SCORE.replace("--out o", "--out /proc/o"))


def test_results_are_not_customers(in_folder: Path, run: Any, refused: Any) -> None:
    (in_folder / "data").mkdir()
    (in_folder / "c.parquet").rename(in_folder / "data" / "c.parquet")
    for out in ("data", "data/out", "data/../data/x/y"):
        refused(2, "lies in the folder of the customers", f"score p --customers data --out {out}")
    whole = json.loads(run("score p --customers data --out o --json").stdout)["read"]
    (in_folder / "o").rename(in_folder / "data" / "moved")
    assert json.loads(run("score p --customers data --out o --json").stdout)["read"] == whole


def test_a_mistake_in_where_is_told_once(run: Any) -> None:
    found = run("score p --customers c.parquet --out o --where", "agee > 3")
    assert found.exit_code == 2
    assert found.stderr.count("error") == 1
    assert "did you mean `age`?" in found.stderr
