"""From the spelling of a literal to its normalised text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from interact.compiler.diagnostics import syntax
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import Span
from interact.compiler.surface.ast import LiteralExpr, LiteralKind
from interact.compiler.surface.ast_expression import ESCAPE
from interact.compiler.surface.token import Token
from interact.stdlib.types import INT_MAX

_PLAIN_ESCAPES: Final = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_LARGEST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_MAX_INT_DIGITS = len(str(INT_MAX))
_MAX_SCALE_DIGITS = 4
_MAX_FRACTION_DIGITS = 1_000


class Literals:
    """Normalises literals of one file and reports those that stand for nothing."""

    def __init__(self, file: str, sink: Sink) -> None:
        self._file = file
        self._sink = sink
        self._normalise: dict[str, tuple[LiteralKind, Callable[[Token], str]]] = {
            "INT": ("int", self.int_text),
            "FRACTION": ("fraction", self.fraction_text),
            "TEXT": ("text", self.text),
            "DATE": ("date", self._date_text),
            "TIMESTAMP": ("timestamp", self._timestamp_text),
            "DURATION": ("duration", self._duration_text),
        }

    def literal(self, token: Token, span: Span | None = None) -> LiteralExpr:
        """Return the literal that ``token`` spells, which is at ``span``."""
        span = span or self._span(token)
        if token.kind == "NAME":
            return LiteralExpr("null" if token.text == "null" else "bool", token.text, span)
        kind, normalise = self._normalise[token.kind]
        spelt = token.text[1:-1] if kind == "text" and "\\" in token.text else ""
        return LiteralExpr(kind, normalise(token), span, spelt)

    def _span(self, token: Token) -> Span:
        return Span(self._file, token.start, token.end)

    def text(self, token: Token) -> str:
        """Return what stands between the quotes, escapes resolved."""
        inner = token.text[1:-1]
        if "\\" not in inner:
            return inner
        return ESCAPE.sub(lambda match: self._escape(match, token), inner)

    def _escape(self, match: re.Match[str], token: Token) -> str:
        name = match[1]
        if (plain := _PLAIN_ESCAPES.get(name)) is not None:
            return plain
        if re.fullmatch(r"u\{[0-9a-fA-F]{1,6}\}", name):
            point = int(name[2:-1], 16)
            if point <= _LARGEST_CODE_POINT and point not in _SURROGATES:
                return chr(point)
        start = token.start + 1 + match.start()
        place = Span(self._file, start, start + len(match[0]))
        self._sink.report(syntax.UNKNOWN_ESCAPE, place, found=match[0])
        return match[0]

    def int_text(self, token: Token) -> str:
        """Return a whole number without underscores and leading zeros."""
        digits = token.text.replace("_", "").lstrip("0") or "0"
        if len(digits) > _MAX_INT_DIGITS or int(digits) > INT_MAX + 1:  # a sign may follow
            self._out_of_range(token, f"whole numbers go up to {INT_MAX:_}")
            return "0"
        return digits

    def scale(self, token: Token) -> int:
        """Return the number of decimal places in a type."""
        digits = self.int_text(token)
        return int(digits) if len(digits) <= _MAX_SCALE_DIGITS else 10**_MAX_SCALE_DIGITS

    def fraction_text(self, token: Token) -> str:
        """Return a fraction as written, without underscores."""
        digits = token.text.replace("_", "")
        if len(digits) > _MAX_FRACTION_DIGITS:
            self._out_of_range(token, f"a number has up to {_MAX_FRACTION_DIGITS:_} digits")
            return "0.0"
        value = float(digits)
        if value == float("inf"):
            self._out_of_range(token, "numbers go up to 1.7e308")
            return "0.0"
        if value == 0 and re.match(r"[0.]*[1-9]", digits):
            self._out_of_range(token, "the smallest number above zero is about 5e-324")
        return digits

    def _out_of_range(self, token: Token, hint: str) -> None:
        found = token.text if len(token.text) <= 30 else token.text[:27] + "…"
        self._sink.report(syntax.NUMBER_TOO_LARGE, self._span(token), found=found, hint=hint)

    def _duration_text(self, token: Token) -> str:
        digits, unit = token.text.split()
        number = Token("INT", digits, token.start, token.start + len(digits))
        count = self.int_text(number)
        return f"{count} {unit.removesuffix('s')}{'' if count == '1' else 's'}"

    def _date_text(self, token: Token) -> str:
        return self._checked("date", token, lambda: date.fromisoformat(token.text).isoformat())

    def _timestamp_text(self, token: Token) -> str:
        return self._checked("time", token, lambda: _utc(token.text))

    def _checked(self, kind: str, token: Token, normalise: Callable[[], str]) -> str:
        """Return the normalised text; the first instant of 1970 for one that does not exist."""
        try:
            return normalise()
        except (ValueError, OverflowError) as error:
            if token.text:  # else it was reported as malformed
                values = {"kind": kind, "found": token.text, "reason": str(error)}
                self._sink.report(syntax.INVALID_TIME, self._span(token), **values)  # type: ignore[arg-type]
        return "1970-01-01" if kind == "date" else "1970-01-01T00:00:00Z"


def _utc(text: str) -> str:
    """Return a timestamp in universal time, which is also meant when no offset is given."""
    moment = datetime.fromisoformat(text)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.replace(tzinfo=None).isoformat() + "Z"
