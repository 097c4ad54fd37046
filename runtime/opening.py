"""From a path to something that decides."""

from __future__ import annotations

import os

from interact.runtime.decider import Decider
from interact.runtime.errors import UsageError
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import open_project

MOST_OFFERS = 64
"""More than these are not kept in order by any kernel."""


def open_decider(path: str | os.PathLike[str], channel: str | None = None, top: int = 3) -> Decider:
    """Return a decider for a channel of a project, given as sources or as a bundle.

    Args:
        path: A file or folder of sources, or a bundle.
        channel: The channel's name; None is the only one.
        top: Offers to propose in each zone, at most; 1 to 64.

    Raises:
        InteractError: there is no such project or channel, or it has errors.
    """
    if not 1 <= top <= MOST_OFFERS:
        raise UsageError(f"top is a number from 1 to {MOST_OFFERS}, and not {top}")
    project = open_project(path)
    chosen = project.channel(channel)
    return Decider(project.program, chosen, project.plan_of(chosen), FileKernelStore(), top)
