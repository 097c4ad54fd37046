"""Sets of customers, in outline: unions of boxes, each a set of values for some terms.

A region *covers* a set of customers: it holds them all, and maybe others. So what a region has
nothing in common with is certain, and everything else is unknown. A region of more than ``LIMIT``
boxes is not kept: it is replaced by a larger one that is simpler.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from interact.compiler.lints.values import Values

Box: TypeAlias = Mapping[int, Values]
"""Values by the number of a term; terms that are not in it can have any."""
Region: TypeAlias = tuple[Box, ...]

ALL: Region = ({},)
NONE: Region = ()
LIMIT = 32


def met_boxes(left: Box, right: Box) -> Box | None:
    """Return what is in both boxes, None when nothing is."""
    if len(left) < len(right):
        left, right = right, left
    met = dict(left)
    for term, values in right.items():
        known = met.get(term)
        if known is not None:
            values = known & values
            if values.is_empty:
                return None
        met[term] = values
    return met


def meet(left: Region, right: Region) -> Region:
    """Return a region that covers what both cover; beyond the limit, one of them."""
    if left == ALL or right == ALL:
        return right if left == ALL else left
    met: list[Box] = []
    for a in left:
        for b in right:
            box = met_boxes(a, b)
            if box is not None and box not in met:
                met.append(box)
                if len(met) > LIMIT:
                    return left if len(left) <= len(right) else right
    return tuple(met)


def meet_all(regions: Iterable[Region]) -> Region:
    """Return a region that covers what all cover, the small ones met first."""
    found = ALL
    for region in sorted(regions, key=len):
        if not found:
            return NONE
        found = meet(found, region)
    return found


def join(regions: Iterable[Region]) -> Region:
    """Return a region that covers what any covers; beyond the limit, everybody."""
    joined: list[Box] = []
    for region in regions:
        for box in region:
            if not box:
                return ALL
            _add(joined, box)
    return tuple(joined) if len(joined) <= LIMIT else ALL


def _add(boxes: list[Box], box: Box) -> None:
    """Add a box; it is joined with one from which it differs in the values of one term alone."""
    for place, other in enumerate(boxes):
        if other.keys() == box.keys():
            differing = [term for term, values in box.items() if other[term] != values]
            if len(differing) <= 1:
                boxes[place] = {**other, **{t: other[t] | box[t] for t in differing}}
                return
    boxes.append(box)


def apart(left: Region, right: Region) -> bool:
    """Return whether two regions have certainly nothing in common."""
    return all(met_boxes(a, b) is None for a in left for b in right)
