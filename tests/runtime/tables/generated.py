"""Generated rows of a table, in files of every sort, and what they say in plain Python."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from interact.compiler.core.program import Program
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile
from interact.runtime.tables.rows import TableSpec

KEYS = {
    "whole": (("id", "int"),),
    "text": (("id", "text"),),
    "date": (("id", "date"),),
    "two": (("id", "int"), ("part", "text")),
}
OFFERS = {"Card": "CC-GOLD", "Loan": "Loan", "Other": "Other"}
ZONES = ("Home", "Side")
EPOCH = date(1970, 1, 1)
ARROW = {
    "n": pa.int64(),
    "f": pa.float64(),
    "d": pa.decimal128(12, 2),
    "b": pa.bool_(),
    "t": pa.string(),
    "day": pa.date32(),
    "must": pa.int64(),
}
Row = dict[str, Any]


def program_of(key: str, by_zone: bool) -> Program:
    """Return a program whose channel reads every column of its overrides."""
    parts = ", ".join(f"{name}: {kind}" for name, kind in KEYS[key])
    source = f"""
    audience Customer {{ key {parts} }}
    offer Card {{ code "CC", "GOLD" attributes {{ text: text = "" }} }}
    offer Loan {{ attributes {{ text: text = "" }} }}
    offer Other {{}}
    channel Web for Customer {{ zone Home {{ point h }} zone Side {{ point s }} }}
    strategy S on Web {{ every zone {{ Card  Loan }} }}
    overrides T for Customer {{
      columns {{
        n: int?  f: float?  d: decimal(2)?  b: bool?  t: text?  day: date?  must: int
      }}
      {"by zone" if by_zone else ""}
      score n + f + d + must
      when b or day > 2020-01-01
      with (text = t)
    }}
    """
    checked = check([SourceFile("p.interact", source)])
    assert checked.program is not None, checked.diagnostics
    return checked.program


def keys_of(chance: random.Random, key: str, count: int) -> list[tuple[Any, ...]]:
    """Return distinct keys."""
    made = [_key(key, number) for number in chance.sample(range(-count * 3, count * 3), count)]
    return list(dict.fromkeys(made))


def _key(key: str, number: int) -> tuple[Any, ...]:
    match key:
        case "whole":
            return (number * 2**30,)
        case "text":
            return (f"k{number}" * (1 + number % 3),)
        case "date":
            return (EPOCH + timedelta(number),)
        case _:
            return (number // 2, "ab" if number % 2 else "ü")


def rows_of(
    chance: random.Random, key: str, keys: Sequence[tuple[Any, ...]], count: int
) -> list[Row]:
    """Return rows, of which some name a customer, offer and zone that others name."""
    names = [name for name, _ in KEYS[key]]
    return [
        {
            **dict(zip(names, chance.choice(keys), strict=True)),
            "offer": chance.choice(("Card", "CC-GOLD", "Loan", "Other")),
            "zone": chance.choice((None, None, *ZONES)),
            **{name: _value(chance, name) for name in ARROW},
        }
        for _ in range(count)
    ]


def _value(chance: random.Random, name: str) -> Any:
    if name != "must" and chance.random() < 0.3:
        return None
    match name:
        case "n" | "must":
            return chance.choice((0, -5, 7, 2**40))
        case "f":
            return chance.choice((0.5, -2.0, 1e300))
        case "d":
            return Decimal(chance.randrange(-999, 99_999)) / 100
        case "b":
            return chance.random() < 0.5
        case "t":
            return chance.choice(("", "gold", "a, b", "ü", "x" * 30))
        case _:
            return EPOCH + timedelta(chance.randrange(25_000))


def expected(rows: Sequence[Row], key: str, by_zone: bool) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the states of each customer: plain loops over rows in their order."""
    first: dict[tuple[Any, ...], Row] = {}
    names = [name for name, _ in KEYS[key]]
    for row in rows:
        offer = {"CC-GOLD": "Card"}.get(row["offer"], row["offer"])
        zone = row["zone"] if by_zone else None
        first.setdefault((tuple(row[name] for name in names), offer, zone), row)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (customer, offer, zone), row in sorted(first.items(), key=lambda i: i[0][2] is not None):
        zones: Sequence[str | None] = [None]
        if by_zone:
            zones = ZONES if zone is None else (zone,)
        for at in zones:
            head = ".".join(p for p in ("T", offer, at) if p is not None)
            states = found.setdefault(customer, {})
            states[head] = True
            states.update({f"{head}.{name}": row[name] for name in ARROW})
    return found


def _table(rows: Sequence[Row], key: str) -> Any:
    kinds = {"int": pa.int64(), "text": pa.string(), "date": pa.date32()}
    fields = [(name, kinds[kind]) for name, kind in KEYS[key]]
    fields += [("offer", pa.string()), ("zone", pa.string()), *ARROW.items()]
    return pa.Table.from_pylist(list(rows), pa.schema(fields))


def as_parquet(rows: Sequence[Row], key: str, folder: Path) -> TableSpec:
    pq.write_table(_table(rows, key), folder / "t.parquet", row_group_size=7)
    return TableSpec("T", str(folder / "t.parquet"))


def as_texts(rows: Sequence[Row], key: str, folder: Path) -> TableSpec:
    """Write every value as a text in a dictionary, as exports of other systems do."""
    table = _table(rows, key)
    texts = [c.cast(pa.string()).dictionary_encode() for c in table.columns]
    pq.write_table(pa.table(texts, table.schema.names), folder / "texts.parquet")
    return TableSpec("T", str(folder / "texts.parquet"))


def as_csv(rows: Sequence[Row], key: str, folder: Path) -> TableSpec:
    pa.csv.write_csv(_table(rows, key), folder / "t.csv")
    return TableSpec("T", str(folder / "t.csv"))


def as_sqlite(rows: Sequence[Row], key: str, folder: Path) -> TableSpec:
    table = _table(rows, key)
    names = ", ".join(table.schema.names)
    marks = ", ".join("?" * table.num_columns)
    with sqlite3.connect(folder / "t.db") as opened:
        opened.execute(f"create table t ({names})")
        values = [[_plain(v) for v in row.values()] for row in table.to_pylist()]
        opened.executemany(f"insert into t values ({marks})", values)
    opened.close()
    return TableSpec("T", f"sqlite:///{folder}/t.db", "select * from t order by rowid")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else value


def as_duckdb(rows: Sequence[Row], key: str, folder: Path) -> TableSpec:
    table = _table(rows, key)
    with duckdb.connect(str(folder / "t.duckdb")) as opened:
        opened.register("rows", table)
        opened.execute("create table t as select row_number() over () as number, * from rows")
    query = "select * exclude (number) from t order by number"
    return TableSpec("T", f"duckdb:///{folder}/t.duckdb", query)


WRITERS: Mapping[str, Callable[[Sequence[Row], str, Path], TableSpec]] = {
    "parquet": as_parquet,
    "texts": as_texts,
    "csv": as_csv,
    "sqlite": as_sqlite,
    "duckdb": as_duckdb,
}
