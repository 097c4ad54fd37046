"""No source, however broken, stops the compiler: it ends in a plan or in diagnostics."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator

import pytest

from interact.compiler.diagnostics.render import render_text
from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.source import SourceFile

SEEDS = 10_000
SLOWEST = 1.0
"""Seconds in which any of these small sources must be done, with room for a busy machine."""

PROJECT = """\
audience Customer {
  key id: int
  profile { age: int?  balance: decimal(2)  churn: float  name: text?  vip: bool  since: date? }
  accounts: many { product: text  amount: decimal(2)? }
  session { cart: decimal(2) = 0 }
}
offer Gold "Gold card" {
  code "CC", "GOLD"
  live 2026-01-01 to 2026-12-31
  attributes {
    limit: decimal(2) = min(balance * 0.5, 20_000)
    title: text       = "Up to {limit}, {name}"
  }
}
offer Plain { code "P" }
channel Web for Customer { zone Home { point hero default "x" }  zone Side { point box } }
flowchart Value on Web {
  let rich = balance + sum(amount of accounts where product in ("a", "b"))
  decision by_value { High when rich >= 20_000 and age >= 30  Mid when churn < 0.5  Low otherwise }
  decision needs of High independent { A when vip  B when name like "J%" or lower(name) = "x" }
  sample test of High seed "s" { Control 10%; Treated rest }
  select Old of Mid when since is not null and since < today - 30 days
  segment Some = High, Old
}
strategy Cards on Web {
  zone Home {
    for Treated, Old { Gold pinned score 40 + 2 * churn when vip  Plain as other score 5 }
  }
  every zone { for everyone { Plain score if age > 3 then 10 else 20.5 live from 2026-02-01 } }
}
"""
TOKENS = re.findall(r'"[^"\n]*"|\w+|[^\w\s]|\s+', PROJECT)
WORDS = sorted(
    {t for t in TOKENS if not t.isspace()} | {"null", "not", "otherwise", "%", "::", "'"}
)


def mutated(seed: int) -> str:
    """Return the project with one to four changes, or cut off somewhere."""
    chance, tokens = random.Random(seed), list(TOKENS)
    if seed % 5 == 0:
        return PROJECT[: chance.randrange(len(PROJECT))]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens))
        match chance.randrange(5):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, " " + chance.choice(WORDS) + " ")
            case 2:
                tokens[at] = chance.choice(WORDS)
            case 3:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                end = min(len(tokens), at + chance.randint(1, 12))
                tokens[at:at] = tokens[at:end]
    return "".join(tokens)


def compiled(text: str) -> Iterator[str]:
    """Compile a source as far as it goes, and yield what a user would read."""
    source = SourceFile("project.interact", text)
    checked = check([source])
    for found in checked.diagnostics:
        yield render_text([found], {source.name: source})
    if checked.program is not None:
        program = optimize(checked.program, verify=True)
        for channel in program.channels:
            plan_channel(program, channel, verify=True)
        yield "ok"


@pytest.mark.parametrize("first", range(0, SEEDS, 500))
def test_broken_sources_end_in_a_plan_or_in_diagnostics(first: int) -> None:
    for seed in range(first, first + 500):
        text = mutated(seed)
        start = time.process_time()
        said = list(compiled(text))
        assert said, f"nothing said about seed {seed}:\n{text}"
        assert time.process_time() - start < SLOWEST, f"seed {seed} is slow:\n{text}"


def test_the_project_itself_is_right() -> None:
    assert list(compiled(PROJECT)) == ["ok"]
