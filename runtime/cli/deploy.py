"""``interact deploy``: let an environment run a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from interact.runtime.cli.environments import (
    act_options,
    acting,
    registry_option,
    share_of,
    sign_option,
    signer,
    tell,
)
from interact.runtime.cli.gate import gate_of, gate_options

if TYPE_CHECKING:
    from interact.runtime.bundle import Bundle
    from interact.runtime.registry.testing import Tried


@click.command("deploy")
@click.argument("path", metavar="BUNDLE|PATH")
@click.option("--to", "environment", metavar="ENVIRONMENT", required=True, help="Such as staging.")
@registry_option
@click.option(
    "--share",
    metavar="PERCENT",
    callback=share_of,
    help="On trial: only so many of the audience get it, the others what they have.",
)
@click.option("--no-tests", is_flag=True, help="Do not run the tests of the project first.")
@gate_options
@sign_option
@act_options
def command(
    path: str,
    environment: str,
    place: str,
    share: float | None,
    key: str | None,
    no_tests: bool,
    by: str | None,
    why: str,
    as_json: bool,
    **options: Any,
) -> int:
    """Let ENVIRONMENT run a bundle, or the project at PATH, when its tests pass.

    The bundle is kept in the registry under its digest; hosts of the environment take it within
    seconds, and sessions that have begun keep the version that they began with.
    """
    from interact.runtime.cli import findings
    from interact.runtime.project import CheckFailed
    from interact.runtime.registry.deploying import deploy
    from interact.runtime.registry.entries import checked_environment
    from interact.runtime.registry.registry import open_registry
    from interact.runtime.registry.testing import run_tests

    checked_environment(environment)
    gate = gate_of(options)
    sign = signer(key)
    registry = open_registry(place, make=True)
    try:
        bundle, data = read_or_build(path)
        tried = None if no_tests else run_tests(path, bundle, gate.as_of)
    except CheckFailed as failed:
        return findings.report(failed)
    if tried is not None and _is_refused(tried):
        return 1
    history, told = registry.entries(environment), dict[str, object]()
    if not gate.lets(registry, history, bundle, environment, told, path, as_json=as_json):
        return 1
    signed = sign(registry, bundle.digest)
    entry = deploy(registry, bundle, data, environment, acting(by, why), share, history)
    return tell(entry, environment, as_json=as_json, signed=signed, **told)


def read_or_build(path: str) -> tuple[Bundle, bytes]:
    """Return a bundle and its bytes: that in a file, or what is built from a project.

    Raises:
        InteractError: There is none, or the project has errors.
    """
    from interact.runtime.build import build
    from interact.runtime.bundle import bundle_of, read_bytes
    from interact.runtime.project import is_bundle

    if is_bundle(path):
        data = read_bytes(path)
        return bundle_of(path, data), data
    built = build(path)
    return built.bundle, built.data


def _is_refused(tried: Tried) -> bool:
    """Tell what became of the tests; return whether any failed."""
    from interact.runtime.cli import findings
    from interact.runtime.cli.wording import plural

    for result in tried.failed:
        click.echo(f"FAILED {result.test.name}", err=True)
        findings.show([f.as_diagnostic() for f in result.failures], tried.sources)
    if tried.left_out:
        left = plural(tried.left_out, "test")
        click.echo(f"{left} left out, as a bundle has no files of customers", err=True)
    if tried.failed:
        failed = plural(len(tried.failed), "test")
        click.echo(f"error: {failed} failed; nothing was deployed", err=True)
        return True
    passed = plural(len(tried.results), "test")
    click.echo(f"{passed} passed" if tried.results else "there are no tests", err=True)
    return False
