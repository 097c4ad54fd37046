"""E044x: offers and the rules that propose them."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

VALUE_MISSING = Code(
    "E0440",
    Severity.ERROR,
    "attribute without a value",
    "the offer `{offer}` requires `{name}`, and this rule does not give it",
    help="write `{offer} with ({name} = …)`",
)
LENGTH_OF_RULE = Code(
    "E0441",
    Severity.ERROR,
    "length of time for a rule",
    "`live for` counts from the moment at which an offer is made, so it stands in an offer",
    help="write the days: `live DATE to DATE`, `live from DATE` or `live until DATE`",
)
NOT_WHOLE_DAYS = Code(
    "E0442",
    Severity.ERROR,
    "offer that lives for no whole days",
    "an offer lives for whole days, 1 to {most}, and this is {found}",
)
