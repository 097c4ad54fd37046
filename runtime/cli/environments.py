"""What the commands of deployment have in common: options, and how entries are told."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from interact.runtime.cli.wording import printable

if TYPE_CHECKING:
    from interact.runtime.registry.deploying import Act
    from interact.runtime.registry.entries import Entry
    from interact.runtime.registry.registry import Registry

F = TypeVar("F", bound=Callable[..., Any])
SHORT = 12


def registry_option(wrapped: F) -> F:
    """Add the option that says where the registry is."""
    return click.option(
        "--registry",
        "place",
        metavar="PLACE",
        required=True,
        envvar="INTERACT_REGISTRY",
        help="A folder, or a URL such as s3://bucket/registry; $INTERACT_REGISTRY by default.",
    )(wrapped)


def act_options(wrapped: F) -> F:
    """Add the options that go into an entry, and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the entry for a program."),
        click.option("--by", metavar="WHO", help="Who does it; user@machine by default."),
        click.option("--why", metavar="TEXT", default="", help="Why; kept in the history."),
    ):
        wrapped = option(wrapped)
    return wrapped


def sign_option(wrapped: F) -> F:
    """Add the option that names the key to sign with."""
    return click.option(
        "--sign",
        "key",
        metavar="FILE",
        envvar="INTERACT_KEY",
        help="Sign the bundle with this key; see interact key. $INTERACT_KEY by default.",
    )(wrapped)


def signing() -> ModuleType:
    """Return the module of signatures.

    Raises:
        UsageError: It is not installed.
    """
    from interact.runtime.errors import not_installed

    try:
        from interact.runtime.registry import signing as found
    except ModuleNotFoundError as error:
        raise not_installed("a signature", error, "deploy") from error
    return found


def signer(path: str | None) -> Callable[[Registry, str], bool]:
    """Return what signs a digest in a registry with the key in a file, and tells whether the
    signature is new; without a key it does nothing."""
    if path is None:
        return lambda registry, digest: False
    found = signing()
    key = found.read_private_key(path)
    return lambda registry, digest: found.sign(registry, digest, key)


def share_of(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Return a share in per cent, ``10%`` or ``10``, that is neither nobody nor everybody."""
    found = percent_of(ctx, param, value)
    if found in (0, 100):
        raise click.BadParameter(f"{value!r} is no share; such as 10%, more than 0, less than 100")
    return found


def percent_of(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Return a number of per cent, ``10%`` or ``10``."""
    if value is None:
        return None
    try:
        found = float(value.removesuffix("%"))
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise click.BadParameter(f"{value!r} is no share; such as 10%, more than 0, less than 100")
    return found


def acting(by: str | None, why: str) -> Act:
    """Return who acts, and why."""
    from interact.runtime.registry.deploying import Act, whoami

    return Act(by or whoami(), why)


def tell(
    entry: Entry | None, environment: str, *, as_json: bool, signed: bool = False, **more: object
) -> int:
    """Print what was done, for a program with ``more``; return the exit code. None is nothing."""
    from interact.runtime.cli.findings import print_json

    if as_json:
        told = {"changed": False} if entry is None else {"changed": True, **entry.as_json()}
        print_json({**told, **more})
    elif entry is None:
        done = "its signature was added" if signed else "nothing was done"
        click.echo(f"{environment} runs that already; {done}")
    else:
        click.echo(f"{environment} version {entry.version}: {state(entry)}")
    return 0


def state(entry: Entry) -> str:
    """Return what an environment runs from an entry on.

    >>> from interact.runtime.registry.entries import Entry
    >>> state(Entry("production", 3, "undeploy", None, "bank", "", "ann"))
    'nothing'
    >>> live = Entry("production", 2, "deploy", "a" * 64, "bank", "", "ann", "", "b" * 64, 5)
    >>> state(live)
    'bank bbbbbbbbbbbb for 5 %, aaaaaaaaaaaa for the others'
    """
    if entry.whole is None:
        return "nothing"
    name, whole = printable(entry.name), entry.whole[:SHORT]
    if entry.trial is None:
        return f"{name} {whole}"
    return f"{name} {entry.trial[:SHORT]} for {entry.share:g} %, {whole} for the others"
