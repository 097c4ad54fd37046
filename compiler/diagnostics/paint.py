"""Optional colour for terminals."""

from __future__ import annotations

from dataclasses import dataclass

_ANSI = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "gutter": "\x1b[1;34m",
    "strong": "\x1b[1m",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Paints text in a tone when ``enabled``, leaves it alone otherwise."""

    enabled: bool

    def __call__(self, tone: str, text: str) -> str:
        return f"{_ANSI[tone]}{text}\x1b[0m" if self.enabled and text else text
