"""``interact score``: results, options, and every way to call it wrongly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

SCORE = "score p --customers c.parquet --out o --as-of 2026-11-24"
HOME = [
    (1, "Home", 1, "CC-GOLD", 51.0, "Rich, Romans"),
    (1, "Home", 2, "CC-BLUE", 20.0, "Rich, Romans"),
    (1, "Mail", 1, "CC-BLUE", 7.5, "Rich, Romans"),
    (2, "Home", 1, "CC-BLUE", 20.0, "Rest"),
    (3, "Home", 1, "CC-BLUE", 20.0, "Rich"),
    (4, "Home", 1, "CC-BLUE", 20.0, "Young, Romans"),
    (4, "Mail", 1, "CC-BLUE", 7.5, "Young, Romans"),
    (4, "Home", 1, "CC-BLUE", 20.0, "Rest, Romans"),
    (4, "Mail", 1, "CC-BLUE", 7.5, "Rest, Romans"),
    (None, "Home", 1, "CC-BLUE", 20.0, "Rest"),
]
COLUMNS = ["id", "zone", "rank", "offer", "score", "segments"]


def offers(folder: str = "o") -> list[tuple[Any, ...]]:
    rows = pq.read_table(f"{folder}/offers").select(COLUMNS).to_pylist()
    return [tuple(row.values()) for row in rows]


def test_offers_and_segments(run: Any) -> None:
    found = run(SCORE)
    assert (found.exit_code, found.stderr) == (0, ""), found.output
    assert offers() == HOME
    table = pq.read_table("o/offers/part-00000.parquet")
    assert table.schema.names == ["id", "zone", "rank", "offer", "score", "rule", "segments"]
    segments = pq.read_table("o/segments").to_pylist()
    assert segments[0] == {"id": 1, "segments": ["Rich", "Romans"]}
    assert segments[5] == {"id": None, "segments": ["Rest"]}
    for told in (
        "6 customers scored for Web as of 2026-11-24",
        "33.3 %",
        "CC-GOLD  Gold card",
        "to nobody: CART",
        "1 customer without a key: `id` is null",
        "1 customer with a key that came before, such as 4",
        "o/segments   6 rows  1 file",
    ):
        assert told in found.output, told
    (failed,) = [line for line in found.output.splitlines() if "income" in line]
    assert failed.split() == ["p/all.interact:20:32", "10", "/", "income", "1"]


def test_a_bundle_gives_the_same_result(run: Any) -> None:
    run(SCORE)
    run("build p -o p.bundle")
    found = run("score p.bundle --customers c.parquet --out b --as-of 2026-11-24 --json")
    assert found.exit_code == 0
    for table in ("offers", "segments"):
        part = f"{table}/part-00000.parquet"
        assert Path("o", part).read_bytes() == Path("b", part).read_bytes()
    told = json.loads(found.stdout)
    assert told == json.loads(Path("b/run.json").read_text())
    assert len(told["bundle"]) == 64
    (failure,) = told["without_result"]
    assert (failure["file"], failure["text"], failure["count"]) == (
        "all.interact",
        "10 / income",
        1,
    )
    assert told["keys"] == {
        "column": "id",
        "nulls": 1,
        "duplicates": 1,
        "exact": True,
        "examples": [4],
    }
    assert told["segments"][0] == {"name": "Rich", "customers": 2}
    assert told["offers"][0]["offers"][0] == {
        "offer": "CC-BLUE", "title": "Blue card", "best": 5, "given": 6, "mean_score": 20.0
    }  # fmt: skip


def test_zones_top_limit_and_where(run: Any) -> None:
    def with_options(*options: str) -> list[tuple[Any, ...]]:
        found = run(SCORE + " --overwrite", *options)
        assert found.exit_code == 0, found.output
        return offers()

    assert with_options("--zones", "Mail") == [row for row in HOME if row[1] == "Mail"]
    assert with_options("--zones", "Mail, Home") == HOME
    assert with_options("--top", "1") == [row for row in HOME if row[2] == 1]
    assert with_options("--limit", "2") == [row for row in HOME if row[0] in (1, 2)]
    assert with_options("--where", "age < 30") == [r for r in HOME if "Young" in r[5] or r[0] == 1]
    assert with_options("--where", "city is null and cart = 0") == [r for r in HOME if r[0] == 3]
    assert with_options("--where", "age > 1000") == []
    assert "where age > 1000" in run(SCORE + " --overwrite --where", "age > 1000").output


def test_any_number_of_threads_gives_the_same_bytes(run: Any, make_customers: Any) -> None:
    pq.write_table(
        pa.concat_tables([make_customers()] * 100_000), "c.parquet", row_group_size=90_000
    )
    found = set()
    for threads in ("1", "4"):
        assert run(SCORE + " --overwrite --threads", threads).exit_code == 0
        parts = sorted(Path("o").rglob("part-*"))
        run_json = json.loads(Path("o/run.json").read_text())
        found.add(
            (*(p.read_bytes() for p in parts), str({**run_json, "seconds": 0, "compiling": 0}))
        )
    assert len(found) == 1


@pytest.mark.parametrize("form", ["arrow", "csv"])
def test_other_formats_hold_the_same(run: Any, form: str) -> None:
    assert run(SCORE + f" --format {form}").exit_code == 0
    if form == "arrow":
        read = pa.ipc.open_file("o/offers/part-00000.arrow").read_all()
        assert [tuple(r.values()) for r in read.select(COLUMNS).to_pylist()] == HOME
        lists = pa.ipc.open_file("o/segments/part-00000.arrow").read_all()
        assert lists["segments"].to_pylist()[0] == ["Rich", "Romans"]
    else:
        lines = Path("o/segments/part-00000.csv").read_text().splitlines()
        assert lines[:2] == ['"id","segments"', '1,"Rich, Romans"']


def test_session_attributes_come_from_the_data_when_they_are_there(
    run: Any, make_customers: Any
) -> None:
    table = make_customers().append_column("cart", pa.array([0, 5, 0, 0, 0, None], pa.int64()))
    pq.write_table(table, "c.parquet")
    found = run(SCORE)
    assert "session attribute `cart`: read from the column of that name" in found.output
    assert [row[0] for row in offers() if row[3] == "CART"] == [2]


def test_columns_of_history_that_are_not_there_are_named(run: Any, in_folder: Path) -> None:
    (in_folder / "shop.interact").write_text(
        "audience A { key id: int } offer O { suppress after accept } offer P { suppress after "
        "3 contacts } channel C for A { zone Z { point p } } strategy S on C { zone Z { O P } }"
    )
    (in_folder / "c.csv").write_text("id,O.acepted,P.contacts\n1,2026-01-01T00:00:00Z,5\n")
    found = run("score", "shop.interact", "--customers", "c.csv", "--out", "o")
    assert "no column of history `O.accepted`: as if it never happened to anybody" in found.output
    (in_folder / "c.csv").write_text("id,O.accepted,P.contacts\n1,2026-01-01T00:00:00Z,5\n")
    found = run("score", "shop.interact", "--customers", "c.csv", "--out", "o", "--overwrite")
    assert "no column of history" not in found.output


def test_the_time_is_an_input(run: Any, refused: Any) -> None:
    for given, told in (
        ("2026-11-24", "2026-11-24T00:00:00+00:00"),
        ("2026-11-24T12:00", "2026-11-24T12:00:00+00:00"),
        ("2026-11-24T12:00:00.5+02:00", "2026-11-24T10:00:00.500000+00:00"),
        ("2026-11-24T12:00Z", "2026-11-24T12:00:00+00:00"),
    ):
        found = run("score p --customers c.parquet --out o --overwrite --json --as-of", given)
        assert json.loads(found.stdout)["as_of"] == told
    for bad, why in (
        ("tomorrow", "is neither a date nor a timestamp"),
        ("2026-02-30", "is no day or time that exists"),
        ("0001-01-01T00:00+23:00", "is no day or time that exists"),
    ):
        refused(2, why, "score p --customers c.parquet --out o --as-of", bad)


def test_run_json_is_json_whatever_the_scores(run: Any, in_folder: Path) -> None:
    text = (in_folder / "p" / "all.interact").read_text().replace("score 20", "score income")
    (in_folder / "p" / "all.interact").write_text(text)
    huge = pa.array([1e308] * 6)
    pq.write_table(pq.read_table("c.parquet").set_column(4, "income", huge), "c.parquet")
    found = run(SCORE + " --json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout, parse_constant=lambda name: pytest.fail(name))
    (blue,) = (o for o in told["offers"][0]["offers"] if o["offer"].endswith("BLUE"))
    assert (blue["given"], blue["mean_score"]) == (6, None)
    assert run(SCORE + " --overwrite").exit_code == 0


def test_no_customers_at_all(run: Any, make_customers: Any) -> None:
    pq.write_table(make_customers().slice(0, 0), "c.parquet")
    found = run(SCORE)
    assert found.exit_code == 0
    assert "0 customers scored" in found.output
    assert offers() == []


def test_a_project_without_rules_or_segments(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "all.interact").write_text(
        "audience A { key id: int } channel C for A { zone Z { point p } }"
    )
    found = run(SCORE)
    assert found.exit_code == 0, found.output
    assert pq.read_table("o/segments").num_rows == 6


def test_keys_of_several_columns(run: Any, in_folder: Path) -> None:
    text = (
        (in_folder / "p" / "all.interact")
        .read_text()
        .replace("key id: int", "key id: int, city: text")
    )
    (in_folder / "p" / "all.interact").write_text(text.replace("city: text?", ""))
    found = run(SCORE + " --json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["keys"]["duplicates"] == 1
    assert pq.read_table("o/segments").schema.names == ["id", "city", "segments"]


def test_the_day_of_a_key_is_that_of_universal_time(run: Any, in_folder: Path) -> None:
    text = (in_folder / "p" / "all.interact").read_text()
    (in_folder / "p" / "all.interact").write_text(text.replace("key id: int", "key id: date"))
    at = pa.array([0, 5, 3_600, 86_399, 86_400, -1]).cast(pa.timestamp("s", "America/New_York"))
    pq.write_table(pq.read_table("c.parquet").set_column(0, "id", at), "c.parquet")
    found = run(SCORE + " --json")
    assert found.exit_code == 0, found.output
    days = [row.isoformat() for row in pq.read_table("o/segments")["id"].to_pylist()]
    assert days == ["1970-01-01"] * 4 + ["1970-01-02", "1969-12-31"]
    assert json.loads(found.stdout)["keys"]["duplicates"] == 3
    explained = run("explain p --customers c.parquet --id 1969-12-31")
    assert explained.exit_code == 0, explained.output


def test_customers_in_csv(run: Any, make_customers: Any) -> None:
    pa.csv.write_csv(make_customers(), "c.csv")
    assert run("score p --customers c.csv --out o").exit_code == 0
    assert [row[:4] for row in offers()] == [row[:4] for row in HOME]


# -- what goes wrong ------------------------------------------------------------------------


def test_text_keys_and_many_segments(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "all.interact").write_text(
        "audience A { key name: text profile { x: int } }\n"
        'offer O { code "O" }\nchannel C for A { zone Z { point p } }\n'
        "flowchart F on C {\n"
        + "".join(f"  select S{i:02} when bit_and(x, {1 << i}) > 0\n" for i in range(20))
        + "}\nstrategy S on C { zone Z { for everyone { O score x } } }"
    )
    count = 5000
    names = pa.array([f"n{i}" for i in range(count)]).dictionary_encode()
    pq.write_table(pa.table({"name": names, "x": [i * 211 for i in range(count)]}), "c.parquet")
    assert run(SCORE).exit_code == 0
    rows = pq.read_table("o/segments").to_pylist()
    for i in (0, 1, 77, 4999):
        expected = [f"S{b:02}" for b in range(20) if i * 211 >> b & 1]
        assert rows[i] == {"name": f"n{i}", "segments": expected}
    table = pq.read_table("o/offers")
    assert pc.all(
        pc.equal(table["name"].cast("string"), pa.array([f"n{i}" for i in range(count)]))
    ).as_py()


def test_zones_add_up(run: Any) -> None:
    command = "score p --customers c.parquet --out o --overwrite --json"
    for given in ("--zones Home,Mail", "--zones Home --zones Mail", "--zones Mail --zones Home,"):
        told = json.loads(run(f"{command} {given}").stdout)
        assert {zone["zone"] for zone in told["offers"]} == {"Home", "Mail"}


def test_what_had_to_be_compiled_is_told_apart(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(run("score p --customers c.parquet --out o --json").stdout)
    assert told["compiling"]["seconds"] <= told["seconds"]
    again = json.loads(run("score p --customers c.parquet --out o --json --overwrite").stdout)
    assert again["compiling"] == {"kernels": 0, "seconds": 0.0}


def test_files_may_store_a_column_in_other_types(
    in_folder: Path, run: Any, make_customers: Any
) -> None:
    whole = make_customers()
    age = whole.schema.get_field_index("age")
    (in_folder / "many").mkdir()
    for number, kind in enumerate((pa.int64(), pa.int8(), pa.int32())):
        table = whole.set_column(age, "age", whole["age"].cast(kind))
        pq.write_table(table, in_folder / "many" / f"{number}.parquet")
    for threads in ("1", "3"):
        found = run("score p --customers many --out o --overwrite --json --threads", threads)
        assert found.exit_code == 0, found.stderr
        rows = pq.ParquetDataset("o/offers").read().drop_columns(["segments"]).to_pylist()
        assert len(rows) % 3 == 0
        third = len(rows) // 3
        assert rows[:third] == rows[third : 2 * third] == rows[2 * third :]


def test_where_may_call_functions_and_name_members(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "more.interact").write_text(
        'enum City { Oslo = "oslo", Rome = "rome" }\n'
        "function grown(least: int = 30) for Customer = age >= least\n"
    )
    source = in_folder / "p" / "all.interact"
    source.write_text(source.read_text().replace("city: text?", "city: City?"))
    source.write_text(source.read_text().replace('city = "rome"', "city = Rome"))
    for where, count in (
        ("grown()", 4),
        ("grown(60) or city = Oslo", 3),
        ('city = "rome"', 3),
    ):
        found = run("score p --customers c.parquet --out o --overwrite --where", where)
        assert found.stdout.startswith(f"{count} customers where"), found.output
    for mixed, texts in (
        (
            'city = "rome" or grown(60) or not (grown(1) or city = Oslo)',
            'city = "rome" or age >= 60',
        ),
        ('(city = "oslo" or city = Rome) and grown()', 'city in ("oslo", "rome") and age >= 30'),
    ):
        found = [
            run("score p --customers c.parquet --out o --overwrite --where", where).stdout
            for where in (mixed, texts)
        ]
        assert found[0].partition(" ")[0] == found[1].partition(" ")[0] != "0"
    found = run("score p --customers c.parquet --out o --overwrite --where", "grown(city)")
    assert "`least` is declared an int" in found.stderr
    found = run(
        "score p --customers c.parquet --out o --overwrite --where", "city = Rome and Young"
    )
    assert found.stderr.count("error") == 1
    assert "no attribute `Young`" in found.stderr
    assert "segments are not known in --where" in found.stderr
