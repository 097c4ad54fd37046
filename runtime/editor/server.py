"""The language server: messages in, what a session knows out. It decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from interact.runtime.editor.formatting import format_edits
from interact.runtime.editor.session import Session, Told, path_of
from interact.runtime.editor.symbols import document_symbols

_PAUSE = 0.03
"""Seconds without a change after which a project is checked; what came before is never checked."""
_WATCHED = ("**/*.interact", "**/interact.toml")
_log = logging.getLogger(__name__)
T = TypeVar("T")


class InteractServer(LanguageServer):
    """A server for one editor; its session begins when the editor introduces itself."""

    def __init__(self) -> None:
        super().__init__("interact", version("interact-dsl"))
        self.session = Session()
        self._turn: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Begin a session with the folders that the editor has open."""
        folders = [path_of(uri) for uri in self.workspace.folders]
        if not folders and self.workspace.root_uri:
            folders = [path_of(self.workspace.root_uri)]
        encoding = self.workspace.position_encoding
        self.session = Session(folders, str(getattr(encoding, "value", encoding)))

    def changed(self) -> None:
        """Tell what is wrong as soon as nothing changes for a moment."""
        if self._turn is not None:
            self._turn.cancel()
        self._turn = asyncio.get_running_loop().call_later(_PAUSE, self._tell)

    def _tell(self) -> None:
        self._turn = None
        nothing: Told = {}
        for uri, found in self.guarded(self.session.news, nothing).items():
            document = self.workspace.text_documents.get(uri)
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(uri, found, document.version if document else None)
            )

    def guarded(self, work: Callable[[], T], otherwise: T) -> T:
        """Do some work; a bug in it is logged, and the server goes on."""
        try:
            return work()
        except Exception as error:
            _log.exception("this is a bug of interact")
            told = f"this is a bug of interact: {type(error).__name__}: {error}"
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, told))
            return otherwise


def make_server() -> InteractServer:
    """Return a server that is ready to be started."""
    server = InteractServer()
    _register_files(server)
    _register_requests(server)
    return server


def _register_files(server: InteractServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(ls: InteractServer, params: lsp.InitializeParams) -> None:
        ls.begin()

    @server.feature(lsp.INITIALIZED)
    def initialized(ls: InteractServer, params: lsp.InitializedParams) -> None:
        _watch(ls)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: InteractServer, params: lsp.DidOpenTextDocumentParams) -> None:
        _take(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: InteractServer, params: lsp.DidChangeTextDocumentParams) -> None:
        _take(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: InteractServer, params: lsp.DidCloseTextDocumentParams) -> None:
        ls.guarded(lambda: ls.session.drop(params.text_document.uri), None)
        ls.changed()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: InteractServer, params: lsp.DidSaveTextDocumentParams) -> None:
        ls.guarded(ls.session.forget, None)
        ls.changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(ls: InteractServer, params: lsp.DidChangeWatchedFilesParams) -> None:
        ls.guarded(ls.session.forget, None)
        ls.changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(ls: InteractServer, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        ls.session.folders = [path_of(uri) for uri in ls.workspace.folders]
        ls.guarded(ls.session.forget, None)
        ls.changed()


def _take(ls: InteractServer, uri: str) -> None:
    text = ls.workspace.get_text_document(uri).source
    ls.guarded(lambda: ls.session.put(uri, text), None)
    ls.changed()


def _watch(ls: InteractServer) -> None:
    """Ask to be told of files that change outside the editor, if it can tell."""
    workspace = ls.client_capabilities.workspace
    watching = None if workspace is None else workspace.did_change_watched_files
    if watching is None or not watching.dynamic_registration:
        return
    watchers = [lsp.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
    options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
    method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
    ls.client_register_capability(
        lsp.RegistrationParams([lsp.Registration("files", method, options)])
    )


def _register_requests(server: InteractServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatting(
        ls: InteractServer, params: lsp.DocumentFormattingParams
    ) -> list[lsp.TextEdit] | None:
        source = ls.session.source(params.text_document.uri)
        return None if source is None else format_edits(source, ls.session.lines(source))

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(
        ls: InteractServer, params: lsp.DocumentSymbolParams
    ) -> list[lsp.DocumentSymbol] | None:
        analysis = ls.session.analysis(params.text_document.uri)
        source = None if analysis is None else analysis.source(path_of(params.text_document.uri))
        if analysis is None or source is None:
            return None
        return document_symbols(analysis.modules[source.name], ls.session.lines(source))
