"""Candidates for contact optimisation: whom to offer what, where, how good, at what cost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from interact.compiler.core.program import Program
from interact.runtime.campaign.columns import quoted
from interact.runtime.campaign.duck import imported, in_memory, literal, parquet
from interact.runtime.campaign.feeds import audience_of, write_barred
from interact.runtime.campaign.files import check_name
from interact.runtime.errors import OutputError, UsageError
from interact.runtime.result import result_column


def write_candidates(
    program: Program,
    audience: str | None,
    offers: str,
    costs: Mapping[str, float],
    out: str,
    url: str | None,
    at: datetime,
    wait: float = 60,
) -> int:
    """Write a row for each customer, offer and channel; return how many.

    Args:
        program: Says what is suppressed.
        audience: Whose keys the offers have; the only one when None.
        offers: The result of ``interact score``, as Parquet.
        costs: What a contact costs, by channel.
        out: A Parquet or CSV file with key columns, ``offer``, ``channel``, ``score``, ``cost``.
        url: The campaign database whose suppressed offers are left out; None leaves out nothing.
        at: When the offers shall be made.
        wait: Seconds to wait for an import that is running.

    Raises:
        UsageError: No such result, audience or channels.
        OutputError: The database cannot be read, or the file not be written.
    """
    check_name(out)
    if not costs:
        raise UsageError("which channels?", help="--channel Email=0.02 --channel Phone=4")
    who = audience_of(program, audience)
    keys = [result_column(a.name) for a in who.key]
    files = sorted(map(str, Path(offers, "offers").glob("*.parquet")))
    if not files:
        raise UsageError(f"no offers in {offers}", help="give the --out of interact score, Parquet")
    if url is None:
        return _write(keys, files, costs, None, out)
    with TemporaryDirectory(prefix="interact-") as folder:
        barred = os.path.join(folder, "barred.parquet")
        write_barred(program, who, url, barred, at, wait)
        return _write(keys, files, costs, barred, out)


def _write(
    keys: list[str], files: list[str], costs: Mapping[str, float], barred: str | None, out: str
) -> int:
    duckdb, db = imported(), in_memory()
    hidden = Path(out).with_name(f".{Path(out).name}.{os.getpid()}.tmp")
    listed = ", ".join(map(quoted, keys))
    form = "HEADER" if out.lower().endswith(".csv") else "COMPRESSION zstd"
    kind = "csv" if out.lower().endswith(".csv") else "parquet"
    channels = pa.table({"channel": list(costs), "cost": [float(c) for c in costs.values()]})
    without = ""
    if barred is not None:
        without = f" ANTI JOIN {parquet([barred])} AS barred USING ({listed}, offer)"
    try:
        hidden.parent.mkdir(parents=True, exist_ok=True)
        db.register("channels", channels)
        best = (
            f"SELECT {listed}, CAST(offer AS VARCHAR) AS offer, max(score) AS score"
            f" FROM {parquet(files)} GROUP BY ALL"
        )
        select = f"SELECT {listed}, offer, channel, score, cost FROM ({best}){without}, channels"
        copy = f"COPY ({select}) TO {literal(str(hidden))} (FORMAT {kind}, {form})"
        ((count,),) = db.execute(copy).fetchall()
        os.replace(hidden, out)
    except duckdb.BinderException as error:
        names = ", ".join(keys)
        raise UsageError(
            f"the offers are not those of customers with {names}: {str(error).splitlines()[0]}"
        ) from error
    except (duckdb.Error, OSError) as error:
        raise OutputError(f"cannot write {out}: {str(error).splitlines()[0]}") from error
    finally:
        db.close()
        hidden.unlink(missing_ok=True)
    return int(count)
