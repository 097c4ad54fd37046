"""What is known of a customer between visits: contacts, responses, patterns, suppressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from interact.compiler.core.patterns import State
from interact.stdlib.types import Value

Contacts: TypeAlias = tuple[tuple[int, int], ...]
"""Times (microseconds since 1970) with numbers, in the order of what happened."""


@dataclass(frozen=True, slots=True)
class CustomerState:
    """One customer's state; it is replaced, never changed. All sessions of a customer share it.

    Attributes:
        history: Times and numbers by the names that decisions read: ``Gold.rejected``.
        patterns: States of patterns, by names that ``happenings`` gives them.
        suppressed: Until when an offer is not given (microseconds since 1970), None for good.
        contacts: When offers whose contacts suppress them were shown, and how often then; the
            oldest times are taken together.
    """

    history: Mapping[str, Value] = field(default_factory=dict)
    patterns: Mapping[str, State] = field(default_factory=dict)
    suppressed: Mapping[str, int | None] = field(default_factory=dict)
    contacts: Mapping[str, Contacts] = field(default_factory=dict)


NOTHING = CustomerState()
"""What is known of someone who was never seen."""
