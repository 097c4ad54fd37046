"""E0465 to E0469: tables of offers."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

COLUMN_TAKEN = Code(
    "E0465",
    Severity.ERROR,
    "column that every row has",
    "`{name}` is {what} of a row, and no column to declare",
    help="rows have it anyway; name the other column in the data differently",
)
TABLE_LIKE_OFFER = Code(
    "E0466",
    Severity.ERROR,
    "table with the name of an offer",
    "`{name}` is an offer, too, and what is known of both goes by their names",
    help="rename the table",
)
TABLE_OF_OTHERS = Code(
    "E0467",
    Severity.ERROR,
    "table for another audience",
    "the table `{table}` is for {audience}, and {channel} is for {found}",
    help="declare another table `for {found}`",
)
REQUIRED_OF_TABLE = Code(
    "E0468",
    Severity.ERROR,
    "added offer without a value",
    "the offer `{offer}` requires `{name}`, and the table `{table}` does not give it",
    help="write `with ({name} = …)` in the table",
)
OFFER_OF_OTHERS = Code(
    "E0469",
    Severity.ERROR,
    "added offer of another audience",
    "the offer `{offer}` is for {offered}, and this table is for {table}",
    help="declare another offer `for {table}`",
)
