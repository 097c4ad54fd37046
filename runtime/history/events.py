"""What is recorded: contacts, which are offers shown, responses to them, and activity.

Names follow the original's tables (``UA_ContactHistory``, ``UA_ResponseHistory``) in plain words;
``campaign`` maps them.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

KeyValue: TypeAlias = int | str


class _Common(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What contacts and responses share.

    Attributes:
        event: Unique, and the same whenever a client repeats a request: ``writer-number``.
        decision: The call of get_offers that made the offer; empty for one that was not made here.
        at: Microseconds since 1970-01-01T00:00Z.
        audience: The audience level, of which ``key`` holds the key columns in order.
        treatment: The code of this offer in this decision.
        offer: The offer's name; ``code`` has the parts of its code, joined by ``-``.
        bundle: The digest of what decided.
        session: The session's identifier.
        extra: Session attributes that were asked for, as text.
    """

    event: str
    decision: str
    at: int
    channel: str
    audience: str
    key: tuple[KeyValue, ...]
    treatment: str
    offer: str
    code: str
    zone: str = ""
    point: str = ""
    rule: str = ""
    segments: tuple[str, ...] = ()
    bundle: str = ""
    session: str = ""
    extra: dict[str, str] = {}


class Contact(_Common, frozen=True, array_like=True, kw_only=True, tag="c"):
    """An offer was shown.

    Attributes:
        score: Of the rule that proposed it; ``rank`` is its place in its list.
        candidates: How many rules of the zone were considered.
        propensity: The probability with which chance has the offer in the list, at any rank; 1
            where nothing is left to chance, null where it is not told.
    """

    score: float | None = None
    rank: int | None = None
    candidates: int | None = None
    propensity: float | None = None


class Response(_Common, frozen=True, array_like=True, kw_only=True, tag="r"):
    """A customer reacted.

    Attributes:
        kind: ``accept``, ``reject``, or a custom response type.
        matched: Whether the session knew the treatment; else the campaign side looks for it.
    """

    kind: str
    matched: bool = True


class Happening(msgspec.Struct, frozen=True, array_like=True, kw_only=True, tag="h"):
    """A declared event was posted in a session, or a pattern of events was met.

    Attributes:
        event: Unique, as that of a contact.
        name: Of the declared event or pattern.
        kind: ``posted`` or ``met``.
        category: What it was declared with.
    """

    event: str
    at: int
    channel: str
    audience: str
    key: tuple[KeyValue, ...]
    name: str
    kind: str
    category: str = ""
    bundle: str = ""
    session: str = ""


class Decided(msgspec.Struct, frozen=True, array_like=True, kw_only=True, tag="d"):
    """A call got offers, with all that the decision read; recorded only when that is asked for.

    Attributes:
        event: Unique, as that of a contact.
        inputs: JSON: values and rows of the customer that were read, and what was asked for.
        outcome: JSON: for each point the decision, segments and offers.
    """

    event: str
    at: int
    channel: str
    audience: str
    key: tuple[KeyValue, ...]
    inputs: str
    outcome: str
    bundle: str = ""
    session: str = ""


Event: TypeAlias = Contact | Response | Happening | Decided

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(
    Contact | Response | Happening | Decided
)


def encode(event: Event) -> bytes:
    """Return an event as bytes of a log."""
    return _encoder.encode(event)


def decode(payload: bytes) -> Event:
    """Return the event that ``encode`` wrote.

    Raises:
        msgspec.MsgspecError: It wrote something else.
    """
    return _decoder.decode(payload)
