"""W02xx: flowcharts."""

from __future__ import annotations

from interact.compiler.lints.lint import note, warning

SHADOWED_BRANCH = warning(
    "W0201",
    "shadowed-branch",
    "a branch that nobody comes to",
    "nobody is left for `{name}`",
    "move it up, or change its condition",
    "A decision puts a customer into the first branch whose condition is true. The branches above "
    "this one already take everybody whom it could take. Put the narrower condition first, or "
    "make the decision `independent`.",
    """\
flowchart Value on Website {
  decision by_balance {
    Wealthy when balance >= 10_000
    Richest when balance >= 50_000
    Mass    otherwise
  }
}
strategy S on Website {
  zone Home { for Wealthy, Richest { Card } }
}
""",
    """\
flowchart Value on Website {
  decision by_balance {
    Richest when balance >= 50_000
    Wealthy when balance >= 10_000
    Mass    otherwise
  }
}
strategy S on Website {
  zone Home { for Wealthy, Richest { Card } }
}
""",
)
NO_OTHERWISE = note(
    "W0202",
    "no-otherwise",
    "a decision that leaves customers out",
    "`{name}` has no `otherwise`",
    "add `REST otherwise` as its last branch, so that everybody is in some cell",
    "Customers for whom no condition is true are in no cell of the decision. With nulls in the "
    "data these can be more than one thinks: no comparison with a null is true. A last branch "
    "with `otherwise` makes them visible in the counts of a run. Decisions of one branch, and "
    "`independent` ones, are left alone.",
    """\
flowchart Value on Website {
  decision by_balance {
    Wealthy when balance >= 10_000
    Mass    when balance < 10_000
  }
}
strategy S on Website {
  zone Home { for Wealthy { Card score 80 }  for Mass { Card score 20 } }
}
""",
    """\
flowchart Value on Website {
  decision by_balance {
    Wealthy when balance >= 10_000
    Mass    otherwise
  }
}
strategy S on Website {
  zone Home { for Wealthy { Card score 80 }  for Mass { Card score 20 } }
}
""",
)
UNUSED_SEGMENT = note(
    "W0203",
    "unused-segment",
    "a segment that decides nothing",
    "no rule and no step uses {what}",
    "use it, or remove it; if it is there to be counted, write `# allow(W0203)` above it",
    "A run counts every segment, but no rule is for this one, and nothing starts from it. Of a "
    "decision or a sample one cell that is used is enough: the others are what remains.",
    """\
flowchart Value on Website {
  select Wealthy when balance >= 10_000
  select Young   when age < 30
}
strategy S on Website {
  zone Home { for Wealthy { Card } }
}
""",
    """\
flowchart Value on Website {
  select Wealthy when balance >= 10_000
  select Young   when age < 30
}
strategy S on Website {
  zone Home { for Wealthy, Young { Card } }
}
""",
)
UNUSED_LET = warning(
    "W0204",
    "unused-let",
    "a derived field that nothing reads",
    "nothing reads `{name}`",
    "use it in a step below it, or remove it",
    "A derived field is seen by the steps below it in its flowchart, and by nothing else: not by "
    "rules, and not by other flowcharts.",
    """\
flowchart Value on Website {
  let wealth = balance + coalesce(income, 0)
  select Wealthy when balance >= 10_000
}
strategy S on Website {
  zone Home { for Wealthy { Card } }
}
""",
    """\
flowchart Value on Website {
  let wealth = balance + coalesce(income, 0)
  select Wealthy when wealth >= 10_000
}
strategy S on Website {
  zone Home { for Wealthy { Card } }
}
""",
)
UNREACHED_CHOICE = warning(
    "W0205",
    "unreached-choice",
    "a row of a table, or a choice, that nobody comes to",
    "nobody is left for this",
    "move it up, or change its condition",
    "A table takes the first row that fits, and `else if` asks only those for whom nothing before "
    "it was true. What stands before takes everybody whom this could take. Of what is put in at "
    "several places, such as a table, it is so at each of them.",
    """\
table points(balance: decimal(2)) -> int {
  when >= 10_000 then 40
  when >= 50_000 then 80
  otherwise 10
}
strategy S on Website {
  zone Home { Card score points(balance) }
}
""",
    """\
table points(balance: decimal(2)) -> int {
  when >= 50_000 then 80
  when >= 10_000 then 40
  otherwise 10
}
strategy S on Website {
  zone Home { Card score points(balance) }
}
""",
)
