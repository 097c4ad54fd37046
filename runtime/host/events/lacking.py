"""What is said of events that lack the treatment that they are about, each thing once."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.core.events import Action
from interact.compiler.core.program import Channel
from interact.compiler.core.visit import Pending, action_of, find_event
from interact.runtime.host import advisory
from interact.runtime.host.results import WARNING, Response
from interact.runtime.host.session import Session


def without_code(what: str, answer: Response, nothing_shown: bool = False) -> None:
    """Say that an action has no code of a treatment to be about, or that there is nothing shown
    that it could be about."""
    shown = ": the last call for offers showed none" if nothing_shown else ""
    _say_once(answer, advisory.NOTHING_TO_LOG, f"{what} without a tracking code{shown}")


def without_treatment(code: str, answer: Response) -> None:
    """Say that the session has no treatment of a code."""
    _say_once(answer, advisory.UNKNOWN_TREATMENT, f"the session has no treatment {code}")


def nothing_to_suppress(code: str, answer: Response) -> None:
    """Say why an event suppresses nothing; a response without a code was told of already."""
    if code:
        without_treatment(code, answer)
    elif all(message.code != advisory.NOTHING_TO_LOG for message in answer.messages):
        without_code("suppress", answer)


def tell_of_planned(session: Session, planned: Sequence[Pending], answer: Response) -> None:
    """Say of actions that are done later what they will lack then."""
    for pending in planned:
        code = pending.treatment
        is_found = bool(code) and session.treatment(code) is not None
        if pending.part == "missed" or is_found:
            continue
        for action in _done(session.served.channel, action_of(session.served.channel, pending)):
            if action.kind == "suppress" and not action.names:
                nothing_to_suppress(code, answer)
            elif action.kind.startswith("log ") and code:
                without_treatment(code, answer)
            elif action.kind in ("log accept", "log reject"):
                without_code(action.kind.removeprefix("log "), answer)


def _done(channel: Channel, action: Action, posted: frozenset[str] = frozenset()) -> list[Action]:
    """Return an action, and what the events that it posts do on no condition."""
    if action.kind != "post" or action.names[0] in posted:
        return [action]
    actions = find_event(channel, action.names[0]).actions
    before = posted | {action.names[0]}
    follow = [one for one in actions if one.condition is None]
    return [action, *(done for one in follow for done in _done(channel, one, before))]


def _say_once(answer: Response, code: int, text: str) -> None:
    if all((message.code, message.text) != (code, text) for message in answer.messages):
        answer.say(WARNING, code, text)
