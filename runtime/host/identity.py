"""Who a session is of, and what is known of that customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from interact.runtime.errors import DataError, InteractError
from interact.runtime.host import advisory, audience
from interact.runtime.host.deployment import ServedChannel
from interact.runtime.host.parameters import machine_value
from interact.runtime.host.profiles.source import Key, NoProfiles, Profile, ProfileSource
from interact.runtime.host.results import ERROR, WARNING, NameValue, Response
from interact.runtime.host.session import Session
from interact.runtime.host.wishes import (
    AFTER,
    BEFORE,
    LASTING,
    RESERVED,
    doubtful,
    names,
    not_done,
)
from interact.stdlib.types import Value

MOST_KEPT: Final = 1 << 16
"""Characters of the parameters that a session keeps beside its attributes."""
_ROOM: Final = 32
"""What each takes beside its name and value."""


Load = Callable[[ProfileSource, Key], Profile | None]


def key_for(
    served: ServedChannel,
    audience_id: Sequence[NameValue],
    audience_level: str | None,
    answer: Response,
) -> Key | None:
    """Return the key that a call gives, empty for none; None for a wrong one, which is told."""
    level = served.audience
    if not audience.is_level(served, audience_level):
        text = f"{served.name} is for the audience level {level.name}"
        answer.say(ERROR, advisory.INVALID_AUDIENCE, text)
        return None
    try:
        return audience.key_of(level, audience_id)
    except DataError as error:
        answer.say(ERROR, advisory.INVALID_AUDIENCE, error.message)
        return None


def identify(
    session: Session,
    profiles: Mapping[str, ProfileSource],
    key: Key,
    answer: Response,
    load: Load,
) -> None:
    """Take a key, and load the profile of it; a visitor without a key has none.

    Args:
        profiles: By audience level in small letters, for versions that do not have their own.
        load: Returns the profile of a key from one of them.
    """
    level = session.served.audience
    session.key = key
    if not key:
        _tell_of_lists(session, answer)
        return
    source = session.served.profiles or profiles.get(level.name.lower()) or NoProfiles()
    found, is_known = None, True  # whose profile cannot be read may be known
    try:
        found = load(source, session.key)
        is_known = found is not None
    except InteractError as error:
        text = "the profile was not loaded"
        answer.say(WARNING, advisory.PROFILE_FAILED, text, error.message)
    session.known = is_known
    _tell_of_lists(session, answer)
    keys = zip((a.name for a in level.key), session.key, strict=True)
    if found is None:
        session.values = {**session.values, **dict(keys)}
    else:
        session.values = {**session.values, **found.known, **dict(keys)}
        session.rows = {name: list(map(dict, rows)) for name, rows in found.rows.items()}


def _tell_of_lists(session: Session, answer: Response) -> None:
    """Say that lists of suppressions could not be read anew: somebody may be missing in them."""
    listed = session.served.listed
    for name in () if listed is None else listed.stale_suppressions:
        text = f"{name} could not be read anew, and its former rows hold"
        answer.say(WARNING, advisory.SUPPRESSION_FAILED, text)


def forget(session: Session) -> None:
    """Forget the customer, but not what the visit set: attributes of the session, and contacts."""
    patterns = {pattern.name for pattern in session.served.channel.patterns}
    visit = {a.name for a in session.served.audience.session} - patterns
    session.values = {name: v for name, v in session.values.items() if name in visit}
    session.rows, session.latest, session.key, session.known = {}, 0, (), False


def take_in(session: Session, parameters: Sequence[NameValue], answer: Response) -> None:
    """Keep the parameters of a call: as attributes where they are declared."""
    if not parameters:
        return
    known = session.served.attributes
    values, extra = dict(session.values), dict(session.extra)
    for parameter in parameters:
        name = parameter.name.lower()
        if name.startswith(RESERVED):
            _wish(session, parameter, values, extra, answer)
            continue
        attribute = known.get(name)
        if attribute is None:
            extra[name] = parameter
            continue
        try:
            values[attribute.name] = machine_value(attribute, parameter.value)
        except DataError as error:
            answer.say(WARNING, advisory.PARAMETERS_FAILED, error.message)
    session.values, session.extra = values, kept_of(extra, answer) if extra else extra


def kept_of(extra: dict[str, NameValue], answer: Response) -> dict[str, NameValue]:
    """Return what a session has room for of parameters that are no attributes, the first ones
    first; what it has not is told."""
    room, kept = MOST_KEPT, {}
    for name, one in extra.items():
        room -= _ROOM + len(name) + len(str(one.value))
        if room < 0:
            break
        kept[name] = one
    if (left := len(extra) - len(kept)) > 0:
        first = next(name for name in extra if name not in kept)
        text = f"a session has no room for {left:,} more parameters, of which {first:.40} is one"
        answer.say(WARNING, advisory.PARAMETERS_FAILED, text)
    return kept


def part(session: Session, parameters: Sequence[NameValue]) -> None:
    """Forget what was for one call, when that is done."""
    for parameter in parameters:
        if parameter.name.lower() == AFTER:
            values, extra = dict(session.values), dict(session.extra)
            _drop(session, parameter, values, extra)
            session.values, session.extra = values, extra


def _doubt(session: Session, parameter: NameValue, answer: Response) -> None:
    """Say what a reserved parameter has that means nothing."""
    said = doubtful(parameter, lambda: session.served.offered)
    if said is not None:
        answer.say(said[0], advisory.PARAMETERS_FAILED, said[1])


def _wish(
    session: Session,
    parameter: NameValue,
    values: dict[str, Value],
    extra: dict[str, NameValue],
    answer: Response,
) -> None:
    """Keep a reserved parameter that lasts, or say that it is not done."""
    name = parameter.name.lower()
    if extra.get(name) is not parameter:  # else an earlier call sent it
        _doubt(session, parameter, answer)
    if name in LASTING:
        extra[name] = parameter
    elif name == BEFORE:
        _drop(session, parameter, values, extra)
    elif (said := not_done(parameter)) is not None:
        answer.say(said[0], advisory.NOT_DONE, said[1])


def _drop(
    session: Session,
    parameter: NameValue,
    values: dict[str, Value],
    extra: dict[str, NameValue],
) -> None:
    for name in names(parameter.value):
        extra.pop(name, None)
        if (attribute := session.served.attributes.get(name)) is not None:
            values.pop(attribute.name, None)
