"""``interact test``: run the tests of a project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from interact.runtime.cli.moments import parse_moment

if TYPE_CHECKING:
    from interact.runtime.testing.coverage import Coverage
    from interact.runtime.testing.opening import Tested
    from interact.runtime.testing.results import Result


@click.command("test")
@click.argument("path", metavar="PATH|BUNDLE")
@click.option(
    "--filter", "text", metavar="TEXT", default="", help="Only tests with it in the name."
)
@click.option("--verbose", "-v", is_flag=True, help="Name the tests that pass, too.")
@click.option("--kernels", is_flag=True, help="Hold the kernels to the same decisions.")
@click.option("--coverage", is_flag=True, help="List the rules and branches never reached.")
@click.option("--coverage-out", metavar="FILE", help="Write the coverage in the format of lcov.")
@click.option(
    "--at-least",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Fail when the coverage is less.",
)
@click.option("--junit", metavar="FILE", help="Write the results as JUnit XML.")
@click.option(
    "--as-of",
    metavar="DATE|TIMESTAMP",
    callback=parse_moment,
    help="The time of tests without `at`; now by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def command(
    path: str,
    text: str,
    verbose: bool,
    kernels: bool,
    coverage: bool,
    coverage_out: str | None,
    at_least: float | None,
    junit: str | None,
    as_of: datetime,
    as_json: bool,
) -> int:
    """Run the tests of the project at PATH, and say why those fail that do."""
    from interact.runtime.cli import findings
    from interact.runtime.project import CheckFailed
    from interact.runtime.testing.coverage import Coverage
    from interact.runtime.testing.describe import results_as_json
    from interact.runtime.testing.opening import open_tests

    try:
        tested = open_tests(path, text)
    except CheckFailed as failed:
        return findings.report(failed)
    reached = Coverage.of(tested.program)
    results = _run(tested, reached, as_of, kernels)
    is_asked = coverage or coverage_out is not None or at_least is not None
    if as_json:
        shown = results_as_json(results, reached if is_asked else None, tested.sources)
        findings.print_json(shown)
    else:
        _show(results, tested, verbose=verbose)
        if is_asked:
            _show_coverage(reached, tested, is_listed=coverage)
    _write_files(results, reached, tested, junit, coverage_out)
    is_short = at_least is not None and reached.percent < at_least
    if is_short:
        click.echo(f"FAILED the coverage is less than {at_least:g} %", err=True)
    return int(is_short or any(not r.has_passed for r in results))


def _run(tested: Tested, reached: Coverage, as_of: datetime, kernels: bool) -> list[Result]:
    from interact.compiler.core.interpret import Moment
    from interact.runtime.cli.progress import JobProgress
    from interact.runtime.testing.runner import Runner
    from interact.runtime.values import instant

    check = None
    if kernels:
        from interact.runtime.kernel_cache import FileKernelStore
        from interact.runtime.testing.kernels import KernelCheck

        check = KernelCheck(tested.program, FileKernelStore())
    with JobProgress(None) as progress:
        runner = Runner(tested.program, reached, Moment(instant(as_of)), check, progress)
        return [runner.run(test) for test in tested.tests]


def _show(results: Sequence[Result], tested: Tested, *, verbose: bool) -> None:
    from interact.runtime.cli import findings
    from interact.runtime.cli.wording import plural

    for result in results:
        if result.has_passed and verbose:
            passed = "passed" if result.test.anyone is None else "proved"
            click.echo(f"{passed} {result.test.name}")
        elif not result.has_passed:
            click.echo(f"FAILED {result.test.name}")
            failures = [failure.as_diagnostic() for failure in result.failures]
            findings.show(failures, list(tested.sources.values()), err=False)
    if tested.left_out:
        left = plural(tested.left_out, "test")
        click.echo(f"{left} left out, as a bundle has no files of customers", err=True)
    click.echo(_summary(results))


def _summary(results: Sequence[Result]) -> str:
    """Return how many tests passed, such as ``1 test failed, 4 passed in 0.02 s``."""
    from interact.runtime.cli.wording import plural

    failed = sum(not result.has_passed for result in results)
    passed = len(results) - failed
    seconds = sum(result.seconds for result in results)
    counts = f"{plural(failed, 'test')} failed, {passed:,}" if failed else plural(passed, "test")
    return f"{counts} passed in {seconds:.2f} s"


def _show_coverage(reached: Coverage, tested: Tested, *, is_listed: bool) -> None:
    from interact.runtime.testing.describe import coverage_lines

    lines = list(coverage_lines(reached, tested.sources))
    click.echo("\n".join(["", *lines] if is_listed else lines[-1:]))


def _write_files(
    results: Sequence[Result],
    reached: Coverage,
    tested: Tested,
    junit: str | None,
    coverage_out: str | None,
) -> None:
    from interact.runtime.testing.junit import junit_xml
    from interact.runtime.testing.lcov import lcov_text

    if junit is not None:
        _write(junit, junit_xml(results, tested.sources))
    if coverage_out is not None:
        _write(coverage_out, lcov_text(reached, tested.sources).encode())


def _write(path: str, data: bytes) -> None:
    from interact.runtime.errors import OutputError

    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
