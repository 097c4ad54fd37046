"""What the host answers. Names and numbers are those of the original's API.

Parts of answers are written to JSON as they are, under the names of the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct, field

from interact.stdlib.records import record

ParameterType: TypeAlias = Literal["string", "numeric", "datetime"]
SUCCESS, WARNING, ERROR = 0, 1, 2


class NameValue(Struct, frozen=True, gc=False, rename={"name": "n", "value": "v", "type": "t"}):
    """A parameter, an attribute of an offer, or one of the profile."""

    name: str
    value: object
    type: ParameterType


class Message(
    Struct,
    frozen=True,
    gc=False,
    rename={"level": "msgLevel", "code": "msgCode", "text": "msg", "detail": "detailMsg"},
):
    """What a command has to say: ``level`` 0 to 2, and a code of ``advisory``."""

    level: int
    code: int
    text: str
    detail: str = ""


class Offer(
    Struct,
    frozen=True,
    gc=False,
    rename={"name": "n", "title": "desc", "treatment": "treatmentCode"},
):
    """An offer as it is shown; ``treatment`` is what contacts and responses refer to."""

    name: str
    title: str
    code: tuple[str, ...]
    treatment: str
    score: float
    attributes: tuple[NameValue, ...]


class OfferList(Struct, frozen=True, gc=False, rename={"point": "ip", "default": "defaultString"}):
    """What is to be shown at a point, best first; ``default`` when there is nothing."""

    point: str
    default: str
    offers: tuple[Offer, ...] = ()


class Response(Struct, gc=False):
    """The answer to one command."""

    session: str | None
    version: str
    status: int = SUCCESS
    messages: list[Message] = field(default_factory=list)
    offer_lists: list[OfferList] = field(default_factory=list)
    profile: list[NameValue] = field(default_factory=list)

    def say(self, level: int, code: int, text: str, detail: str = "") -> None:
        """Add a message; the worst level becomes the status."""
        self.messages.append(Message(level, code, text, detail))
        self.status = max(self.status, level)


@record
class BatchResponse:
    """The answers to several commands; the status is the worst of theirs."""

    status: int
    responses: tuple[Response, ...]


Parameters: TypeAlias = Mapping[str, object] | Sequence[NameValue] | None
"""Names and values, with the types of the wire or those that Python gives them; None for none."""


def pairs(given: Parameters) -> Sequence[NameValue]:
    """Return parameters with their types.

    >>> pairs({"id": 7})
    [NameValue(name='id', value=7, type='numeric')]
    """
    if given is None:
        return ()
    if isinstance(given, Mapping):
        return [named(name, value) for name, value in given.items()]
    return given


def named(name: str, value: object, absent: ParameterType = "string") -> NameValue:
    """Return a value as the API types it: numbers as floats or ints, times as datetimes.

    ``absent`` is the type of a null.

    >>> named("limit", Decimal("10.50"))
    NameValue(name='limit', value=10.5, type='numeric')
    """
    match value:
        case bool():
            return NameValue(name, "true" if value else "false", "string")
        case Decimal():
            return NameValue(name, float(value), "numeric")
        case int() | float():
            return NameValue(name, value, "numeric")
        case datetime():
            return NameValue(name, value.isoformat(), "datetime")
        case date():
            return NameValue(name, value.isoformat(), "datetime")
        case None:
            return NameValue(name, None, absent)
        case _:
            return NameValue(name, str(value), "string")
