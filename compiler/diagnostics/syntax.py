"""Codes of the syntax stage, E01xx: the text is not a program."""

from __future__ import annotations

from interact.compiler.diagnostics.diagnostic import Code, Severity

UNEXPECTED = Code(
    "E0101",
    Severity.ERROR,
    "something else is expected here",
    "expected {expected}, found {found}",
    help="{hint}",
    explanation="The text is understood up to this place. The message lists what may follow.",
)

MISSPELT_WORD = Code(
    "E0102",
    Severity.ERROR,
    "a misspelt word of the language",
    "unknown word `{found}`",
    help="did you mean `{nearest}`?",
    explanation="The parser goes on as if the nearest word had been written.",
)

RESERVED_WORD = Code(
    "E0103",
    Severity.ERROR,
    "a reserved word where a name belongs",
    "`{found}` is a reserved word, expected {expected}",
    help="{hint}",
    explanation="Words that can begin or join expressions cannot be names. "
    "grammar/README.md lists them; all other words of the language can be names.",
)

UNCLOSED_BLOCK = Code(
    "E0104",
    Severity.ERROR,
    "a block is not closed",
    "this `{{` is never closed",
    help="add a `}}` before {found}",
    explanation="Which block misses its end is judged by the indentation.",
)

UNOPENED_BLOCK = Code(
    "E0105",
    Severity.ERROR,
    "a closing brace too many",
    "this `}}` closes nothing",
    help="remove it, or look for a `}}` too many above it",
)

REPEATED_PART = Code(
    "E0106",
    Severity.ERROR,
    "a part is given twice",
    "`{part}` is given twice",
    help="keep one of them",
)

UNKNOWN_CHARACTER = Code(
    "E0107",
    Severity.ERROR,
    "a character without a meaning",
    "`{found}` has no meaning here",
    help="{hint}",
)

UNCLOSED_TEXT = Code(
    "E0108",
    Severity.ERROR,
    "a text is not closed",
    "this text has no closing quote on its line",
    help='end it with `"`; write a line break within a text as `\\n`',
)

WRONG_QUOTES = Code(
    "E0109",
    Severity.ERROR,
    "a text in other than double quotes",
    "a text stands in double quotes",
    help="write `{right}`",
)

UNKNOWN_ESCAPE = Code(
    "E0110",
    Severity.ERROR,
    "an unknown escape in a text",
    "`{found}` is no escape",
    help='the escapes are `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{{…}}`, as in `\\u{{e9}}`',
)

MALFORMED_NUMBER = Code(
    "E0111",
    Severity.ERROR,
    "a malformed number",
    "`{found}` is neither a number nor a name",
    help="{hint}",
)

NUMBER_TOO_LARGE = Code(
    "E0112",
    Severity.ERROR,
    "a number that cannot be held",
    "the number {found} is out of range",
    help="{hint}",
)

CALENDAR_UNIT = Code(
    "E0123",
    Severity.ERROR,
    "a span that the calendar decides",
    "`{found}` is no duration: months and years differ in length",
    help="move a date: `add_{name}(today, {count})`, or backwards `add_{name}(today, -{count})`",
)

QUOTED_LITERAL = Code(
    "E0124",
    Severity.ERROR,
    "a date, time or span in quotes",
    "dates, times and spans stand alone, without `{word}` and without quotes",
    help="write `{right}`",
)

MALFORMED_TIME = Code(
    "E0113",
    Severity.ERROR,
    "a malformed date or timestamp",
    "`{found}` is neither a date nor a timestamp",
    help="dates look like `2026-01-31`, timestamps like `2026-01-31T12:30` or "
    "`2026-01-31T12:30:00+02:00`",
)

INVALID_TIME = Code(
    "E0114",
    Severity.ERROR,
    "a date or time that does not exist",
    "there is no {kind} `{found}`",
    help="{reason}",
)

FOREIGN_OPERATOR = Code(
    "E0115",
    Severity.ERROR,
    "an operator of another language",
    "`{found}` is not an operator",
    help="write `{right}`",
)

FOREIGN_COMMENT = Code(
    "E0116",
    Severity.ERROR,
    "a comment of another language",
    "`{found}` does not begin a comment",
    help="comments begin with `#` and end with the line",
)

MALFORMED_NAME = Code(
    "E0117",
    Severity.ERROR,
    "a name that does not begin with a letter",
    "the name `{found}` does not begin with a letter",
    help="write `{right}`",
)

NULL_COMPARISON = Code(
    "E0118",
    Severity.ERROR,
    "a comparison with null",
    "a comparison with null is never true",
    help="write `{right}`",
    explanation="Null stands for a value that is not known, so `x = null` is itself null "
    "whatever `x` is. `x is null` asks whether the value is missing.",
)

TOO_DEEP = Code(
    "E0119",
    Severity.ERROR,
    "an expression is nested too deeply",
    "this expression is nested more than {limit} deep",
    help="name parts of it with `let`, or write alternatives as `x in (a, b)`",
    explanation="Each operator of a chain such as `a + b + c` counts as one level.",
)

ROWS_EXPECTED = Code(
    "E0120",
    Severity.ERROR,
    "a condition on something that is not a list of rows",
    "`where` chooses among rows, and this is no name of rows",
    help="write `{function}(value of rows where condition)`",
)

TOO_MANY_ERRORS = Code(
    "E0121",
    Severity.ERROR,
    "too many errors in one file",
    "there are more than {limit} syntax errors, the rest of the file is not read",
)

PERCENTAGE = Code(
    "E0125",
    Severity.ERROR,
    "a percentage",
    "`{found}% {name}` is the remainder of a division by `{name}`",
    help="a percentage is a number: write `{share}`",
)
