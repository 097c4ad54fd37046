"""Reserved parameters: what a client wishes of a session or a call beyond its attributes.

Those that last for the session are kept beside its other parameters. What is not done here is said
so: with a warning where the client would get something else than it asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final

from interact.runtime.host.results import SUCCESS, WARNING, NameValue
from interact.stdlib.records import record

RESERVED: Final = "uaci"
CODE: Final = "uacioffertrackingcode"
CODE_TYPES: Final = ("uaci_trackingcodetype", "uacitrackingcodetype")
EVENT_ID: Final = "uacieventid"
RESPONSE_TYPE: Final = "uaciresponsetypecode"
BEFORE: Final = "uacipreremoveparameter"
AFTER: Final = "uacipostremoveparameter"
FLOWCHARTS: Final = "uaciexecuteflowchartbyname"
EMBEDDED: Final = "uaciembeddedsession"

_FIELDS: Final = "uaciofferfields"
_WITHOUT_FIELDS: Final = "uaciexcludeofferfields"
_DISTINCT: Final = "uaciofferdedupeattribute"
_RELAXED: Final = "uacinoattributededupeiffeweroffer"
_UNSUPPRESSED: Final = "uaciignoresuppressionrules"
_UNLISTED: Final = "uaciignoreblacklist"
TABLE: Final = "uacicustomloggertablename"
_MERGES: Final = "uacimergepatternstates"
_OF_OFFERS: Final = frozenset(
    {_FIELDS, _WITHOUT_FIELDS, _DISTINCT, _RELAXED, _UNSUPPRESSED, _UNLISTED}
)
LASTING: Final = _OF_OFFERS | {_MERGES, TABLE}
_FLAGS: Final = frozenset({_RELAXED, _UNSUPPRESSED, _UNLISTED, _MERGES, EMBEDDED})
_NO: Final = ("", "0", "0.0", "false", "no", "none")
_DATES: Final = frozenset({"effectivedate", "expirationdate"})
_OF_A_CALL: Final = frozenset(
    {CODE, *CODE_TYPES, EVENT_ID, RESPONSE_TYPE, BEFORE, AFTER, FLOWCHARTS}
)
_ALWAYS: Final = frozenset({"uaciwaitforsegmentation", "uacisavepatternstates"})
"""What is always so: calls wait for segments, and states of patterns are kept."""

FIRST: Final = (
    "a session within a session begins with setAudience, or startSession that relies on an "
    "existing one, as the first command of a batch"
)
_NOT_DONE: Final[Mapping[str, tuple[int, str]]] = {
    "uacilogtolearning": (SUCCESS, "there is no learning"),
    "uacilogseparationfilename": (SUCCESS, "a session has no log of its own"),
    EMBEDDED: (WARNING, FIRST),
}


@record
class Wishes:
    """What lasts for a session.

    Attributes:
        fields: Attributes of offers that are returned, in small letters; none for all.
        without: Attributes that are not returned.
        distinct: Of the offers with one value of this attribute the best is given.
        is_relaxed: Whether that is so only where it leaves as many as were asked for.
        ignores_suppression: Whether offers are given that were accepted or rejected.
        ignores_lists: Whether offers are given that a list of suppressions names.
    """

    fields: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    distinct: str = ""
    is_relaxed: bool = False
    ignores_suppression: bool = False
    ignores_lists: bool = False

    def returns(self, attribute: str) -> bool:
        """Return whether an attribute of an offer is returned."""
        name = attribute.lower()
        return (not self.fields or name in self.fields) and name not in self.without


NO_WISHES: Final = Wishes()


def wishes_of(extra: Mapping[str, NameValue]) -> Wishes:
    """Return the wishes among the parameters of a session, by name in small letters.

    >>> sent = NameValue("UACIOfferFields", "Url|title", "string")
    >>> wishes_of({"uaciofferfields": sent}).returns("URL")
    True
    """
    if not extra:
        return NO_WISHES
    told = {name: extra[name].value for name in _OF_OFFERS if name in extra}
    if not told:
        return NO_WISHES
    return Wishes(
        frozenset(names(told.get(_FIELDS))),
        frozenset(names(told.get(_WITHOUT_FIELDS))),
        next(iter(names(told.get(_DISTINCT))), ""),
        is_true(told.get(_RELAXED)),
        is_true(told.get(_UNSUPPRESSED)),
        is_true(told.get(_UNLISTED)),
    )


def merges(extra: Mapping[str, NameValue]) -> bool:
    """Return whether what a visitor did is the customer's, once that is known."""
    return _MERGES in extra and is_true(extra[_MERGES].value)


