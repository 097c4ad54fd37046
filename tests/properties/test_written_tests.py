"""A test block that says what the interpreter decides passes; with one line changed it fails.

A case is a customer under a generated program, written as a test in the language, parsed, resolved
and run.
"""

from __future__ import annotations

import random

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate
from tests.properties.written_tests import Writer, expressible

from interact.compiler.core.decide import decide
from interact.compiler.diagnostics.render import render_text
from interact.compiler.pipeline import Checked, check
from interact.compiler.source import SourceFile
from interact.compiler.surface import ast, ast_tests as written
from interact.compiler.surface.print import print_module
from interact.runtime.testing.coverage import Coverage
from interact.runtime.testing.runner import Runner

CUSTOMERS = 8


@pytest.mark.parametrize("first", range(9000, 9024, 8))
def test_what_is_decided_is_what_is_expected(first: int) -> None:
    for seed in range(first, first + 8):
        generated = generate(seed)
        chance = random.Random(f"tests {seed}")
        top = chance.choice((1, 2, 3, 64))
        tests, holds = _tests(generated, chance, top)
        checked = _checked(generated, tests)
        assert checked.program is not None
        runner = Runner(checked.program, Coverage.of(checked.program), generated.moment)
        for test in checked.tests:
            result = runner.run(test)
            told = [f.message for f in result.failures]
            assert result.has_passed is holds[test.title], f"{seed} {test.title}: {told}"


def _tests(
    generated: Generated, chance: random.Random, top: int
) -> tuple[list[written.Test], dict[str, bool]]:
    """Return a test of each customer, each with one that is to fail, and which are to pass."""
    writer = Writer(generated, top)
    made, holds = [], {}
    drawn = draw_customers(chance, generated.schema, generated.moment.today, CUSTOMERS)
    for number, customer in enumerate(expressible(c, generated) for c in drawn):
        decision = decide(generated.program, generated.channel, customer, generated.moment, top)
        claims = list(writer.expectations(decision))
        right = [written.Expect(claim) for claim in claims]
        made.append(writer.test(f"right {number}", customer, right))
        holds[f"right {number}"] = True
        place = chance.randrange(len(claims))
        other = writer.changed(claims[place], chance)
        if other is not None:
            wrong = [*right[:place], written.Expect(other), *right[place + 1 :]]
            made.append(writer.test(f"wrong {number}", customer, wrong))
            holds[f"wrong {number}"] = False
    return made, holds


def _checked(generated: Generated, tests: list[written.Test]) -> Checked:
    module = ast.Module("tests.interact", tuple(tests))
    sources = [
        SourceFile(generated.module.file, generated.text),
        SourceFile(module.file, print_module(module)),
    ]
    checked = check(sources)
    named = {source.name: source for source in sources}
    assert checked.program is not None, render_text(checked.diagnostics, named)
    return checked
