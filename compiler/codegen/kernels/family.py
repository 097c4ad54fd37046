"""A family of kernel shapes: one line of the shape table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Template

from interact.compiler.codegen.kernels.source import Source

Body = str | Callable[..., str]


@dataclass(frozen=True, slots=True)
class Family:
    """Shapes that differ only in parameters.

    ``pattern`` is the shape's text with ``{parameter}`` holes; ``holes`` lists the values of each
    (or one regular expression); ``operands`` names the operands in order, ``...`` after the last
    one that repeats; ``body`` is source text with ``$parameter`` holes, or makes it from them.
    """

    pattern: str
    operands: str
    doc: str
    body: Body
    holes: Mapping[str, tuple[str, ...] | str] = field(default_factory=dict)

    def match(self, shape: str) -> Source | None:
        """The source of ``shape``, or None when it is of another family."""
        found = re.fullmatch(_regex(self.pattern, self.holes), shape)
        if found is None:
            return None
        return Source(prologue(self.operands) + self._made(found.groupdict()))

    def _made(self, parameters: dict[str, str]) -> str:
        if isinstance(self.body, str):
            return Template(self.body).substitute(parameters)
        return self.body(**parameters)

    def shapes(self) -> Iterator[str]:
        """Every shape of a family whose holes are all listed."""
        names = [name for name, values in self.holes.items() if not isinstance(values, str)]
        if len(names) == len(self.holes):
            for values in itertools.product(*self.holes.values()):
                yield self.pattern.format(**dict(zip(names, values, strict=True)))


def prologue(operands: str) -> str:
    """Source lines that read the named operands; repeated ones are read by the body.

    >>> print(prologue("x out"), end="")
    x = operand(ops, 0)
    out = operand(ops, 1)
    """
    names = [name for name in operands.split() if not name.endswith("...")]
    return "".join(f"{name} = operand(ops, {i})\n" for i, name in enumerate(names))


def each_word(value: str, out: str = "out") -> str:
    """A body that sets each word of ``out`` to ``value``, an expression over the index ``w``."""
    return f"for w in range(words):\n    set_i64({out}, w, {value})\n"


def each_bit(test: str, out: str = "out") -> str:
    """A body that sets bit ``r`` of ``out`` to ``test``, an expression over the row ``r``."""
    return (
        "for w in range(words):\n"
        "    word = 0\n"
        "    for b in range(64):\n"
        "        r = (w << 6) + b\n"
        f"        word |= bit({test}) << b\n"
        f"    set_i64({out}, w, word)\n"
    )


def _regex(pattern: str, holes: Mapping[str, tuple[str, ...] | str]) -> str:
    def group(found: re.Match[str]) -> str:
        values = holes[found[1]]
        inner = values if isinstance(values, str) else "|".join(map(re.escape, values))
        return f"(?P<{found[1]}>{inner})"

    parts = re.split(r"(\{\w+\})", pattern)
    return "".join(re.sub(r"\{(\w+)\}", group, p) if p[:1] == "{" else re.escape(p) for p in parts)
