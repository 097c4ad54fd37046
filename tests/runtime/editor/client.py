"""A real server process, and an editor that drives it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

T = TypeVar("T")
PATIENCE = 120


class Editor:
    """What an editor does, one thing after the other; it waits for answers, and never sleeps."""

    def __init__(self, folder: Path | None, encodings: list[str] | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("test", "1")
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.found: dict[str, list[lsp.Diagnostic]] = {}
        self.told: dict[str, int | None] = {}
        self.log: list[str] = []
        self._news = asyncio.Event()
        self._listen()
        self.capabilities = self.wait(self._start(folder, encodings))

    def _listen(self) -> None:
        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.found[params.uri] = list(params.diagnostics)
            self.told[params.uri] = params.version
            self._news.set()

        @self.client.feature(lsp.WINDOW_LOG_MESSAGE)
        def logged(params: lsp.LogMessageParams) -> None:
            self.log.append(params.message)

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def shown(params: lsp.ShowMessageParams) -> None:
            self.log.append(params.message)

    async def _start(
        self, folder: Path | None, encodings: list[str] | None
    ) -> lsp.ServerCapabilities:
        await self.client.start_io(sys.executable, "-m", "interact", "lsp", "--stdio")
        general = lsp.GeneralClientCapabilities(position_encodings=encodings)  # type: ignore[arg-type]
        uri = None if folder is None else from_fs_path(str(folder))
        folders = None if uri is None else [lsp.WorkspaceFolder(uri, "test")]
        started = await self.client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(general=general),
                process_id=os.getpid(),
                root_uri=uri,
                workspace_folders=folders,
            )
        )
        self.client.initialized(lsp.InitializedParams())
        return started.capabilities

    def wait(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, PATIENCE))

    def close(self) -> int | None:
        """Leave as editors do; return the exit code of the server."""
        self.wait(self.client.shutdown_async(None))
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        code = self.wait(server.wait())
        self.wait(self.client.stop())
        self.loop.close()
        return code

    # ---------------------------------------------------------------- files

    def open_folder(self, folder: Path) -> None:
        self.folder = lsp.WorkspaceFolder(str(from_fs_path(str(folder))), "test")
        self._folders(lsp.WorkspaceFoldersChangeEvent([self.folder], []))

    def close_folder(self) -> None:
        for uri in list(self.versions):
            self.shut(uri)
        self._folders(lsp.WorkspaceFoldersChangeEvent([], [self.folder]))
        self.found.clear()
        self.told.clear()

    def _folders(self, event: lsp.WorkspaceFoldersChangeEvent) -> None:
        self.client.workspace_did_change_workspace_folders(
            lsp.DidChangeWorkspaceFoldersParams(event)
        )

    def open(self, path: Path, text: str | None = None) -> list[lsp.Diagnostic]:
        """Open a file as it is saved, or as ``text``; return what is wrong in it."""
        uri = uri_of(path)
        shown = path.read_bytes().decode() if text is None else text
        self.versions[uri], self.texts[uri] = 1, shown
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "interact", 1, shown))
        )
        return self.diagnostics(path)

    def type(self, path: Path, text: str, *, at: lsp.Range | None = None) -> None:
        """Put ``text`` in the place of a range, or of everything."""
        uri = uri_of(path)
        self.versions[uri] += 1
        if at is None:
            self.texts[uri] = text
        change: Any = (
            lsp.TextDocumentContentChangeWholeDocument(text)
            if at is None
            else lsp.TextDocumentContentChangePartial(at, text)
        )
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri), [change]
            )
        )

    def change(self, path: Path, text: str) -> list[lsp.Diagnostic]:
        """Type, and return what is wrong then."""
        self.type(path, text)
        return self.diagnostics(path)

    def shut(self, path: Path | str) -> None:
        uri = path if isinstance(path, str) else uri_of(path)
        del self.versions[uri]
        self.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        )

    def diagnostics(self, path: Path) -> list[lsp.Diagnostic]:
        """Return what is wrong in a file that is open, as it is now."""
        uri = uri_of(path)
        self.until(lambda: self.told.get(uri) == self.versions[uri])
        return self.found[uri]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for news until something is so."""

        async def come() -> None:
            while not is_so():
                self._news.clear()
                await self._news.wait()

        self.wait(come())


def uri_of(path: Path) -> str:
    uri = from_fs_path(str(path))
    assert uri is not None
    return uri


def codes(found: list[lsp.Diagnostic]) -> list[str]:
    return [str(d.code) for d in found]
