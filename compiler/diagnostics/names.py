"""E02xx: names that lead nowhere, or to two places."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

UNKNOWN_ATTRIBUTE = Code(
    "E0201",
    Severity.ERROR,
    "unknown attribute",
    "{owner} has no attribute `{name}`",
    help="{hint}",
)
UNKNOWN_FUNCTION = Code(
    "E0202",
    Severity.ERROR,
    "unknown function",
    "there is no function `{name}`",
    help="{hint}",
)
UNKNOWN_REFERENCE = Code(
    "E0203",
    Severity.ERROR,
    "unknown reference",
    "there is no {kind} `{name}`{where}",
    help="{hint}",
)
DUPLICATE_NAME = Code(
    "E0204",
    Severity.ERROR,
    "name declared twice",
    "the {kind} `{name}` is declared twice{where}",
    help="rename one of them, or remove it",
)
UNKNOWN_TYPE = Code(
    "E0205",
    Severity.ERROR,
    "unknown type",
    "there is no type `{name}`",
    help="did you mean `{nearest}`?",
)
CELL_USED_BEFORE = Code(
    "E0206",
    Severity.ERROR,
    "cell used before it is defined",
    "`{name}` is defined further down in this flowchart",
    help="move its definition above this line",
)
OTHER_AUDIENCE = Code(
    "E0222",
    Severity.ERROR,
    "function of another audience",
    "the function `{name}` reads the attributes of {audience}, which are not known here",
    help="call it from what is for {audience}, such as its flowcharts and strategies",
)
UNKNOWN_IMPORT = Code(
    "E0223",
    Severity.ERROR,
    "nothing to import",
    "there is no file or folder of *.interact at `{path}`",
    help="the path is relative to this file",
)
UNKNOWN_MEMBER = Code(
    "E0221",
    Severity.ERROR,
    "unknown member",
    "{enumeration} has no member `{name}`",
    help="{hint}",
)
DEFINED_BY_ITSELF = Code(
    "E0220",
    Severity.ERROR,
    "definition in terms of itself",
    "`{name}` is defined by itself: {path}",
    help="give one of them a value that does not need the others",
)
SEGMENT_OF_ROWS = Code(
    "E0207",
    Severity.ERROR,
    "segment in a condition on rows",
    "`{name}` is a segment of customers, and this is a condition on rows",
    help="write it outside: `{name} and any(…)`",
)
