"""Files of a registry in an object store, by fsspec."""

from __future__ import annotations

import threading
from typing import Any

import fsspec
from fsspec.utils import get_protocol

from interact.runtime.errors import OutputError, UsageError

EXCLUSIVE = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory")
"""Stores whose filesystem refuses to create what is there, in one step on the server."""
_MEMORY = threading.Lock()
_RACES = (409, 412)


class ObjectStorage:
    """Files below a URL. Credentials are found by the store's own ways, never in the URL."""

    def __init__(self, url: str) -> None:
        self.place = url.rstrip("/")
        self._protocol = get_protocol(url)
        if self._protocol not in EXCLUSIVE:
            raise UsageError(
                f"a registry cannot be in {url}",
                help=f"it is in a folder, or in one of {', '.join(EXCLUSIVE[:-1])}",
            )
        try:
            self._files: Any = fsspec.filesystem(self._protocol, use_listings_cache=False)
        except ImportError as error:
            raise UsageError(f"{url}: {error}") from error
        self._root = self._files._strip_protocol(self.place)

    def read(self, name: str) -> bytes | None:
        try:
            found: bytes = self._files.cat_file(self._path(name))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise OutputError(f"cannot read {self.place}/{name}: {_told(error)}") from error
        return found

    def create(self, name: str, data: bytes) -> bool:
        try:
            if self._protocol == "memory":
                with _MEMORY:  # two steps of this process
                    self._files.pipe_file(self._path(name), data, mode="create")
            else:
                self._files.pipe_file(self._path(name), data, mode="create")
        except FileExistsError:
            return False
        except Exception as error:
            if _is_taken(error):
                return False
            raise OutputError(f"cannot write {self.place}/{name}: {_told(error)}") from error
        return True

    def names(self, folder: str) -> list[str]:
        try:
            found = self._files.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        except Exception as error:
            raise OutputError(f"cannot read {self.place}/{folder}: {_told(error)}") from error
        return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def _is_taken(error: BaseException) -> bool:
    """Return whether a store refused a name, in the error that its client made of that."""
    while error is not None:
        status = getattr(error, "status", None) or getattr(error, "code", None)
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", status)
        if status in _RACES or "PreconditionFailed" in str(error):
            return True
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return False


def _told(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
