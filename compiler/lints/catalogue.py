"""Every lint, by family: W00 comments, W01 conditions, W02 flowcharts, W03 values, W04 rules."""

from __future__ import annotations

from interact.compiler.lints.catalogue_flowcharts import (
    NO_OTHERWISE as NO_OTHERWISE,
    SHADOWED_BRANCH as SHADOWED_BRANCH,
    UNREACHED_CHOICE as UNREACHED_CHOICE,
    UNUSED_LET as UNUSED_LET,
    UNUSED_SEGMENT as UNUSED_SEGMENT,
)
from interact.compiler.lints.catalogue_rules import (
    DATES_APART as DATES_APART,
    DUPLICATE_RULE as DUPLICATE_RULE,
    EMPTY_ZONE as EMPTY_ZONE,
    NO_RULES as NO_RULES,
    OUTDONE_RULE as OUTDONE_RULE,
    UNUSED_DEFINITION as UNUSED_DEFINITION,
    UNUSED_OFFER as UNUSED_OFFER,
)
from interact.compiler.lints.lint import Lint, note, warning

NEEDLESS_ALLOW = note(
    "W0001",
    "needless-allow",
    "a comment that allows nothing",
    "{reason}",
    "remove it from the comment",
    "`# allow(CODE)` keeps a finding quiet that is meant to be there. When the finding is gone, "
    "the comment would hide the next one.",
    """\
strategy S on Website {
  # allow(W0101) not before summer
  zone Home { Card when age >= 18 }
}
""",
    """\
strategy S on Website {
  # allow(W0101) not before summer
  zone Home { Card when age >= 18 and age < 18 }
}
""",
)
NEVER_TRUE = warning(
    "W0101",
    "never-true",
    "a condition that is never true",
    "this condition is never true",
    "{hint}",
    "Whatever the values of a customer are, the condition is false or null, so nobody gets what "
    "it guards. The usual cause is an `and` that was meant as an `or`, or a bound that was turned "
    "round. A condition that is written as a constant, such as `when false`, is a switch that the "
    "author has put there, and is left alone.",
    """\
strategy S on Website {
  zone Home { Card when age > 60 and age < 30 }
}
""",
    """\
strategy S on Website {
  zone Home { Card when age > 60 or age < 30 }
}
""",
)
NEVER_FALSE = warning(
    "W0102",
    "never-false",
    "a condition that is never false",
    "this condition is never false",
    "{hint}",
    "The condition excludes nobody, but for customers for whom it is null. The usual cause is an "
    "`or` that was meant as an `and`. If only customers without a value shall be left out, "
    "`is not null` says so.",
    """\
strategy S on Website {
  zone Home { Card when age >= 18 or age <= 65 }
}
""",
    """\
strategy S on Website {
  zone Home { Card when age >= 18 and age <= 65 }
}
""",
)
ALWAYS_NULL = warning(
    "W0103",
    "always-null",
    "a condition that is always null",
    "this condition is always null",
    "an operand is null for every customer; `is null` asks whether a value is missing",
    "A comparison with null is null, whatever is on its other side, and null is not true.",
    """\
strategy S on Website {
  zone Home { Card when income > null + 1_000 }
}
""",
    """\
strategy S on Website {
  zone Home { Card when income > 1_000 }
}
""",
)
OUTSIDE_SEGMENT = warning(
    "W0104",
    "outside-segment",
    "a condition that nobody of the segment meets",
    "no customer of {names} meets this condition",
    "change the condition, or choose another segment",
    "A rule in a `for` block, and a step `of` a cell, concern the customers of that segment only. "
    "What makes the segment already rules the condition out.",
    """\
flowchart Value on Website {
  select Wealthy when balance >= 20_000
}
strategy S on Website {
  zone Home {
    for Wealthy { Card when balance < 1_000 }
  }
}
""",
    """\
flowchart Value on Website {
  select Wealthy when balance >= 20_000
}
strategy S on Website {
  zone Home {
    for Wealthy { Card when balance < 100_000 }
  }
}
""",
)
DIVISION = warning(
    "W0301",
    "division-by-zero",
    "a division by what can be 0",
    "`{name}` can be 0 here, and then this has no result",
    "ask for `{name} != 0` before it, or write nullif({name}, 0) if null is meant",
    "A division by 0 has no result: it is null, the condition is not true or the rule is dropped, "
    "and the run counts it. A condition that stands before it guards it: an earlier operand of "
    "the same `and`, the condition of an `if`, of the rule, or of its segment.",
    """\
strategy S on Website {
  zone Home { Card score 10 * balance / income }
}
""",
    """\
strategy S on Website {
  zone Home { Card score 10 * balance / income when income > 0 }
}
""",
)
NO_RESULT = warning(
    "W0302",
    "no-result",
    "an operation that never has a result",
    "this never has a result",
    "its operands are constants, so it is null for every customer",
    "The operands are the same for everybody and have no result: a division by 0, a date that "
    "does not exist, a number that does not fit.",
    """\
strategy S on Website {
  zone Home { Card score 50 + days_between(date(2026, 2, 29), today) }
}
""",
    """\
strategy S on Website {
  zone Home { Card score 50 + days_between(date(2026, 2, 28), today) }
}
""",
)

LINTS: dict[str, Lint] = {
    lint.code.id: lint
    for lint in (
        NEEDLESS_ALLOW,
        NEVER_TRUE,
        NEVER_FALSE,
        ALWAYS_NULL,
        OUTSIDE_SEGMENT,
        SHADOWED_BRANCH,
        NO_OTHERWISE,
        UNUSED_SEGMENT,
        UNUSED_LET,
        UNREACHED_CHOICE,
        DIVISION,
        NO_RESULT,
        DATES_APART,
        DUPLICATE_RULE,
        OUTDONE_RULE,
        UNUSED_OFFER,
        EMPTY_ZONE,
        NO_RULES,
        UNUSED_DEFINITION,
    )
}
"""All lints by code."""
