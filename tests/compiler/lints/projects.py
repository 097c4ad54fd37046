"""Small projects around a condition, a flowchart or rules."""

from __future__ import annotations

from interact.compiler.lints.levels import Levels
from interact.compiler.lints.run import lint
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

SHOP = """
audience Customer {
  key id: int
  profile {
    age: int  balance: decimal(2)  income: decimal(2)?  score: float  status: text  vip: bool
    joined: date
  }
  accounts: many { product: text  amount: decimal(2) }
}
offer Card {}
channel Web for Customer { zone Home { point a } }
"""


def found_in(text: str, levels: Levels | None = None) -> list[str]:
    """Return the codes of what is found in declarations beside ``SHOP``, by place."""
    sources = [SourceFile("a.interact", SHOP), SourceFile("b.interact", text)]
    checked = check(sources)
    assert checked.program is not None, checked.diagnostics
    return [f.code.id for f in lint(checked.program, checked.modules, sources, levels)]


def found_in_condition(condition: str) -> list[str]:
    return found_in_rules(f"Card when {condition}")


def found_in_rules(rules: str) -> list[str]:
    return found_in(f"strategy S on Web {{ zone Home {{ {rules} }} }}")


def found_in_steps(steps: str, rules: str) -> list[str]:
    return found_in(
        f"flowchart F on Web {{ {steps} }} strategy S on Web {{ zone Home {{ {rules} }} }}"
    )
