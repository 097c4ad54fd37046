"""E03xx: expressions that cannot be given a type."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

NO_OVERLOAD = Code(
    "E0301",
    Severity.ERROR,
    "arguments do not fit",
    "`{name}` does not take ({given})",
    help="{hint}",
)
INCOMPARABLE = Code(
    "E0302",
    Severity.ERROR,
    "operands cannot be compared",
    "{left} cannot be compared with {right}",
    help="{hint}",
)
NOT_A_CONDITION = Code(
    "E0303",
    Severity.ERROR,
    "not a condition",
    "a condition must be true or false, and this is {found}",
    help="{hint}",
)
NOT_A_NUMBER = Code(
    "E0304",
    Severity.ERROR,
    "not a number",
    "{what} must be a number, and this is {found}",
    help="{hint}",
)
NULL_COMPARISON = Code(
    "E0305",
    Severity.ERROR,
    "comparison with null",
    "a comparison with null is never true",
    help="write `is null` or `is not null`",
)
BRANCHES_DIFFER = Code(
    "E0306",
    Severity.ERROR,
    "branches of different types",
    "one branch is {left}, the other {right}",
    help="make both the same type",
)
NOT_ASSIGNABLE = Code(
    "E0307",
    Severity.ERROR,
    "value of the wrong type",
    "`{name}` is declared {declared}, and its value is {found}",
    help="{hint}",
)
NUMBER_TOO_LARGE = Code(
    "E0308",
    Severity.ERROR,
    "number out of range",
    "`{text}` does not fit in 64 bits",
    help="{hint}",
)
BAD_SCALE = Code(
    "E0310",
    Severity.ERROR,
    "decimal places out of range",
    "a decimal has 0 to 9 places, written decimal(2), and no other type has any",
)
ROWS_AS_VALUE = Code(
    "E0311",
    Severity.ERROR,
    "rows used as a value",
    "`{name}` is many rows, not one value",
    help="fold them: count({name} where …), any({name} where …), sum(field of {name})",
)
NOT_ROWS = Code(
    "E0312",
    Severity.ERROR,
    "not rows",
    "`{name}` is not declared `many`",
    help="{hint}",
)
NO_AGGREGATE = Code(
    "E0313",
    Severity.ERROR,
    "rows cannot be folded so",
    "`{name}` cannot fold {given}",
    help="{hint}",
)
NESTED_ROWS = Code(
    "E0314",
    Severity.ERROR,
    "rows within rows",
    "rows cannot be folded inside a fold over rows",
    help="fold them outside with `let`, and use that name here",
)
BROKEN_PLACEHOLDER = Code(
    "E0315",
    Severity.ERROR,
    "text with a broken placeholder",
    "`{text}` in this text is not an expression",
    help="write {{name}} or {{an expression}} in it, and {{{{ for a brace",
)
NOT_A_DATE = Code(
    "E0330",
    Severity.ERROR,
    "not a date",
    "the days of `live` are dates, and this is {found}",
)
ARGUMENT_COUNT = Code(
    "E0331",
    Severity.ERROR,
    "too few or too many arguments",
    "`{name}` does not take so many arguments: {given}",
    help="it takes {usage}",
)
TOO_LARGE = Code(
    "E0332",
    Severity.ERROR,
    "expression too large",
    "{how}, this expression becomes too large",
    help="{hint}",
    explanation="A name stands for its expression, which is put in wherever the name is used. In a "
    "chain of names where each uses the one before twice, every step doubles the size.",
)
RESULT_UNKNOWN = Code(
    "E0333",
    Severity.ERROR,
    "function without a type",
    "the result of `{name}` is always null",
    help="say its type: `-> int`",
)
NAMED_ARGUMENT = Code(
    "E0334",
    Severity.ERROR,
    "argument with a name",
    "arguments are given by place, not by name",
    help="it takes {usage}",
)
