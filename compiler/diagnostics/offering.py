"""E044x and E047x: offers, the rules that propose them, what takes them away."""

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
    "no number of whole days",
    "this is a number of whole days, 1 to {most}, and cannot be {found}",
)
BAD_NUMBER = Code(
    "E0443",
    Severity.ERROR,
    "number of offers out of range",
    "a number of offers is 1 to {most}, and this is {found}",
)
TAKE_OF_ONE = Code(
    "E0444",
    Severity.ERROR,
    "choice among one offer",
    "`{name}` is an offer, and `take` chooses from a list of offers",
    help="declare a list: `offers Name = {name}, …`",
)
NOT_CONSTANT = Code(
    "E0445",
    Severity.ERROR,
    "attribute that is not constant",
    "`{name}` of the offer `{offer}` depends on the customer, and {what} when the project is built",
)
LIST_LIKE_OFFER = Code(
    "E0446",
    Severity.ERROR,
    "list with the name of an offer",
    "`{name}` is an offer, too, and rules name both in the same place",
    help="rename the list",
)
NOT_IN_ORDER = Code(
    "E0447",
    Severity.ERROR,
    "offers without a common order",
    "`{name}` depends on the customer, and is {found}: no number, date or time",
    help="order by another attribute, or make this one constant in all offers of the list",
)
TYPES_DIFFER = Code(
    "E0448",
    Severity.ERROR,
    "attribute of several types",
    "`{name}` is {left} in one offer and {right} in another",
    help="declare it with one type in all offers",
)
KNOWN_LATER = Code(
    "E0449",
    Severity.ERROR,
    "condition of a list on the time",
    "`{name}` is the time of a decision, and lists are made when the project is built",
    help="write the day: 2026-01-31",
)
EMPTY_LIST = Code(
    "W0440",
    Severity.WARNING,
    "list without offers",
    "no offer satisfies the condition of `{name}`, so rules for it propose nothing",
    help="correct the condition, or remove the list",
)
BAD_CONTACTS = Code(
    "E0470",
    Severity.ERROR,
    "number of contacts out of range",
    "a number of contacts is 1 to {most}, and this is {found}",
)
CONTACTS_TWICE = Code(
    "E0471",
    Severity.ERROR,
    "contacts counted twice",
    "`{offer}` is suppressed after contacts in two ways, and they are counted once",
    help="keep one of them",
)
NO_LENGTH = Code(
    "E0472",
    Severity.ERROR,
    "suppression for no time",
    "an offer that is suppressed for no time is not suppressed",
    help="give a length of time, or leave out `for …` to suppress it for good",
)
BAD_IMPRESSIONS = Code(
    "E0474",
    Severity.ERROR,
    "number of impressions out of range",
    "a number of impressions is 1 to {most}, and this is {found}",
)
EVENLY_FOREVER = Code(
    "E0475",
    Severity.ERROR,
    "even distribution without an end",
    "impressions are distributed evenly from a first to a last day, and one of them is missing",
    help="write `from DATE to DATE`, or `per {unit}` without `evenly` for a number of each {unit}",
)
LIMIT_TWICE = Code(
    "E0476",
    Severity.ERROR,
    "limits with one name",
    "two limits of impressions are called `{name}`, and what was given is counted by name",
    help="give this one another name: `as Name`",
)
NOTHING_IN_COMMON = Code(
    "E0473",
    Severity.ERROR,
    "offers without anything in common",
    "`{name}` is no attribute of the offer `{offer}` that is constant, and related offers have the"
    " same value of it",
    help="give the offer that attribute, with a value that does not depend on the customer",
)
