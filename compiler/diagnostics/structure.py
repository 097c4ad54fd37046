"""E04xx: declarations that do not make a whole."""

from interact.compiler.diagnostics.diagnostic import Code, Severity

NO_KEY = Code(
    "E0401",
    Severity.ERROR,
    "audience without a key",
    "the audience `{name}` has no key",
    help="add `key customer_id: int`, the columns that tell customers apart",
)
KEY_TYPE = Code(
    "E0402",
    Severity.ERROR,
    "key of an unsuitable type",
    "a key is an int, a text or a date, never null, and this is {found}",
    help="make another attribute the key, or declare this one `int`, `text` or `date`",
)
CODE_PARTS = Code(
    "E0403",
    Severity.ERROR,
    "offer code of a wrong length",
    "an offer code has 1 to 5 parts, none of them empty, and this has {found}",
)
CODE_TAKEN = Code(
    "E0404",
    Severity.ERROR,
    "offer code used twice",
    "the offers `{first}` and `{second}` have the same code {shared}",
    help="give one of them another code",
)
LIVE_BACKWARDS = Code(
    "E0405",
    Severity.ERROR,
    "dates in the wrong order",
    "this ends on {end}, before it starts on {start}",
    help="write the earlier day first",
)
OTHERWISE_NOT_LAST = Code(
    "E0406",
    Severity.ERROR,
    "branch after `otherwise`",
    "`{name}` comes after `otherwise`, which leaves nobody for it",
    help="move the `otherwise` branch to the end",
)
SHARES_TOO_LARGE = Code(
    "E0407",
    Severity.ERROR,
    "shares above 100 %",
    "the shares of this sample add up to {total}%",
    help="lower one of them, or give one cell `rest` instead of a percentage",
)
SHARES_TOO_SMALL = Code(
    "E0408",
    Severity.ERROR,
    "shares below 100 %",
    "the shares of this sample add up to {total}%",
    help="give one cell `rest` instead of a percentage",
)
BAD_SHARE = Code(
    "E0409",
    Severity.ERROR,
    "share out of range",
    "a share is more than 0% and at most 100%, and this is {share}%",
)
TWO_RESTS = Code(
    "E0410",
    Severity.ERROR,
    "more than one `rest`",
    "only one cell of a sample can have the `rest`",
    help="give all but one of them a percentage",
)
WRONG_AUDIENCE = Code(
    "E0411",
    Severity.ERROR,
    "offer for another audience",
    "the offer `{offer}` is for {offered}, and this channel is for {channel}",
    help="declare another offer `for {channel}`",
)
NO_AUDIENCE = Code(
    "E0412",
    Severity.ERROR,
    "no audience declared",
    "there is no audience in this project",
    help="declare one: audience Customer {{ key customer_id: int  profile {{ … }} }}",
)
WHICH_AUDIENCE = Code(
    "E0413",
    Severity.ERROR,
    "audience of an offer unclear",
    "the attributes of `{name}` could belong to several audiences: {audiences}",
    help="write `offer {name} for {first} {{ … }}`",
)
DEFAULT_NOT_CONSTANT = Code(
    "E0414",
    Severity.ERROR,
    "default that is not a constant",
    "the default of `{name}` must be a constant",
)
TOO_MANY_RULES = Code(
    "E0415",
    Severity.ERROR,
    "too many rules",
    "the channel `{name}` has {count} rules, and 65535 is the most",
    help="split it into several channels",
)
NEEDLESS_DEFAULT = Code(
    "E0416",
    Severity.ERROR,
    "default on a profile attribute",
    "`{name}` comes from the data and takes no default",
    help="declare it `?` and write coalesce({name}, …), or move it to `session {{ }}`",
)
FLOWCHARTS_IN_A_CIRCLE = Code(
    "E0461",
    Severity.ERROR,
    "flowcharts that follow each other",
    "this starts from `{name}` of `{other}`, which itself starts from cells of this flowchart",
    help="put the steps that follow each other into one flowchart",
)
NOTHING_DECLARED = Code(
    "E0418",
    Severity.ERROR,
    "nothing declared",
    "there is no declaration in {path}",
    help="begin with an audience: audience Customer {{ key customer_id: int }}",
)
CONSTANT_VARIES = Code(
    "E0450",
    Severity.ERROR,
    "constant that depends on the moment",
    "a constant cannot depend on `{what}`",
    help="use `{what}` where the constant is used, or define a function",
)
CONSTANT_WITHOUT_VALUE = Code(
    "E0451",
    Severity.ERROR,
    "constant without a value",
    "the constant `{name}` has no value: this is null",
    help="a division by zero, a result out of range and null are no values of a constant",
)
MEMBER_TEXT_TAKEN = Code(
    "E0452",
    Severity.ERROR,
    "text of two members",
    "one text stands for both `{first}` and `{second}`",
    help='give one of them another: `{second} = "…"`',
)
NO_ENUMERATION = Code(
    "E0453",
    Severity.ERROR,
    "not an enumeration",
    "the enumeration `{name}` has no members, or the name of a type",
    help="write `enum Tier {{ Bronze, Silver, Gold }}`",
)
NAME_OF_BUILTIN = Code(
    "E0454",
    Severity.ERROR,
    "function with the name of a built-in",
    "`{name}` is a function of the language",
    help="give it another name",
)
DEFAULT_BEFORE_OTHERS = Code(
    "E0455",
    Severity.ERROR,
    "parameter without a default after one with",
    "`{name}` has no default, and stands behind a parameter that has one",
    help="give it a default, or move it forward",
)
TABLE_CELLS = Code(
    "E0456",
    Severity.ERROR,
    "row of another width",
    "this row has {found}, and the table {columns}",
    help="write `any` for a column that does not matter",
)
TABLE_ROWS = Code(
    "E0457",
    Severity.ERROR,
    "table too long or empty",
    "a table has 1 to 100 rows, and `{name}` has {count}",
    help="{hint}",
)
TABLE_HYPHEN = Code(
    "E0477",
    Severity.ERROR,
    "difference for a range",
    "`{low} - {high}` is a difference, and the column would have to be equal to it",
    help="a range is written `{low} to {high}`",
)
TABLE_ROW_AFTER_OTHERWISE = Code(
    "E0458",
    Severity.ERROR,
    "row after one that takes all",
    "this row comes after one that leaves nothing for it",
    help="move `otherwise`, or the row of `any`, to the end",
)
TEMPLATE_ARGUMENTS = Code(
    "E0459",
    Severity.ERROR,
    "arguments of a template",
    "these are no arguments for the template `{name}`",
    help="{hint}",
)
TABLE_TAKEN = Code(
    "E0462",
    Severity.ERROR,
    "table of a name that is taken",
    "a run writes a table `{name}` already",
    help="give the snapshot another name",
)
KEY_IN_SNAPSHOT = Code(
    "E0463",
    Severity.ERROR,
    "field with the name of a key",
    "`{name}` is of the key, which every snapshot has",
    help="leave it out",
)
