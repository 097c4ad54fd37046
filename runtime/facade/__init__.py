"""Interact: real-time offer decisioning as code.

>>> import interact
>>> [name for name in interact.__all__ if name.startswith("open")]
['open_decider', 'open_host', 'open_project']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interact.runtime.decider import (
        Decider as Decider,
        Proposal as Proposal,
        Proposals as Proposals,
    )
    from interact.runtime.errors import InteractError as InteractError
    from interact.runtime.host.host import Host as Host
    from interact.runtime.hosting import open_host as open_host
    from interact.runtime.opening import open_decider as open_decider
    from interact.runtime.project import Project as Project, open_project as open_project

_HOMES = {
    "Decider": "interact.runtime.decider",
    "Host": "interact.runtime.host.host",
    "InteractError": "interact.runtime.errors",
    "Project": "interact.runtime.project",
    "Proposal": "interact.runtime.decider",
    "Proposals": "interact.runtime.decider",
    "open_decider": "interact.runtime.opening",
    "open_host": "interact.runtime.hosting",
    "open_project": "interact.runtime.project",
}
_SERVING = ("Host", "open_host")
"""What needs the extra for hosts."""
__all__ = [
    "Decider",
    "Host",
    "InteractError",
    "Project",
    "Proposal",
    "Proposals",
    "open_decider",
    "open_host",
    "open_project",
]


def __dir__() -> list[str]:
    """Name the public names too, so that ``help(interact)`` shows them."""
    from importlib.util import find_spec

    absent = () if find_spec("msgspec") else _SERVING
    return sorted({*globals(), *__all__} - {*absent})


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import interact`` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("interact-dsl")
    if name not in _HOMES:
        raise AttributeError(f"module 'interact' has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if name not in _SERVING:
            raise
        text = f"interact.{name} needs {error.name}: pip install 'interact-dsl[serve]'"
        raise ImportError(text) from error
