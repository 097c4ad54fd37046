"""What columns of the history become in the tables of the campaign database."""

from __future__ import annotations

from collections.abc import Collection
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
ABOUT_ROWS = ("writer", "sequence", "inputs")
"""What only the history needs to know; older ones do not have it."""
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
)
CONTACT = (
    Column("Event", "VARCHAR", "event"),
    Column("TreatmentCode", "VARCHAR", "treatment"),
    Column("PackageID", "VARCHAR", "decision"),
    Column("ContactDateTime", "TIMESTAMPTZ", '"at"'),
    Column("ContactStatusID", "INTEGER", str(CONTACTED)),
    *_WHO,
    Column("Score", "DOUBLE PRECISION", '"score"'),
    Column("Rank", "INTEGER", '"rank"'),
    Column("Candidates", "INTEGER", "candidates"),
    Column("Propensity", "DOUBLE PRECISION", "propensity"),
)
_RESPONSE = (
    Column("Event", "VARCHAR", "event"),
    Column("TreatmentCode", "VARCHAR", "treatment"),
    Column("TrackingCode", "VARCHAR", "treatment"),
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
    "interact_KeyColumn": (Column("Name", "VARCHAR PRIMARY KEY"),),
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
IDENTIFIED = {
    "UA_Treatment": "TreatmentCode",
    "UA_DtlContactHist": "Event",
    "UA_ResponseHistory": "Event",
    "interact_UnmatchedResponse": "Event",
}
"""Tables of the history, and the column that is unique; it is their first."""
EXTENDED = ("UA_DtlContactHist", "UA_ResponseHistory", "interact_UnmatchedResponse")
"""Tables that have the keys of audiences, and the further attributes of the history."""
_OWN = {c.name.lower() for table in TABLES.values() for c in table}
_OWN |= {name for columns in (*OF_HISTORY.values(), ABOUT_ROWS) for name in columns}


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


def field_column(field: str, keys: Collection[str]) -> str:
    """Return the column of a session attribute that the history keeps.

    >>> field_column("cart", ["customer_id"]), field_column("Channel", [])
    ('cart', 'Field_Channel')
    """
    taken = field.lower() in _OWN or field.lower() in {k.lower() for k in keys}
    return f"Field_{field}" if taken else field
