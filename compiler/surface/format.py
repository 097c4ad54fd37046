"""The canonical form of a source text: what ``interact fmt`` writes.

Before: any text.  After: the same meaning, comments and order, laid out in the one way that
docs/formatting.md describes; None when the text has errors.

==========================  ====================================================
``format_tree.py``          what the grammar sees, nothing left out
``format_gaps.py``          comments and blank lines between tokens
``format_script.py``        both, and how each token is spelt and spaced
``format_cells.py``         the columns of each kind of item
``format_expression.py``    where a long line may be broken
``format_doc.py``           which of these breaks are needed
``format_rows.py``          neighbouring items, aligned
``format_blocks.py``        blocks of items, with their comments
==========================  ====================================================

What decides about the layout survives it: tokens, the order of comments and whether each has its
own line, blank lines, and whether a block is on one line. So to format twice changes nothing more.
"""

from __future__ import annotations

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.format_blocks import module_lines
from interact.compiler.surface.format_script import Script
from interact.compiler.surface.format_tree import read_tree


def format_source(source: SourceFile, sink: Sink) -> str | None:
    r"""Return the canonical text, None for one with errors; ``sink`` is empty before.

    Reports: E01xx.

    >>> print(format_source(SourceFile("", "offer A{code'A'}"), Sink()))
    None
    >>> format_source(SourceFile("", "offer A{code\"A\"} # first"), Sink())
    'offer A { code "A" }  # first\n'
    """
    tree = read_tree(source, sink)
    if tree is None:
        return None
    return "".join(f"{line}\n" for line in module_lines(Script(tree)))