def asks_within(parameters: Sequence[NameValue]) -> bool:
    """Return whether a session within a session is asked for.

    >>> asks_within([NameValue("UACIEmbeddedSession", 1, "numeric")])
    True
    """
    return any(p.name.lower() == EMBEDDED and is_true(p.value) for p in parameters)


def flowcharts(parameters: Sequence[NameValue]) -> list[str] | None:
    """Return the flowcharts that a call names, as it spells them; None for a call that does not.

    >>> flowcharts([NameValue("UACIExecuteFlowchartByName", "Value|Needs", "string")])
    ['Value', 'Needs']
    """
    for one in parameters:
        if one.name.lower() == FLOWCHARTS:
            parts = re.split(r"[,;|]", "" if one.value is None else str(one.value))
            return [name.strip() for name in parts if name.strip()]
    return None


def names(value: object) -> list[str]:
    """Return a list of names, however it is written, in small letters.

    >>> names("Url, title|price")
    ['url', 'title', 'price']
    """
    return [name.lower() for name in _apart(value)]


def _apart(value: object) -> list[str]:
    return [] if value is None else re.findall(r"[^\s,;|]+", str(value))


def is_true(value: object) -> bool:
    """Return whether a flag is set: ``1``, ``true`` or ``yes``.

    >>> is_true("True"), is_true(1.0), is_true("0"), is_true(None)
    (True, True, False, False)
    """
    return str(value).lower() in ("1", "1.0", "true", "yes")


def doubtful(
    parameter: NameValue, attributes: Callable[[], Container[str]]
) -> tuple[int, str] | None:
    """Return what there is to say of a reserved parameter with something that means nothing: a
    level and a text.

    Args:
        attributes: Returns those that offers have, in small letters.

    >>> doubtful(NameValue("UACIIgnoreBlackList", "perhaps", "string"), tuple)
    (1, "UACIIgnoreBlackList is 1 or 0, and 'perhaps' is neither: it is taken as 0")
    """
    name, value = parameter.name.lower(), parameter.value
    if name in _FLAGS and not is_true(value) and str(value).lower() not in _NO:
        text = f"{parameter.name} is 1 or 0, and {value!r:.40} is neither: it is taken as 0"
        return WARNING, text
    if name in CODE_TYPES and str(value).removesuffix(".0") not in ("1", "2"):
        text = f"{parameter.name} is 1 or 2, and {value!r:.40} is neither: it is taken as 2"
        return WARNING, text
    if name in (_FIELDS, _WITHOUT_FIELDS, _DISTINCT):
        known, dates = attributes(), () if name == _DISTINCT else _DATES
        unknown = [one for one in names(value) if one not in known and one not in dates]
        if unknown:
            text = f"{parameter.name}: no offer has an attribute {', '.join(unknown):.80}"
            # Who leaves out what there is not gets what was asked for.
            return SUCCESS if name == _WITHOUT_FIELDS else WARNING, text
    return None


def not_done(parameter: NameValue) -> tuple[int, str] | None:
    """Return what there is to say of a reserved parameter: a level and a text.

    >>> not_done(NameValue("UACIOfferFields", "url", "string")) is None
    True
    """
    name = parameter.name.lower()
    if name in LASTING or name in _OF_A_CALL or name in _ALWAYS:
        return None
    if name == EMBEDDED and not is_true(parameter.value):
        return None
    level, why = _NOT_DONE.get(name, (WARNING, "it is no parameter that is known here"))
    return level, f"{parameter.name}: {why}"
