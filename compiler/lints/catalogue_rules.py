"""W04xx: offers, rules and zones."""

from __future__ import annotations

from interact.compiler.lints.lint import note, warning

DATES_APART = warning(
    "W0401",
    "dates-apart",
    "a rule on none of the days of its offer",
    "this rule and its offer `{name}` have no day in common",
    "change the days of one of them",
    "A rule applies on days that are both its own and its offer's. There is none. Days that are "
    "over are no reason for this message.",
    """\
offer Loan { code "LOAN"  live 2026-01-01 to 2026-06-30 }
strategy S on Website {
  zone Home {
    Card
    Loan live from 2026-07-01
  }
}
""",
    """\
offer Loan { code "LOAN"  live 2026-01-01 to 2026-12-31 }
strategy S on Website {
  zone Home {
    Card
    Loan live from 2026-07-01
  }
}
""",
)
DUPLICATE_RULE = warning(
    "W0402",
    "duplicate-rule",
    "a rule that is there twice",
    "this repeats the rule `{name}`",
    "remove one of them",
    "Two rules propose one offer in one zone to the same customers, with the same condition, "
    "score and days. An offer takes one place, so the second rule does nothing.",
    """\
strategy S on Website {
  zone Home {
    Card score 60 when age >= 18
    Card score 60 when age >= 18
  }
}
""",
    """\
strategy S on Website {
  zone Home {
    Card score 60 when age >= 18
  }
}
""",
)
OUTDONE_RULE = warning(
    "W0403",
    "outdone-rule",
    "a rule beside which another one always comes first",
    "`{name}` always comes before this rule",
    "remove it, give it a higher score, or narrow the other one",
    "Another rule proposes the same offer in the same zone, to all these customers and on all "
    "these days, and is pinned or scores at least as much. Of the rules of an offer the best one "
    "counts, so this one never does.",
    """\
strategy S on Website {
  zone Home {
    Card as adults score 60 when age >= 18
    Card as senior score 40 when age >= 65
  }
}
""",
    """\
strategy S on Website {
  zone Home {
    Card as adults score 60 when age >= 18
    Card as senior score 80 when age >= 65
  }
}
""",
)
UNUSED_OFFER = warning(
    "W0404",
    "unused-offer",
    "an offer that no rule proposes",
    "no rule proposes `{name}`",
    "write a rule for it, or remove it",
    "An offer reaches customers by a rule of a strategy. There is none for this one.",
    """\
offer Loan { code "LOAN" }
strategy S on Website {
  zone Home { Card }
}
""",
    """\
offer Loan { code "LOAN" }
strategy S on Website {
  zone Home { Card  Loan }
}
""",
)
EMPTY_ZONE = warning(
    "W0405",
    "empty-zone",
    "a zone without a rule",
    "no rule is for the zone `{name}`",
    "write a rule for it, or remove it",
    "The channel has rules, but none in this zone: its points show their defaults to everybody.",
    """\
channel App for Customer {
  zone Start { point top }
  zone End { point bottom }
}
strategy S on Website { zone Home { Card } }
strategy T on App { zone Start { Card } }
""",
    """\
channel App for Customer {
  zone Start { point top }
  zone End { point bottom }
}
strategy S on Website { zone Home { Card } }
strategy T on App { zone Start, End { Card } }
""",
)
NO_RULES = note(
    "W0406",
    "no-rules",
    "a channel without rules",
    "no strategy has a rule for `{name}`",
    "write a strategy for it, if it is for more than its segments",
    "Without rules a channel sorts customers into segments, and offers them nothing.",
    """\
channel App for Customer { zone Start { point top } }
strategy S on Website { zone Home { Card } }
""",
    """\
channel App for Customer { zone Start { point top } }
strategy S on Website { zone Home { Card } }
strategy T on App { zone Start { Card } }
""",
)
UNUSED_DEFINITION = note(
    "W0407",
    "unused-definition",
    "a constant, function or other definition that nothing uses",
    "nothing uses `{name}`",
    "use it, or remove it",
    "The name comes up nowhere else in the project, not even in a comment or a text.",
    """\
constant min_age = 18
constant max_age = 65
strategy S on Website { zone Home { Card when age >= min_age } }
""",
    """\
constant min_age = 18
constant max_age = 65
strategy S on Website { zone Home { Card when age between min_age and max_age } }
""",
)
