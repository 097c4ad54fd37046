"""The pages about lints as Markdown, made from their declarations.

``python -m interact.compiler.lints.pages docs/lints`` writes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from interact.compiler.diagnostics.diagnostic import Diagnostic
from interact.compiler.diagnostics.render import render_text
from interact.compiler.lints.catalogue import LINTS
from interact.compiler.lints.lint import Lint
from interact.compiler.lints.run import lint
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile

SHOP = """\
audience Customer {
  key customer_id: int
  profile {
    age:     int
    balance: decimal(2)
    income:  decimal(2)?
    joined:  date
  }
}
offer Card { code "CARD" }
channel Website for Customer { zone Home { point hero } }
"""
_INDEX = """\
# Lints

What compiles and cannot be right. `interact check` shows it, with exit code 0 unless it is denied.
An analysis of values and conditions finds it: it knows less than the author does, so it is silent
where it is not certain.

```sh
interact check . --deny warnings        # every warning is an error, as for a merge
interact check . --deny W0202           # this one is an error
interact check . --allow W0203          # this one is not shown
```

`interact lints` lists them, `interact lints W0301` explains one.

A comment allows one finding, on the line of its statement or above it, and can say why:

```interact unchecked
# allow(W0301) nobody is without income here
Card score 10 * balance / income
```

A comment that allows nothing is itself a finding. This page and those that it names are made from
the declarations in `compiler/lints/` by `python -m interact.compiler.lints.pages docs/lints`.

| Code | Level | |
|---|---|---|
"""


def pages() -> dict[str, str]:
    """Return every page by the name of its file."""
    rows = "".join(
        f"| [{lint.code.id}]({page_name(lint)}) | {lint.code.severity} | {lint.code.title} |\n"
        for lint in LINTS.values()
    )
    return {"README.md": _INDEX + rows, **{page_name(x): page(x) for x in LINTS.values()}}


def page_name(lint: Lint) -> str:
    return f"{lint.code.id}-{lint.name}.md"


def page(lint: Lint) -> str:
    """Return the page of a lint."""
    shown = render_text(findings(lint.wrong), {s.name: s for s in sources(lint.wrong)})
    return (
        f"# {lint.code.id}: {lint.code.title}\n\nA {lint.code.severity} by default.\n\n"
        f"{lint.code.explanation}\n\n## Wrong\n\n```interact unchecked\n{lint.wrong}```\n\n"
        f"```text\n{shown}\n```\n\n## Right\n\n```interact unchecked\n{lint.right}```\n"
    )


def sources(example: str) -> tuple[SourceFile, ...]:
    """Return an example as a project."""
    return SourceFile("shop.interact", SHOP), SourceFile("strategy.interact", example)


def findings(example: str) -> tuple[Diagnostic, ...]:
    """Return what is found in an example.

    Raises:
        ValueError: It does not compile.
    """
    project = sources(example)
    checked = check(project)
    if checked.program is None:
        raise ValueError(render_text(checked.diagnostics, {s.name: s for s in project}))
    return lint(checked.program, checked.modules, project)


def write(folder: Path) -> None:
    """Write all pages into a folder, and remove those of lints that are gone."""
    made = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
