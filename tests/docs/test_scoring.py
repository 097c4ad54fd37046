"""What docs/scoring.md says of runs is so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from interact.runtime.cli.main import cli

PAGE = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text("utf-8")
STRATEGY = """
audience Customer {
  key id: int
  profile { name: text  balance: decimal(2)  ratio: float?  joined: date?  unread: int }
  accounts: many { product: text  balance: decimal(2)? }
  session { basket: decimal(2) = 0 }
}
offer A { code "X", "A"  attributes { headline: text = "{unread}" } }
offer B { live from 2026-11-24 }
channel Web for Customer { zone Home {} zone Exit {} }
flowchart F on Web {
  select Rich when balance >= 100
  select Many when count(accounts) > 1
}
strategy S on Web {
  zone Home {
    for Rich { A score 100 / balance  B as b score 7 when ratio is not null or basket > 5 }
  }
  zone Exit { for everyone { A } }
}
"""
ROWS: dict[str, list[Any]] = {
    "id": [1, 2, 3],
    "name": ["Ann", "Bob", None],
    "balance": [Decimal("100.00"), Decimal("99.99"), Decimal("400.00")],
    "ratio": [0.5, None, float("nan")],
    "accounts": [
        [{"product": "card", "balance": Decimal("1.00")}, {"product": "loan", "balance": None}],
        [],
        None,
    ],
}
Score = Callable[..., tuple[int, Path, str]]


@pytest.fixture
def score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Score:
    """Return a function that scores rows, and gives exit code, folder and output."""
    (tmp_path / "s.interact").write_text(STRATEGY)

    def run(rows: Any, *options: str, project: str = "s.interact") -> tuple[int, Path, str]:
        file = tmp_path / "customers.parquet"
        pq.write_table(rows if isinstance(rows, pa.Table) else pa.table(rows), file)
        return call(["score", str(tmp_path / project), "--customers", str(file)], *options)

    def call(command: list[str], *options: str) -> tuple[int, Path, str]:
        out = tmp_path / f"out{len(list(tmp_path.glob('out*')))}"
        given = [*command, "--out", str(out), "--as-of", "2026-11-24", *options]
        with pytest.raises(SystemExit) as stopped:
            cli.main(given)
        said = capsys.readouterr()
        return int(stopped.value.code or 0), out, said.out + said.err

    return run


def offers(out: Path) -> list[tuple[Any, ...]]:
    table = pq.read_table(out / "offers")
    table = table.drop_columns(["segments", "effective", "expires"])
    return [tuple(row.values()) for row in table.to_pylist()]


def manifest(out: Path) -> dict[str, Any]:
    return json.loads((out / "run.json").read_text())  # type: ignore[no-any-return]


def test_the_result_is_as_told(score: Score) -> None:
    code, out, _ = score(ROWS)
    assert code == 0
    assert offers(out) == [
        (1, "Home", 1, "B", 7.0, "S.b"),
        (1, "Home", 2, "X-A", 1.0, "S.Rich.A"),
        (1, "Exit", 1, "X-A", 50.0, "S.everyone.A"),
        (2, "Exit", 1, "X-A", 50.0, "S.everyone.A"),
        (3, "Home", 1, "X-A", 0.25, "S.Rich.A"),
        (3, "Exit", 1, "X-A", 50.0, "S.everyone.A"),
    ]
    assert sorted(p.name for p in out.iterdir()) == ["offers", "run.json", "segments"]
    assert [p.name for p in (out / "offers").iterdir()] == ["part-00000.parquet"]
    schema = pq.read_schema(out / "offers" / "part-00000.parquet")
    names = ["id", "zone", "rank", "offer", "score", "rule", "segments", "effective", "expires"]
    assert schema.names == names
    days = pq.read_table(out / "offers").select(["effective", "expires"]).to_pylist()
    assert [tuple(d.values()) for d in days[:2]] == [(date(2026, 11, 24), None), (None, None)]
    assert (schema.field("id").type, schema.field("rank").type) == (pa.int64(), pa.int8())
    segments = pq.read_table(out / "segments").to_pylist()
    assert [s["segments"] for s in segments] == [["Rich", "Many"], [], ["Rich"]]
    assert pq.read_table(out / "offers")["segments"][0].as_py() == "Rich, Many"


def test_run_json_has_the_entries_listed(score: Score) -> None:
    _, out, _ = score(ROWS)
    table = PAGE[PAGE.index("### run.json") : PAGE.index("## The same answers")]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert set(listed) == set(manifest(out))


def test_every_option_is_listed() -> None:
    options = {o for p in cli.get_command(None, "score").params for o in p.opts if o[:2] == "--"}  # type: ignore[arg-type, union-attr]
    assert options == set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE))


@pytest.mark.parametrize(
    ("column", "array"),
    [
        ("id", pa.array([1, 2, 3], pa.uint8())),
        ("id", pa.array([Decimal(1), Decimal(2), Decimal(3)], pa.decimal128(9, 0))),
        ("balance", pa.array([100.0, 99.99, 400.0])),
        ("balance", pa.array([100, 99, 400], pa.int16())),
        ("balance", pa.array([Decimal("99.995"), Decimal("99.994"), Decimal(400)])),
        ("name", pa.array(["Ann", None, "Ann"]).dictionary_encode()),
        ("ratio", pa.array([1, None, None], pa.int32())),
        ("ratio", pa.array([Decimal("0.1"), None, None])),
    ],
    ids=str,
)
def test_columns_that_serve(score: Score, column: str, array: Any) -> None:
    expected = offers(score(ROWS)[1])
    code, out, said = score({**ROWS, column: array})
    assert code == 0, said
    assert offers(out) == expected


def test_what_is_missing_is_reported_together(score: Score) -> None:
    rows = {"id": ["1", "2", "3"], "name": ROWS["name"], "accounts": [1, 2, 3]}
    code, out, said = score(rows)
    assert code == 1
    assert not out.exists()
    for column in ("id", "balance", "ratio", "accounts"):
        assert f"column `{column}`" in said
    assert "unread" not in said  # an offer's text alone does not ask for a column
    assert "column `name`" not in said
    assert "the columns are `id`, `name`, `accounts`" in said


def test_a_session_column_replaces_the_default(score: Score) -> None:
    code, out, said = score({**ROWS, "basket": [0.0, 9.0, 9.0]})
    assert code == 0
    assert (3, "Home", 1, "B", 7.0, "S.b") in offers(out)
    assert "session attribute `basket`: read from the column of that name" in said
    assert manifest(out)["session"] == {"basket": "data"}


def test_limit_comes_before_where(score: Score) -> None:
    _, out, _ = score(ROWS, "--limit", "2", "--where", 'name = "Bob" or id = 3')
    assert (manifest(out)["read"], manifest(out)["scored"]) == (2, 1)
    assert offers(out) == [(2, "Exit", 1, "X-A", 50.0, "S.everyone.A")]


def test_zones_top_and_dates(score: Score) -> None:
    _, out, _ = score(ROWS, "--zones", "Home", "--top", "1")
    assert [row[:4] for row in offers(out)] == [(1, "Home", 1, "B"), (3, "Home", 1, "X-A")]
    _, out, _ = score(ROWS, "--as-of", "2026-11-23T23:59")
    assert "B" not in {row[3] for row in offers(out)}
    _, out, _ = score(ROWS, "--as-of", "2026-11-24T01:00+02:00")  # the day before, in UTC
    assert "B" not in {row[3] for row in offers(out)}


def test_keys_are_counted_or_refused(score: Score) -> None:
    rows = {**ROWS, "id": [1, 1, None]}
    code, out, said = score(rows)
    assert code == 0
    assert (manifest(out)["keys"]["nulls"], manifest(out)["keys"]["duplicates"]) == (1, 1)
    assert len(pq.read_table(out / "segments")) == 3
    assert "1 customer without a key: `id` is null" in said
    for option in ("--null-keys", "--duplicate-keys"):
        code, out, said = score(rows, option, "error")
        assert code == 1
        assert not out.exists()


def test_nulls_and_lost_values_are_counted(score: Score) -> None:
    rows = {**ROWS, "balance": [1e30, None, 400.0]}
    _, out, _ = score(rows)
    found = manifest(out)
    assert found["out_of_range"] == {"balance": 1}
    assert found["nulls_in_not_null"] == {"balance": 2}


def test_operations_without_a_result_have_a_place(score: Score, tmp_path: Path) -> None:
    (tmp_path / "s.interact").write_text(STRATEGY.replace("100 / balance", "100 / (balance - 400)"))
    _, out, _ = score(ROWS)
    (found,) = manifest(out)["without_result"]
    assert found["text"] == "100 / (balance - 400)"
    assert (found["line"], found["count"]) == (17, 1)


def test_the_same_bytes_come_again(score: Score, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        cli.main(["build", str(tmp_path / "s.interact"), "-o", str(tmp_path / "s.bundle")])
    rows = pa.concat_tables([pa.table(ROWS)] * 50)
    runs = [
        score(rows, "--threads", "1"),
        score(rows, "--threads", "2"),
        score(rows, project="s.bundle"),
    ]
    for table in ("offers", "segments"):
        found = [(out / table / "part-00000.parquet").read_bytes() for _, out, _ in runs]
        assert found[0] == found[1] == found[2]


def test_csv_is_read_and_written(score: Score, tmp_path: Path) -> None:
    _, out, _ = score(ROWS, "--format", "csv")
    text = (out / "segments" / "part-00000.csv").read_text()
    assert text.splitlines()[:2] == ['"id","segments"', '1,"Rich, Many"']
    (tmp_path / "s.interact").write_text(STRATEGY.replace("count(accounts)", "id"))
    customers = tmp_path / "c.csv"
    customers.write_text("id;name;balance;ratio\n1;Ann;100;\\N\n2;Bob;99.99;0.5\n")
    options = ["--as-of", "2026-11-24", "--out", str(tmp_path / "csv")]
    with pytest.raises(SystemExit) as stopped:
        cli.main(["score", str(tmp_path / "s.interact"), "--customers", str(customers), *options])
    assert not stopped.value.code
    assert offers(tmp_path / "csv")[0][:4] == (1, "Home", 1, "X-A")


def test_a_taken_folder_is_left_alone(score: Score, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("x")
    for options in ((), ("--overwrite",)):
        code, _, _ = score(ROWS, "--out", str(tmp_path / "taken"), *options)
        assert code == 2
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["mine.txt"]


def test_the_day_of_a_timestamp_is_that_of_utc(score: Score) -> None:
    moment = datetime.fromisoformat("2026-11-24T01:00+02:00")
    rows = {**ROWS, "joined": pa.array([moment] * 3, pa.timestamp("us", "Europe/Oslo"))}
    _, out, _ = score(rows, "--where", "joined = 2026-11-23")
    assert manifest(out)["scored"] == 3
    rows = {**ROWS, "joined": [date(2026, 11, 23)] * 3}
    _, out, _ = score(rows, "--where", "joined + 1 day = today")
    assert manifest(out)["scored"] == 3
