"""The score that a marketer sets: what expressions read as ``marketer_score``."""

from __future__ import annotations

from typing import Final

from interact.compiler.core.infer import Typing
from interact.compiler.core.nodes import Expr

DEFAULT_SCORE: Final = 50.0
MARKETER_SCORE: Final = "marketer_score"


def over(score: Expr, typing: Typing) -> Typing:
    """Return ``typing`` for a score that can read ``marketer_score``.

    An attribute, or a column, of that name hides it.
    """
    if MARKETER_SCORE in typing.scope.attributes or MARKETER_SCORE in typing.scope.locals:
        return typing
    return typing.inside(typing.scope.with_local(MARKETER_SCORE, score))
