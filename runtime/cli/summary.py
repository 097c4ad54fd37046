"""The summary of a batch run, from its manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interact.runtime.cli import tables
from interact.runtime.cli.wording import bar, columns, plural, share

Json = dict[str, Any]
_SHOWN = 20
_NAMED = 5
_LASTING = ("accepted", "rejected", "contacted", "contacts")


def lines(run: Json) -> Iterator[str]:
    """Yield the lines that tell a person what a run did."""
    yield _headline(run)
    if kernels := run["compiling"]["kernels"]:
        yield (
            f"{plural(kernels, 'kernel')} compiled first, in {run['compiling']['seconds']:.1f} s; "
            + _keeping()
        )
    for part in (_segments, _offers, _limits, odd_data):
        found = list(part(run))
        if found:
            yield ""
            yield from found
    yield ""
    yield from place(run)


def _keeping() -> str:
    """Return what becomes of compiled kernels."""
    from interact.runtime.kernel_cache import default_directory, keeps

    if keeps(folder := default_directory()):
        return "they are kept for the next run"
    return f"{folder} cannot keep them: INTERACT_CACHE_DIR names a folder of your own that can"


def _headline(run: Json) -> str:
    seconds = run["seconds"]
    working = seconds - run["compiling"]["seconds"]
    speed = f" ({run['scored'] / working:,.0f} a second)" if working > 0 and run["scored"] else ""
    chosen = f" where {run['where']}" if run["where"] else ""
    return (
        f"{plural(run['scored'], 'customer')}{chosen} scored for {run['channel']} as of "
        f"{run['as_of'].removesuffix('+00:00')} in {seconds:.2f} s{speed}"
    )


def _segments(run: Json) -> Iterator[str]:
    whole = run["scored"]
    counts = [(segment["name"], segment["customers"]) for segment in run["segments"]]
    rows = [(f"  {name}", bar(n, whole), f"{n:,}", share(n, whole)) for name, n in counts]
    if rows:
        yield from columns([("segment", "", "customers", "share"), *rows], "<<>>")


def _offers(run: Json) -> Iterator[str]:
    """Yield a table for each zone, aligned with the others."""
    rows: list[tuple[str, ...]] = []
    for zone in run["offers"]:
        rows.append((zone["zone"], "", "best", "given", "mean score"))
        given = [o for o in zone["offers"] if o["given"]]
        rows += [_offer(o) for o in given[:_SHOWN]]
        if len(given) > _SHOWN:
            rows.append((f"  and {len(given) - _SHOWN} more", "", "", "", ""))
        never = [o["offer"] for o in zone["offers"] if not o["given"]]
        if never:
            rows.append((f"  to nobody: {', '.join(never)}", "", "", "", ""))
    widest = [row if row[2] else ("", *row[1:]) for row in rows]
    for row, line in zip(rows, columns(widest, "<<>>>"), strict=True):
        yield line if row[2] else row[0]


def _offer(offer: Json) -> tuple[str, ...]:
    mean = "" if offer["mean_score"] is None else f"{offer['mean_score']:,.2f}"
    return (
        f"  {offer['offer']}",
        offer["title"],
        f"{offer['best']:,}",
        f"{offer['given']:,}",
        mean,
    )


def _limits(run: Json) -> Iterator[str]:
    """Yield a line for each limit of impressions that holds."""
    rows = [
        (f"  {name}", f"{t['given']:,}", f"{t['left']:,}", _closed(t))
        for name, t in run.get("impressions", {}).items()
        if t["holds"]
    ]
    if rows:
        yield from columns([("limit of impressions", "given", "left", ""), *rows], "<>><")


def _closed(limit: Json) -> str:
    after = limit["closed_after"]
    return "" if after is None else f"to nobody after {plural(after, 'customer')}"


def odd_data(run: Json) -> Iterator[str]:
    """Yield what is odd: operations without a result, keys, nulls; a blank line between."""
    parts = [found for part in (_without_result, _tables, _data) if (found := list(part(run)))]
    for number, part in enumerate(parts):
        yield from ("", *part) if number else part


def _without_result(run: Json) -> Iterator[str]:
    found = run["without_result"]
    if found:
        yield "operations that had no result, and gave null, with how many customers"
        rows = [
            (f"  {f['file']}:{f['line']}:{f['column']}", f["text"], f"{f['count']:,}")
            for f in found
        ]
        yield from columns(rows, "<<>")


def _tables(run: Json) -> Iterator[str]:
    yield from tables.lines(run["offer_tables"])


def _data(run: Json) -> Iterator[str]:
    """Yield what is odd about the customers."""
    keys = run["keys"]
    if keys and keys["nulls"]:
        yield f"{plural(keys['nulls'], 'customer')} without a key: `{keys['column']}` is null"
    if keys and keys["duplicates"]:
        about = "" if keys["exact"] else "about "
        shown = ", ".join(map(str, keys["examples"]))
        examples = f", such as {shown}" if shown else ""
        repeated = plural(keys["duplicates"], "customer")
        yield f"{about}{repeated} with a key that came before{examples}"
    for name, count in run["nulls_in_not_null"].items():
        yield f"`{name}` is null for {plural(count, 'customer')}, although its type has no `?`"
    for name, count in run["out_of_range"].items():
        yield f"{plural(count, 'value')} of `{name}` do not fit its type, and were taken as null"
    yield from _history(run)
    for name, origin in run["session"].items():
        if origin == "data":
            yield f"session attribute `{name}`: read from the column of that name"


def _history(run: Json) -> Iterator[str]:
    """Yield a line with the columns of history that are not there; one may be misspelt."""
    missing = [
        f"`{name}`"
        for name, is_there in run["states"].items()
        if not is_there and name.rpartition(".")[2] in _LASTING
    ]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        told = f"no column of history {', '.join(missing[:_NAMED])}{more}"
        yield f"{told}: as if it never happened to anybody"


def place(run: Json) -> Iterator[str]:
    """Yield the tables that were written."""
    rows = [
        (
            f"{run['out'].rstrip('/')}/{name}",
            plural(t["rows"], "row"),
            plural(t["files"], "file") + _kept(t),
        )
        for name, t in run["tables"].items()
    ]
    yield from columns(rows, "<>>")


def _kept(table: Json) -> str:
    count = table.get("kept")
    return "" if not count else f", and {plural(count, 'row')} of former runs"
