"""``interact fmt``: write sources in the canonical form."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interact.compiler.source import SourceFile

_STDIN = "<stdin>"
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A source and its canonical text, which is None when it has errors."""

    source: SourceFile
    text: str | None

    @property
    def is_changed(self) -> bool:
        return self.text is not None and self.text != self.source.text


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", "only_check", is_flag=True, help="List what would change; write nothing.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what would change; write nothing.")
def command(paths: tuple[str, ...], only_check: bool, show_diff: bool) -> int:
    """Write the files and folders of *.interact at PATH in the canonical form.

    The PATH - is standard input, which goes to standard output. Files with errors are left alone.
    """
    is_dry = only_check or show_diff
    sources = _sources(paths)
    done = [_formatted(source) for source in sources]
    if paths == ("-",) and not is_dry:
        _to_stdout(done[0])
    for formatted in (f for f in done if f.is_changed):
        if show_diff:
            click.echo("".join(_diff(formatted)), nl=False)
        elif only_check:
            click.echo(formatted.source.name)
        elif paths != ("-",):
            _write(formatted)
    if paths != ("-",):
        click.echo(_summary(done, is_dry), err=is_dry)
    has_errors = any(f.text is None for f in done)
    return int(has_errors or (only_check and any(f.is_changed for f in done)))


def _sources(paths: Sequence[str]) -> list[SourceFile]:
    """Return what to format, each file once."""
    import os

    from interact.runtime.errors import UsageError
    from interact.runtime.project import load_sources

    if "-" in paths:
        if len(paths) > 1:
            raise UsageError("- stands for standard input, and cannot be given with other paths")
        return [_read_stdin()]
    found: dict[str, SourceFile] = {}
    for source in (source for path in paths for source in load_sources(path)):
        found.setdefault(os.path.realpath(source.name), source)
    return list(found.values())


def _read_stdin() -> SourceFile:
    from interact.compiler.source import SourceFile
    from interact.runtime.project import SourceError

    try:
        return SourceFile(_STDIN, sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError("standard input is not UTF-8") from error


def _formatted(source: SourceFile) -> Formatted:
    """Format a source with the line ends that it has; print its errors."""
    from interact.compiler.diagnostics.diagnostic import Sink
    from interact.runtime.canonical import canonical
    from interact.runtime.cli import findings

    sink = Sink()
    text = canonical(source, sink)
    findings.show(sink.diagnostics, [source])
    return Formatted(source, text)


def _to_stdout(formatted: Formatted) -> None:
    if formatted.text is not None:
        sys.stdout.buffer.write(formatted.text.encode())


def _diff(formatted: Formatted) -> Iterator[str]:
    """Yield the lines of a unified diff."""
    from difflib import unified_diff

    old, new = (_lines(text) for text in (formatted.source.text, formatted.text or ""))
    name = formatted.source.name
    for line in unified_diff(old, new, name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + [last] * bool(last)


def _write(formatted: Formatted) -> None:
    """Put the text in the place of the file, whole or not at all; its mode stays.

    Raises:
        OutputError: It cannot be written.
    """
    import os
    from contextlib import suppress

    from interact.runtime.errors import OutputError

    path = os.path.realpath(formatted.source.name)
    aside = f"{path}.{os.getpid()}.tmp"
    try:
        data = _with_mark(path, formatted.text or "").encode()
        with open(aside, "xb") as file:
            os.chmod(aside, os.stat(path).st_mode & 0o7777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        message = f"cannot write {formatted.source.name}: {error.strerror}"
        raise OutputError(message) from error
    finally:
        with suppress(OSError):
            os.remove(aside)


def _with_mark(path: str, text: str) -> str:
    """Return ``text`` with a byte order mark if the file has one, and may be written."""
    with open(path, "r+b") as file:
        return _BOM * (file.read(3) == _BOM.encode()) + text


def _summary(done: Sequence[Formatted], is_dry: bool) -> str:
    """Return what was done, such as ``3 files formatted, 5 unchanged``."""
    from interact.runtime.cli.wording import plural

    counts = {
        "would be formatted" if is_dry else "formatted": sum(f.is_changed for f in done),
        "unchanged": sum(not f.is_changed and f.text is not None for f in done),
        "with errors": sum(f.text is None for f in done),
    }
    (first, count), *rest = ((what, count) for what, count in counts.items() if count)
    return ", ".join([f"{plural(count, 'file')} {first}", *(f"{n} {what}" for what, n in rest)])
