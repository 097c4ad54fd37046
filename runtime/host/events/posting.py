"""Events that clients post: each once, by the name that a client may give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import count
from typing import Final

from interact.runtime.errors import DataError
from interact.runtime.host import advisory
from interact.runtime.host.events import happenings
from interact.runtime.host.events.conduct import Conduct
from interact.runtime.host.events.tracking import TRACKED, treatment_code
from interact.runtime.host.identity import take_in
from interact.runtime.host.naming import unknown
from interact.runtime.host.parameters import reserved
from interact.runtime.host.results import ERROR, WARNING, NameValue, Response
from interact.runtime.host.session import Session
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import EVENT_ID, RESPONSE_TYPE

_LONGEST: Final = 128
"""Characters of the name of an event; a longer one is told apart by its hash."""


def is_event(session: Session, event: str, answer: Response) -> bool:
    """Return whether clients can post an event; one that there is not is told."""
    if event.lower() in session.served.events or event.lower() in TRACKED:
        return True
    names = [*(e.name for e in session.served.channel.events), *TRACKED]
    answer.say(ERROR, advisory.INVALID_EVENT, unknown("event", event, names))
    return False


def post_once(
    conduct: Conduct,
    turn: Turn,
    event: str,
    parameters: Sequence[NameValue],
    now: int,
    answer: Response,
) -> None:
    """Let an event happen, unless the session has done it by the name that the client gives it.

    Args:
        event: One that there is; see ``is_event``.

    Raises:
        OutputError: It cannot be recorded.
    """
    found = turn.session
    assert found is not None
    told = reserved(parameters)
    called = _called(told.get(EVENT_ID))
    if called is None:
        _post(conduct, turn, event, parameters, told, now, answer, conduct.setting.numbers)
    elif called not in found.posted:
        # Another host that does it again gives its rows the same names: they count once.
        names = _names(f"{found.id}!{called}")
        if _post(conduct, turn, event, parameters, told, now, answer, names):
            found.post(called)


def _post(
    conduct: Conduct,
    turn: Turn,
    event: str,
    parameters: Sequence[NameValue],
    told: Mapping[str, object],
    now: int,
    answer: Response,
    name: Callable[[], str],
) -> bool:
    """Let an event happen, whose rows have these names; False for one that does not, as it is
    wrong."""
    found = turn.session
    assert found is not None
    declared = found.served.events.get(event.lower())
    own = set() if declared is None else {p.name.lower() for p in declared.parameters}
    others = [p for p in parameters if p.name.lower() not in own]
    take_in(found, others, answer)
    code, custom = treatment_code(found, told), _text(told.get(RESPONSE_TYPE))
    if declared is not None:
        try:
            given = happenings.posted(declared, parameters)
        except DataError as error:
            answer.say(WARNING, advisory.PARAMETERS_FAILED, error.message)
            return False
        about = code or "", name, custom or ""
        conduct.happen(turn, declared.name, now, answer, given, *about)
        return True
    conduct.pass_time(turn, now, answer)
    conduct.track(turn, TRACKED[event.lower()], code, now, answer, custom, name)
    return True


def _names(called: str) -> Callable[[], str]:
    """Return names of the rows of an event: the same ones when it is done by another host."""
    numbers = count(1)
    return lambda: f"{called}.{next(numbers)}"


def _called(name: object) -> str | None:
    """Return what a client calls an event, or what is short and stands for it."""
    told = _text(name)
    if told is None or len(told) <= _LONGEST:
        return told
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
