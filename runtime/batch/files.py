"""The files behind a path, and their format."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from interact.runtime.errors import DataError, UsageError


class Format(StrEnum):
    """How customers are stored."""

    PARQUET = "parquet"
    CSV = "csv"
    IPC_FILE = "arrow"
    IPC_STREAM = "arrow stream"


_BY_EXTENSION = {
    ".parquet": Format.PARQUET,
    ".parq": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".csv.gz": Format.CSV,
    ".arrow": Format.IPC_FILE,
    ".feather": Format.IPC_FILE,
    ".ipc": Format.IPC_FILE,
    ".arrows": Format.IPC_STREAM,
}
_BY_MAGIC = {
    b"PAR1": Format.PARQUET,
    b"ARRO": Format.IPC_FILE,
    b"\xff\xff\xff\xff": Format.IPC_STREAM,
}
RESULT = "run.json"
_HELP = "customers are read from .parquet, .csv, .tsv, .csv.gz, .arrow, .feather, .ipc and .arrows"

_HELP_RESULT = "name its files with a glob if they are meant, like 'out/offers/*.parquet'"


def find_files(path: str) -> tuple[list[str], Format]:
    """Return the files behind a file, a folder or a glob, sorted, and their one format.

    Names that start with ``.`` or ``_`` inside a folder are not data, unless a glob says so; nor
    are the folders of results.

    Raises:
        UsageError: There is none, or the format is not known, or they are of several.
    """
    if os.path.isdir(path):
        files = sorted(_walk(path))
    elif not os.path.exists(path) and glob.has_magic(path):
        files = sorted(_matching(path))
    else:
        return [path], _format_of_file(path)
    if not files and os.path.isfile(os.path.join(path, RESULT)):
        raise UsageError(f"{path} is the result of a run, not customers", help=_HELP_RESULT)
    if not files:
        raise UsageError(f"there are no customer files in {path}", help=_HELP)
    return files, _one_format(files)


def _walk(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if name[0] not in "._"]
        if RESULT in names:  # what a run wrote is nobody's customers
            folders.clear()
            continue
        for name in names:
            if name[0] not in "._" and _by_extension(name) is not None:
                yield os.path.join(place, name)


def _matching(pattern: str) -> Iterator[str]:
    parts = pattern.split(os.sep)
    start = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    wanted = any(part[:1] == "_" for part in parts[start:])
    is_result = cache(lambda folder: os.path.isfile(os.path.join(folder, RESULT)))
    for file in glob.iglob(pattern, recursive=True):
        hidden = any(part[:1] == "_" for part in file.split(os.sep)[start:])
        found = file.split(os.sep)
        above = (os.sep.join(found[:n]) for n in range(start + 1, len(found)))
        if os.path.isfile(file) and (wanted or not hidden) and not any(map(is_result, above)):
            yield file


def _unreadable(error: OSError) -> None:
    raise unreadable(error.filename, error) from error


def unreadable(file: str, error: Exception) -> DataError:
    """Return the error of a file that cannot be opened or read on, in one line."""
    return DataError(f"cannot read {file}: {reason_of(error)}")


Stamp = tuple[int, int, int]


def stamp_of(file: str) -> Stamp:
    """Return what tells a file from what it becomes when it is written again."""
    try:
        found = os.stat(file)
    except OSError as error:
        raise unreadable(file, error) from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def misnamed(file: str) -> DataError:
    """Return the error of a file with a column whose name is no text."""
    return DataError(f"a column of {file} has a name that is not UTF-8")


def reason_of(error: Exception) -> str:
    """Return why, in one line; Arrow words the system's errors at length."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error).strip().split("\n", 1)[0]


def _by_extension(file: str) -> Format | None:
    name = os.path.basename(file).lower()
    return next((f for end, f in _BY_EXTENSION.items() if name.endswith(end)), None)


def _one_format(files: list[str]) -> Format:
    first = _format_of_file(files[0])
    for file in files[1:]:
        if (other := _format_of_file(file)) is not first:
            raise UsageError(
                f"the files are of several formats: {files[0]} is {first}, {file} is {other}",
                help="name the files of one format with a glob, like 'folder/**/*.parquet'",
            )
    return first


def _format_of_file(file: str) -> Format:
    format = _by_extension(file)
    try:
        with open(file, "rb") as data:
            magic = data.read(4)
    except FileNotFoundError as error:
        raise UsageError(f"no such file or folder: {file}") from error
    except OSError as error:
        raise unreadable(file, error) from error
    if format in (None, Format.IPC_STREAM, Format.IPC_FILE):
        format = _BY_MAGIC.get(magic, format)  # an .arrow file may hold the stream format
    if format is None:
        raise UsageError(f"cannot tell the format of {file}", help=_HELP)
    return format
