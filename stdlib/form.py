"""Forms: what reads like a built-in but is expanded by the compiler. Documented only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the language, for the reference."""

    name: str
    syntax: str
    doc: str
    examples: tuple[tuple[str, str], ...]


FORMS = (
    Form(
        "if",
        "if condition then x else y",
        "Choose between two values. A null condition is not true; without `else` the rest is null.",
        (("if 2 > 1 then 10 else 20", "10"), ("if 1 > 2 then 10", "null")),
    ),
    Form(
        "coalesce",
        "coalesce(x, y, …)",
        "Return the first value that is not null; null when all are.",
        (("coalesce(null, 5, 7)", "5"), ("coalesce(1 / 0, null)", "null")),
    ),
    Form(
        "nullif",
        "nullif(x, y)",
        "Return null when the values are equal, else the first.",
        (("nullif(5, 0)", "5"), ("nullif(0, 0)", "null")),
    ),
    Form(
        "is null",
        "x is null, x is not null",
        "Return whether a value is null; never null itself.",
        (("1 / 0 is null", "true"), ("5 is not null", "true")),
    ),
    Form(
        "between",
        "x between low and high, x not between low and high",
        "Return whether a value lies in a range, both ends included.",
        (("5 between 1 and 5", "true"), ("1 / 0 between 1 and 5", "null")),
    ),
    Form(
        "in",
        "x in (a, b, …), x not in (a, b, …)",
        "Return whether a value is one of a list; null when the value is.",
        (('"a" in ("a", "b")', "true"), ("1 / 0 in (1, 2)", "null")),
    ),
    Form(
        "comparison",
        "x = y, x != y, x < y, x <= y, x > y, x >= y",
        "Compare two values of one type, or two numbers; null when either is null.",
        (("2 < 2.5", "true"), ("1 / 0 = 1 / 0", "null")),
    ),
    Form(
        "and",
        "a and b",
        "Return whether both are true: false when either is false, else null when either is null.",
        (("true and 1 / 0 > 0", "null"), ("false and 1 / 0 > 0", "false")),
    ),
    Form(
        "or",
        "a or b",
        "Return whether either is true: true when either is true, else null when either is null.",
        (("true or 1 / 0 > 0", "true"), ("false or 1 / 0 > 0", "null")),
    ),
    Form(
        "not",
        "not a",
        "Return the contrary; null for null.",
        (("not true", "false"), ("not 1 / 0 > 0", "null")),
    ),
    Form(
        "today",
        "today",
        "Return the date of the decision, as given with the request or by --as-of; never null.",
        (("today - 30 days", "the date 30 days ago"), ("year(today)", "the year")),
    ),
    Form(
        "now",
        "now",
        "Return the time of the decision, as given with the request or by --as-of; never null.",
        (("now - 2 hours", "the time two hours ago"), ("hour(now)", "the hour, in UTC")),
    ),
)
