"""The language server: messages in, what a session knows out. It decides nothing."""

from __future__ import annotations

from lsprotocol import types as lsp

from interact.runtime.editor.requests import register
from interact.runtime.editor.serving import InteractServer
from interact.runtime.editor.session import path_of

_WATCHED = ("**/*.interact", "**/interact.toml")


def make_server() -> InteractServer:
    """Return a server that is ready to be started."""
    server = InteractServer()
    _register_files(server)
    register(server)
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
