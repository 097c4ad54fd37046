"""E048x and E049x: events of channels, their actions, and patterns of events."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

ACTION_REPEATED = Code(
    "E0480",
    Severity.ERROR,
    "action given twice",
    "`{action}` can stand only once in {owner}",
    help="join the conditions: {action} when … or …",
)
ACCEPT_AND_REJECT = Code(
    "E0481",
    Severity.ERROR,
    "acceptance and rejection at once",
    "{owner} logs an acceptance and a rejection of the same offer",
    help="declare two events, one for each",
)
TRIGGERS_ITSELF = Code(
    "E0482",
    Severity.ERROR,
    "event that triggers itself",
    "`{name}` posts itself in the end: {path}",
    help="post another event, which does only what is left to do",
)
SETS_PROFILE = Code(
    "E0483",
    Severity.ERROR,
    "attribute that cannot be set",
    "`{name}` is not a session attribute, and only these can be set",
    help="declare it in `session {{ }}` of the audience",
)
SYSTEM_EVENT = Code(
    "E0484",
    Severity.ERROR,
    "name of a system event",
    "`{name}` happens by itself, it is not declared and not posted",
    help="a pattern can count it: count of {name} is at least 3",
)
NO_CONDITION = Code(
    "E0485",
    Severity.ERROR,
    "pattern without a condition",
    "the pattern `{name}` does not say when it is met",
    help="write for example: count of EVENT is at least 3 within rolling 7 days",
)
RESET_WITHIN = Code(
    "E0486",
    Severity.ERROR,
    "reset of a pattern that forgets by itself",
    "`within` already says for how long events count, so there is no `reset`",
    help="leave out one of the two",
)
RESET_BY_OWN = Code(
    "E0487",
    Severity.ERROR,
    "reset by an event that counts",
    "`{name}` is one of the events of this pattern, and cannot reset it",
)
NEVER_MISSED = Code(
    "E0488",
    Severity.ERROR,
    "pattern that never ends",
    "this pattern counts for ever, so it is never over without having been met",
    help="say how long after the first event: when not met after 3 days {{ … }}",
)
COUNT_RANGE = Code(
    "E0489",
    Severity.ERROR,
    "count out of range",
    "{what} is 1 to {most}, and this is {found}",
)
EXTENDS_ITSELF = Code(
    "E0490",
    Severity.ERROR,
    "channel that extends itself",
    "`{name}` extends itself: {path}",
)
PARENT_AUDIENCE = Code(
    "E0491",
    Severity.ERROR,
    "parent for another audience",
    "`{parent}` is for {found}, and this channel is for {audience}",
)
INHERITED_NAME = Code(
    "E0492",
    Severity.ERROR,
    "name that is inherited",
    "the {kind} `{name}` is inherited from `{parent}`, and cannot be declared again",
    help="rename it",
)
ARGUMENT_MISSING = Code(
    "E0493",
    Severity.ERROR,
    "argument missing",
    "the event `{event}` needs `{name}`",
    help="write `post {event}({name} = …)`, or give the parameter a default",
)
PATTERN_NAME = Code(
    "E0494",
    Severity.ERROR,
    "pattern with the name of something else",
    "`{name}` is {what}, and conditions would not know which is meant",
    help="rename the pattern",
)
NO_TIME = Code(
    "E0495",
    Severity.ERROR,
    "length of time that is too short",
    "{what} is longer than 0, and this is {found}",
)
