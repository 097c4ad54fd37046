"""Calls that name flowcharts: these are worked out from what is known, the others keep their word.

Without such calls all flowcharts are worked out anew whenever offers are asked for. From one on, in
its session, those that it does not name are held: by what they said of all that was known before.
They are worked out again when a call names them, an event says ``resegment``, or the session is
another customer's, of whom they have not said anything yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.core.held import cells_of, holding
from interact.compiler.core.interpret import Moment
from interact.runtime.host import advisory
from interact.runtime.host.events.happenings import known_customer
from interact.runtime.host.naming import MOST_TOLD, unknown
from interact.runtime.host.results import WARNING, NameValue, Response
from interact.runtime.host.session import Session
from interact.runtime.host.states import CustomerState
from interact.runtime.host.wishes import flowcharts


def restrict(
    session: Session,
    state: CustomerState,
    parameters: Sequence[NameValue],
    now: int,
    answer: Response,
) -> bool:
    """Hold the flowcharts that a call does not name, if it names any; return whether it does."""
    wanted = flowcharts(parameters)
    if wanted is None:
        return False
    others = _others(session, wanted, answer, advisory.SEGMENTATION_FAILED)
    if others is None:
        return False
    served, moment = session.served, Moment(now)
    channel = holding(served.channel, session.held)
    said = cells_of(served.program, channel, known_customer(session, state, now), moment)
    session.held = {name: said[name] for name in others}
    return True


def restrict_anew(session: Session, parameters: Sequence[NameValue], answer: Response) -> None:
    """Do the same for a customer of whom no flowchart has said anything; without a name hold none.

    A customer is in no segment of a flowchart that did not run.
    """
    wanted = flowcharts(parameters)
    if wanted is None:
        session.held = {}
        return
    others = _others(session, wanted, answer, advisory.FIRST_SEGMENTATION_FAILED)
    session.held = dict.fromkeys(others or (), frozenset())


def release(session: Session, names: Sequence[str]) -> None:
    """Work flowcharts out again, or with no names all."""
    kept = session.held if names else {}
    session.held = {name: cells for name, cells in kept.items() if name not in names}


def _others(
    session: Session, wanted: Sequence[str], answer: Response, code: int
) -> list[str] | None:
    """Return the flowcharts that are not named; with no names all are. None for unknown ones only.

    Names that are unknown are told, and otherwise as if they were not there.
    """
    known = dict.fromkeys(cell.flowchart for cell in session.served.channel.cells)
    small, named = ({name.lower() for name in names} for names in (known, wanted))
    is_any = not wanted or not small.isdisjoint(named)
    strange = [name for name in wanted if name.lower() not in small]
    for name in strange[:MOST_TOLD]:
        text = unknown("flowchart", name, known)
        answer.say(WARNING, code, text if is_any else f"{text}; this call holds none")
    if not is_any:
        return None
    return [name for name in known if name.lower() not in named] if wanted else []
