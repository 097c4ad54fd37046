"""Which cells a sample drew beside one another: those that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interact.compiler.core.program import Share

if TYPE_CHECKING:
    from interact.runtime.project import Project


def siblings(project: Project) -> dict[str, tuple[str, ...]]:
    """Return for each cell of a sample the others of it, by name.

    Cells of one sample have one draw and the same parents.
    """
    found: dict[str, tuple[str, ...]] = {}
    for channel in project.program.channels:
        groups: dict[object, list[str]] = {}
        for cell in channel.cells:
            if isinstance(cell.test, Share):
                groups.setdefault((cell.flowchart, cell.test.draw, cell.parents), []).append(
                    cell.name
                )
        for names in groups.values():
            found |= {name: tuple(n for n in names if n != name) for name in names}
    return found
