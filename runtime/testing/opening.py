"""From a path to a program with its tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interact.compiler.core.program import Program
from interact.compiler.core.tests import Test
from interact.compiler.pipeline import Checked, check, optimize
from interact.compiler.source import SourceFile
from interact.runtime.bundle import Bundle, read_bundle
from interact.runtime.errors import UsageError
from interact.runtime.project import CheckFailed, check_sources, is_bundle


@dataclass(frozen=True, slots=True)
class Tested:
    """An optimised program, its tests, and its sources by name.

    Attributes:
        left_out: How many tests are not among them, as a bundle lacks the files that they read.
    """

    program: Program
    tests: tuple[Test, ...]
    sources: Mapping[str, SourceFile]
    left_out: int = 0


def open_tests(path: str, text: str = "") -> Tested:
    """Return the tests of a project or bundle whose name holds ``text``, whatever the case.

    Raises:
        InteractError: There are none, or the project cannot be read or has errors.
    """
    is_built = is_bundle(path)
    sources, checked = check_bundle(read_bundle(path)) if is_built else check_sources(path)
    assert checked.program is not None
    if not checked.tests:
        raise UsageError(
            f"there is no test in {path}",
            help='write one: test "what it shows" on CHANNEL { given … expect … }',
        )
    chosen = tuple(t for t in checked.tests if text.lower() in t.name.lower())
    if not chosen:
        raise UsageError(f"no test has {text!r} in its name", help="see them with --verbose")
    runnable = tuple(t for t in chosen if t.fixture is None or not is_built)
    left_out = len(chosen) - len(runnable)
    return Tested(optimize(checked.program), runnable, {s.name: s for s in sources}, left_out)


def check_bundle(bundle: Bundle) -> tuple[list[SourceFile], Checked]:
    """Check the sources in a bundle, for what is not in its program.

    Raises:
        CheckFailed: They have errors for this version of the compiler.
    """
    sources = bundle.sources
    checked = check(sources)
    if checked.program is None:
        raise CheckFailed(sources, checked)
    return sources, checked
