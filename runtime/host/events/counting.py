"""How contacts of an offer are counted: from the last time on that it was suppressed for them."""

from __future__ import annotations

from collections.abc import Mapping

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Attr, Expr, walk
from interact.compiler.core.program import Channel
from interact.compiler.core.state import CONTACTED, CONTACTS, state_name
from interact.stdlib.types import Value


class Counting:
    """Counts contacts by the clauses of a channel; threads may share it.

    Attributes:
        conditions: Those that suppress for contacts, by the state that has their number.
    """

    def __init__(self, channel: Channel) -> None:
        self.conditions: dict[str, list[Expr]] = {}
        for bar in channel.bars:
            reads = {part.name for part in walk(bar.condition) if isinstance(part, Attr)}
            for name in reads:
                if name.rpartition(".")[2] == CONTACTS:
                    self.conditions.setdefault(name, []).append(bar.condition)
        self._least: dict[str, int] = {}

    def shown(self, offer: str, history: dict[str, Value], now: int) -> None:
        """Take into a customer's history that an offer was shown."""
        number = state_name(offer, CONTACTS)
        before = history.get(number)
        count = before if isinstance(before, int) else 0
        if self.conditions.get(number) and self._is_over(offer, history, count, now):
            count = 0
        history[number] = count + 1
        history[state_name(offer, CONTACTED)] = now

    def least(self, number: str, now: int) -> int:
        """Return the fewest contacts that suppress an offer, by the state that has their number.

        Raises:
            KeyError: No number of contacts does.
        """
        found = self._least.get(number)
        if found is None:
            offer = number.rpartition(".")[0]
            each = (least_contacts(one, offer, now) for one in self.conditions[number])
            found = self._least[number] = min(each)
        return found

    def _is_over(self, offer: str, history: Mapping[str, Value], count: int, now: int) -> bool:
        """Return whether an offer was suppressed for its contacts, and that is over.

        It is when a contact of this moment would suppress it, and the last one does not any more.
        """
        number, last = state_name(offer, CONTACTS), state_name(offer, CONTACTED)
        return count >= self.least(number, now) and any(
            not _holds(condition, history, now) and _holds(condition, {**history, last: now}, now)
            for condition in self.conditions[number]
        )


def least_contacts(condition: Expr, offer: str, now: int) -> int:
    """Return the fewest contacts of an offer with which a condition on them can be true."""
    number, last = state_name(offer, CONTACTS), state_name(offer, CONTACTED)
    below, least = 0, 1
    while not _holds(condition, {number: least, last: now}, now):
        below, least = least, 2 * least
    while least - below > 1:
        middle = (below + least) // 2
        if _holds(condition, {number: middle, last: now}, now):
            least = middle
        else:
            below = middle
    return least


def _holds(condition: Expr, history: Mapping[str, Value], now: int) -> bool:
    return evaluate(condition, Frame(Customer(history), Moment(now))) is True
