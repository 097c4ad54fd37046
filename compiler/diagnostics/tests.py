"""E05xx: tests that cannot be run, or that could never pass."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

NOTHING_EXPECTED = Code(
    "E0501",
    Severity.ERROR,
    "test without an expectation",
    "this test expects nothing",
    help="add a line such as `expect no offers at {place}`",
)
GIVEN_TWICE = Code(
    "E0502",
    Severity.ERROR,
    "given twice",
    "{what} is given twice",
    help="leave one of them out; what differs from case to case stands in `cases {{ … }}` only",
)
NOT_A_SAMPLE = Code(
    "E0503",
    Severity.ERROR,
    "outcome of a step that is no sample",
    "`{name}` is no sample: what it decides follows from the attributes",
    help="give the attributes that lead to the cell",
)
STEP_UNCLEAR = Code(
    "E0504",
    Severity.ERROR,
    "step of several flowcharts",
    "several flowcharts have a step `{name}`: {flowcharts}",
    help="write `{first}.{name} = …`",
)
NOT_A_CELL = Code(
    "E0505",
    Severity.ERROR,
    "outcome of a sample that is no cell",
    "what `{name}` comes out at is the name of a cell",
    help="its cells are {cells}",
)
NULL_GIVEN = Code(
    "E0506",
    Severity.ERROR,
    "null for an attribute that has none",
    "`{name}` is never null",
    help="declare it `{type}?` if it can be",
)
NEVER_OFFERED = Code(
    "E0507",
    Severity.ERROR,
    "offer without a rule",
    "no rule of {zone} on {channel} offers `{offer}`",
    help="{hint}",
)
UNKNOWN_STAGE = Code(
    "E0508",
    Severity.ERROR,
    "unknown stage of arbitration",
    "no offer is dropped because of `{name}`",
    help="it can be {stages}",
)
CASE_LENGTH = Code(
    "E0509",
    Severity.ERROR,
    "case that does not fit its head",
    "this case has {found}, and the head above has {wanted}",
    help="write `-` for a value that is not given, or an outcome that is not expected",
)
COUNT_WITHOUT_FILE = Code(
    "E0510",
    Severity.ERROR,
    "count of one customer",
    "a count is about the customers of a file, and this test has none",
    help='add `given customers from "FILE"`, or leave `for {count} customers` out',
)
NOT_FROM_FILE = Code(
    "E0511",
    Severity.ERROR,
    "something from a file",
    "expected `{wanted}` here",
    help='write `given customers from "FILE"`, or `given customer KEY from "FILE"`',
)
KEY_PARTS = Code(
    "E0512",
    Severity.ERROR,
    "key of a wrong length",
    "the key of {audience} is {key}, and this has {found}",
)
TOP_OUT_OF_RANGE = Code(
    "E0513",
    Severity.ERROR,
    "number of offers out of range",
    "1 to {most} offers can be asked for, and this is {count}",
)
NOT_A_STATE = Code(
    "E0514",
    Severity.ERROR,
    "state of a pattern",
    "`{name}` is a pattern: it is met or not",
    help="write true or false, or null where it is not known",
)
ROW_WITHOUT_OFFER = Code(
    "E0515",
    Severity.ERROR,
    "row without an offer",
    "a row of the table `{table}` names an offer, and this one does not",
    help="write `given {table} {{ offer = NAME, … }}`",
)
STAGE_OF_ANYONE = Code(
    "E0516",
    Severity.ERROR,
    "stage of any customer",
    "a proof is about what is shown, not about the stage that keeps an offer away",
    help="leave out `because {stage}`",
)
