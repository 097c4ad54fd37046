"""Tests of a project, before it is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interact.compiler.core.interpret import Moment
from interact.compiler.pipeline import optimize
from interact.compiler.source import SourceFile
from interact.runtime.bundle import Bundle
from interact.runtime.project import check_sources, is_bundle
from interact.runtime.testing.coverage import Coverage
from interact.runtime.testing.opening import check_bundle
from interact.runtime.testing.results import Result
from interact.runtime.testing.runner import Runner
from interact.runtime.values import instant


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a project's tests.

    Attributes:
        left_out: Tests that need files beside the sources, which a bundle does not have.
    """

    results: tuple[Result, ...]
    left_out: int
    sources: tuple[SourceFile, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(r for r in self.results if not r.has_passed)


def run_tests(path: str, bundle: Bundle, as_of: datetime) -> Tried:
    """Run the tests of what a bundle was built from.

    Args:
        path: The bundle, or the project that it was built from just now.
        as_of: The time of tests that do not say one.
    """
    is_alone = is_bundle(path)
    sources, checked = check_bundle(bundle) if is_alone else check_sources(path)
    assert checked.program is not None
    chosen = [t for t in checked.tests if t.fixture is None or not is_alone]
    program = optimize(checked.program)
    runner = Runner(program, Coverage.of(program), Moment(instant(as_of)))
    results = tuple(runner.run(test) for test in chosen)
    return Tried(results, len(checked.tests) - len(chosen), tuple(sources))
