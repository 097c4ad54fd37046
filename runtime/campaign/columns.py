"""What columns of the history become in the tables of the campaign database."""

from __future__ import annotations

from dataclasses import dataclass

SOURCES = ("contacts", "responses")
_COMMON = (
    *("event", "decision", "at", "audience", "treatment", "offer", "code", "zone", "point"),
    *("rule", "segments", "bundle", "session", "extra"),
)
OF_HISTORY: dict[str, tuple[str, ...]] = {
    "contacts": (*_COMMON, "score", "rank", "candidates", "propensity"),
    "responses": (*_COMMON, "kind", "matched"),
}
CONTACTED = 1
RESPONSE_TYPES = {"accept": 1, "reject": 2}
"""What counts as a response: 0 no, 1 yes, 2 a rejection; other types begin with 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type, and the expression over a row of the history that fills it."""

    name: str
    kind: str
    source: str = ""


TREATMENT = (
    Column("TreatmentCode", "VARCHAR", "treatment"),
    Column("PackageID", "VARCHAR", "decision"),
    Column("OfferName", "VARCHAR", "offer"),
    Column("OfferCode", "VARCHAR", "code"),
    Column("Zone", "VARCHAR", "zone"),
    Column("InteractionPoint", "VARCHAR", "point"),
    Column("Rule", "VARCHAR", "rule"),
    Column("Bundle", "VARCHAR", "bundle"),
)
_WHO = (
    Column("Channel", "VARCHAR", "interact_channel"),
    Column("AudienceLevel", "VARCHAR", "audience"),
    Column("SessionID", "VARCHAR", "session"),
    Column("Segments", "VARCHAR[]", "segments"),
    Column("UserDefinedFields", "MAP(VARCHAR, VARCHAR)", "extra"),
)
CONTACT = (
    Column("Event", "VARCHAR", "event"),
    Column("TreatmentCode", "VARCHAR", "treatment"),
    Column("PackageID", "VARCHAR", "decision"),
    Column("ContactDateTime", "TIMESTAMPTZ", '"at"'),
    Column("ContactStatusID", "INTEGER", str(CONTACTED)),
    *_WHO,
    Column("Score", "DOUBLE", '"score"'),
    Column("Rank", "INTEGER", '"rank"'),
    Column("Candidates", "INTEGER", "candidates"),
    Column("Propensity", "DOUBLE", "propensity"),
)
_RESPONSE = (
    Column("Event", "VARCHAR", "event"),
    Column("TreatmentCode", "VARCHAR", "treatment"),
    Column("ResponseDateTime", "TIMESTAMPTZ", '"at"'),
    Column("ResponseTypeCode", "VARCHAR", "kind"),
    *_WHO,
)
RESPONSE = (*_RESPONSE, Column("MatchedBy", "VARCHAR", "'session'"))
UNMATCHED = (*_RESPONSE, Column("State", "VARCHAR", "'waiting'"))
TABLES: dict[str, tuple[Column, ...]] = {
    "UA_Treatment": TREATMENT,
    "UA_DtlContactHist": CONTACT,
    "UA_ResponseHistory": RESPONSE,
    "interact_UnmatchedResponse": UNMATCHED,
    "UA_ContactStatus": (
        Column("ContactStatusID", "INTEGER PRIMARY KEY"),
        Column("Name", "VARCHAR"),
        Column("CountsAsContact", "INTEGER"),
    ),
    "UA_UsrResponseType": (
        Column("ResponseTypeCode", "VARCHAR PRIMARY KEY"),
        Column("CountsAsResponse", "INTEGER"),
    ),
    "interact_ImportedPart": (
        Column("Part", "VARCHAR PRIMARY KEY"),
        Column("Rows", "BIGINT"),
    ),
    "interact_RejectedRow": (
        Column("Part", "VARCHAR"),
        Column("Reason", "VARCHAR"),
        Column("Row", "VARCHAR"),
    ),
}
OF_SOURCE = {
    "contacts": ("UA_DtlContactHist",),
    "responses": ("UA_ResponseHistory", "interact_UnmatchedResponse"),
}
_OWN = {c.name.lower() for table in TABLES.values() for c in table}


def quoted(name: str) -> str:
    """Return a name as SQL writes it.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def key_column(key: str) -> str:
    """Return the column of a key; one that would hide another column has a prefix.

    >>> key_column("customer_id"), key_column("channel")
    ('customer_id', 'Key_channel')
    """
    return f"Key_{key}" if key.lower() in _OWN else key
