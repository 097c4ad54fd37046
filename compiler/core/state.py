"""States: what decisions read of a customer's history, given with the customer.

A decision is a pure function, so nothing looks history up. What was done before, by offer (or by
anything else that is named), is an attribute of its own beside those of the audience; its name has
a dot, such as ``GoldCard.rejected``, so it is told from all declared ones. It is null without
history, and a channel has those only that it reads.
"""

from __future__ import annotations

from typing import Final

from interact.compiler.core.program import Attribute
from interact.stdlib.types import INT, TIMESTAMP, Type

ACCEPTED: Final = "accepted"
"""When the customer last accepted the offer."""
REJECTED: Final = "rejected"
CONTACTED: Final = "contacted"
"""When the offer was last shown."""
CONTACTS: Final = "contacts"
"""How often the offer was shown since it was last suppressed for that."""
IN_VISIT: Final = "contacts_in_visit"
"""How often the offer was shown in this visit."""
QUALIFIED: Final = "qualified"
"""Whether an event of the visit put the customer into a segment: a state of the segment."""
SUPPRESSED_UNTIL: Final = "suppressed_until"
"""Until when events have suppressed the offer."""
IMPRESSIONS_LEFT: Final = "impressions_left"
"""How often offers may still be given to anybody: a state of a limit, the same for everyone."""

_TYPES: Final[dict[str, Type]] = {
    **dict.fromkeys((ACCEPTED, REJECTED, CONTACTED), TIMESTAMP),
    **dict.fromkeys((CONTACTS, IN_VISIT), INT),
}
HISTORY: Final = tuple(_TYPES)
"""What history can say of an offer."""
LASTING: Final = (ACCEPTED, REJECTED, CONTACTED, CONTACTS, SUPPRESSED_UNTIL)
"""What holds beyond a visit: what the data of a customer can say of an offer."""


def state_name(subject: str, what: str) -> str:
    """Return what a state is called.

    >>> state_name("GoldCard", REJECTED)
    'GoldCard.rejected'
    """
    return f"{subject}.{what}"


def states_about(offer: str) -> dict[str, Attribute]:
    """Return the states that there can be of an offer, by name."""
    named = {state_name(offer, what): kind for what, kind in _TYPES.items()}
    return {name: Attribute(name, kind, True, name) for name, kind in named.items()}
