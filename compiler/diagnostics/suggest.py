"""The nearest known name, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64
_MOST_LISTED = 6
_SHORTEST_BEGIN = 3


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate nearest to ``name``, None when none is near.

    Near means at most one edit in three characters, upper and lower case being equal. The first
    of several equally near ones wins; ``name`` itself is never suggested.

    >>> nearest("balence", ["age", "balance"])
    'balance'
    >>> nearest("cart", ["age", "balance"]) is None
    True
    """
    wanted = name.casefold()
    if len(wanted) > _LONGEST:
        return None
    best, best_distance = None, max(1, len(wanted) // 3) + 1
    for candidate in candidates:
        if candidate == name:
            continue
        distance = edit_distance(wanted, candidate.casefold(), best_distance)
        if distance < best_distance and distance < len(wanted):
            best, best_distance = candidate, distance
    return best


def longer(name: str, candidates: Iterable[str]) -> str | None:
    """Return the only candidate that begins with ``name``, None when there are more, or none.

    >>> longer("spend", ["age", "spend_90d"])
    'spend_90d'
    >>> longer("spend", ["spend_90d", "spend_30d"]) is None
    True
    """
    found = {c for c in candidates if c != name and c.casefold().startswith(name.casefold())}
    return found.pop() if len(name) >= _SHORTEST_BEGIN and len(found) == 1 else None


def known_hint(name: str, candidates: Iterable[str]) -> str | None:
    """Return what may be meant by an unknown name: the nearest one, or all if they are few.

    >>> known_hint("Hom", ["Home", "Account"])
    'did you mean `Home`?'
    >>> known_hint("Desk", ["Home", "Account"])
    'choose from Home, Account'
    """
    known = tuple(dict.fromkeys(candidates))
    near = nearest(name, known)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"choose from {', '.join(known)}" if 0 < len(known) <= _MOST_LISTED else None


def edit_distance(a: str, b: str, limit: int) -> int:
    """Return the insertions, deletions, substitutions and neighbour swaps from ``a`` to ``b``.

    Any distance of ``limit`` or more is returned as ``limit``.

    >>> edit_distance("zone", "znoe", 5)
    1
    """
    if abs(len(a) - len(b)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, char in enumerate(a):
        before, last, row = row, before, [i + 1]
        for j, other in enumerate(b):
            cost = min(before[j] + (char != other), before[j + 1] + 1, row[j] + 1)
            if i and j and char == b[j - 1] and a[i - 1] == other:
                cost = min(cost, last[j - 1] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
