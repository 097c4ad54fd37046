"""A day of a small bank: score, serve, visit, import, suppress, report; all figures must agree.

python examples/day/run.py [--customers 10000] [--to postgresql://…]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from simulator import Site, Truth, live_a_day

HERE = Path(__file__).parent
MAKE_CUSTOMERS = HERE.parent / "retail_bank" / "make_customers.py"
NEWS = "NEWS"


def main() -> int:
    """Return 1 when figures differ."""
    options = _options()
    out: Path = options.out
    for made in ("scored", "history", "evening"):
        shutil.rmtree(out / made, ignore_errors=True)
    (out / "campaign.db").unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    url = options.to or f"duckdb:///{out / 'campaign.db'}"
    customers = out / "customers.parquet"
    with _told("customers"):
        _python(MAKE_CUSTOMERS, "--customers", options.customers, "--out", customers)
    with _told("score"):
        _interact("score", HERE, "--customers", customers, "--out", out / "scored", "--top", 2)
    with _told("serve"), _serving(customers, out / "history") as (host, port):
        truth = live_a_day(Site(host, port, options.seed), range(1, options.customers + 1))
    with _told("import"):
        imported = _interact("campaign", "import", "--history", out / "history", "--to", url)
    with _told("suppress"):
        suppressed = out / "suppressed.parquet"
        _interact("campaign", "suppress", HERE, "--from", url, "--out", suppressed)
    with _told("score again"):
        tables = ("--table", f"DoNotOffer={suppressed}", "--out", out / "evening", "--top", 2)
        _interact("score", HERE, "--customers", customers, *tables)
    with _told("follow-up"):
        words = ("--kind", "unanswered", "--out", out / "unanswered.csv")
        follow_up = _interact("campaign", "follow-up", "--from", url, *words)
    with _told("report"):
        report = _interact("report", url, "--section", "offers")
        _interact("report", url, "--out", out / "report.html", as_json=False)
    checks = list(_checks(out, truth, imported, follow_up, report))
    _print(truth, checks)
    return int(any(found != expected for _, found, expected in checks))


def _checks(
    out: Path, truth: Truth, imported: Any, follow_up: Any, report: Any
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is compared: what it is, what was found, and what happened."""
    scored = _offers(out / "scored", truth)
    yield "offers of the batch", scored, truth.shown
    answers = truth.accepts.total() + truth.rejects.total()
    rows = {"contacts": truth.contacts.total(), "responses": answers}
    found = imported["inserted"]
    found = {**found, "responses": found["responses"] + imported["matched"]}
    yield "imported rows", found, rows
    listed = {(r["customer_id"], r["offer"]) for r in _rows(out / "suppressed.parquet")}
    news = {(customer, NEWS) for customer, codes in truth.shown.items() if NEWS in codes}
    yield "suppressed offers", listed, truth.accepted | truth.rejected | news
    again = {(c, code) for c, codes in _offers(out / "evening", truth).items() for code in codes}
    yield "offers of the evening that are suppressed", again & listed, set()
    yield "unanswered offers", follow_up["rows"], rows["contacts"] - answers
    told = {r["offer"]: r for r in report["sections"]["offers"]}
    for what in ("contacts", "accepts", "rejects"):
        shown = {offer: row[what] for offer, row in told.items()}
        yield f"{what} of the report", shown, {o: getattr(truth, what)[o] for o in truth.contacts}


def _offers(result: Path, truth: Truth) -> dict[int, list[str]]:
    """Return the codes that a batch offers to each customer, best first."""
    found: dict[int, list[str]] = {customer: [] for customer in truth.shown}
    for row in _rows(result / "offers"):
        found[row["customer_id"]].append(row["offer"])
    return found


def _print(truth: Truth, checks: list[tuple[str, Any, Any]]) -> None:
    print(f"\n{'offer':<14}{'contacts':>10}{'accepts':>10}{'rejects':>10}")
    for offer, contacts in truth.contacts.most_common():
        print(f"{offer:<14}{contacts:>10,}{truth.accepts[offer]:>10,}{truth.rejects[offer]:>10,}")
    print(f"{truth.later:,} acceptances came in another session\n")
    for what, found, expected in checks:
        print(f"{'equal' if found == expected else 'DIFFERENT':<10}{what}")


@contextmanager
def _serving(customers: Path, history: Path) -> Iterator[tuple[str, int]]:
    """Serve on a free port; in the end all history is published."""
    arguments = ["serve", HERE, "--port", 0, "--no-auth", "--history", history]
    command = _command(*arguments, "--profiles", f"Customer={customers}")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        first = server.stderr.readline()
        address = re.match(r"http://([^:/]+):(\d+)", first)
        if address is None:
            raise SystemExit(first + server.stderr.read())
        try:
            yield address[1], int(address[2])
        finally:
            server.terminate()
            server.stderr.read()


@contextmanager
def _told(step: str) -> Iterator[None]:
    print(f"{step:<14}", end="", flush=True)
    started = time.perf_counter()
    yield
    print(f"{time.perf_counter() - started:6.1f} s", flush=True)


def _interact(*arguments: object, as_json: bool = True) -> Any:
    told = _python("-m", "interact", *arguments, *(["--json"] if as_json else []))
    return json.loads(told) if as_json else told


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "interact", *map(str, arguments)]


def _python(*arguments: object) -> str:
    done = subprocess.run([sys.executable, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def _rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A day of a small bank.")
    parser.add_argument("--customers", type=int, default=10_000, metavar="N")
    parser.add_argument("--out", type=Path, default=Path("out/day"), metavar="DIR")
    parser.add_argument("--to", metavar="URL", help="an empty database; duckdb in DIR by default")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
