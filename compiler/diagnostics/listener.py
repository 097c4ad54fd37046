"""Who hears of names while the compiler resolves them: nobody, unless an editor asks."""

from __future__ import annotations

from collections.abc import Iterable

from interact.compiler.source import Span


class Listener:
    """Hears where names lead. A name is often resolved more than once, with the same result."""

    def resolved(self, use: Span, declared: Span) -> None:
        """Hear that a name stands for what is declared at a place: its name, or all of it."""

    def missing(self, use: Span, known: Iterable[str]) -> None:
        """Hear that a name leads nowhere, and which names would have."""

    def typed(self, declared: Span, type: str) -> None:
        """Hear the type of what is declared without one."""
