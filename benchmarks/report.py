"""Figures for people, for programs, and for the README."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measure import Figure

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
README = HERE / "README.md"

BUSY_MACHINE = (
    "times are longer than the machine's own, and what needs all cores says nothing; "
    "what compares work on one core still holds"
)

_README = """\
# Benchmarks

    make bench            all of it, about ten minutes
    make bench QUICK=1    smaller, within four minutes
    python -m benchmarks --only job

Each figure is measured beside what it is compared with, in one run and in turns; the best of
several counts (for whole processes the median), so that noise hits all alike. `results.json` has
the figures for programs, `python -m benchmarks --write-readme` writes this page.

The workload: customers of 20 columns, some with nulls, four of them texts of few values; eight
segments, of which the first that fits counts; 40 or 400 rules over four zones, each with four
segments, three comparisons, a flag, a text `in` a list and the score
`min(100, base + (w1 * x + w2 * y))`; the best three offers of each zone. `workload/` has it in
this project's language, in SQL and as Polars expressions; in the same run all three must decide
the same for every customer, or there is no figure. DuckDB has the customers in a table and the
query prepared; Polars has them in a data frame, texts as codes already; this project has them in
lanes, and scores batches of 131,072 as the job does. One thread each.

Over HTTP the service has one core, its history on, and who asks has another one: with two cores
there is no room for anything else. The endpoint that it is compared with is an ordinary one of
Starlette in the same process, reads the same bodies, and answers `{{}}`. Sessions are of customers
who get offers. Who asks looks for answers by the clock: to wake who waits for one is work of the
service on one machine, and would not be over a network.

## Figures
{warning}
{figures}

## Machine

{machine}
"""


def table(figures: Sequence[Figure]) -> str:
    """Return figures for a terminal."""
    rows = [(f.name, _value(f), _bar(f), _verdict(f), f.against) for f in figures]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    form = "  ".join(f"{{:{side}{width}}}" for side, width in zip("<><<", widths, strict=True))
    return "\n".join(f"{form}  {{}}".format(*row).rstrip() for row in rows)


def write_results(figures: Sequence[Figure], path: Path = RESULTS) -> None:
    """Write ``results.json``."""
    text = json.dumps([f.as_json() for f in figures], indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_readme(
    figures: Sequence[Figure], facts: Mapping[str, str], warning: str = "", path: Path = README
) -> None:
    """Write the README anew; a warning goes above the figures."""
    lines = ["| what | measured | bar | holds | against |", "|---|---|---|---|---|"]
    lines += [
        f"| {f.name} | {_value(f)} | {_bar(f)} | {_verdict(f)} | {f.against} |" for f in figures
    ]
    machine = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    told = f"\n**Other programs kept this machine busy: {warning}.**\n" if warning else ""
    text = _README.format(figures="\n".join(lines), machine=machine, warning=told)
    path.write_text(text, encoding="utf-8")


def _value(figure: Figure) -> str:
    value = figure.value
    digits = max(0, 2 - len(str(int(abs(value)))) + (1 if abs(value) < 10 else 0))
    return f"{value:,.{digits}f} {figure.unit}"


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return f"{'≥' if figure.at_least else '≤'} {figure.bar:g}"


def _verdict(figure: Figure) -> str:
    return {None: "", True: "yes", False: "NO"}[figure.holds]
