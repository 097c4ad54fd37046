"""What there is where a client names something that there is not."""

from __future__ import annotations

from collections.abc import Iterable

from interact.compiler.diagnostics.suggest import edit_distance, nearest

MOST_TOLD = 5
_LONGEST = 40
_FAR = 8


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """Return that there is no such thing, and which there are, the nearest first.

    >>> unknown("event", "clickd", ["viewed", "clicked"])
    'there is no event clickd; there are clicked, viewed; did you mean clicked?'
    """
    told, wanted = (
        f"there is no {what} {str(name)[: 2 * _LONGEST]}",
        str(name)[:_LONGEST].casefold(),
    )
    different = list({one.casefold(): one for one in known}.values())
    near = sorted(different, key=lambda one: edit_distance(wanted, one.casefold(), _FAR))
    if not near:
        return told
    more = len(near) - MOST_TOLD
    listed = ", ".join(near[:MOST_TOLD])
    verb = "is" if len(near) == 1 else "are"
    meant = nearest(wanted, near)
    advice = "" if meant is None else f"; did you mean {meant}?"
    return f"{told}; there {verb} {listed}{f' and {more} more' if more > 0 else ''}{advice}"
