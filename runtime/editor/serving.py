"""A server for one editor: when it looks, and whom it tells."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from interact.runtime.editor.session import Session, Told, path_of

_IDLE = 2.0
"""Seconds without a change after which garbage is looked for, and never before."""
_PAUSE = 0.03
"""Seconds without a change after which a project is checked; what came before is never checked."""
_log = logging.getLogger(__name__)
T = TypeVar("T")


class InteractServer(LanguageServer):
    """A server for one editor; its session begins when the editor introduces itself."""

    def __init__(self) -> None:
        super().__init__("interact", version("interact-dsl"))
        self.session = Session()
        self._turn: asyncio.TimerHandle | None = None
        self._rest: asyncio.TimerHandle | None = None
        gc.disable()

    def begin(self) -> None:
        """Begin a session with the folders that the editor has open."""
        folders = [path_of(uri) for uri in self.workspace.folders]
        if not folders and self.workspace.root_uri:
            folders = [path_of(self.workspace.root_uri)]
        encoding = self.workspace.position_encoding
        self.session = Session(folders, str(getattr(encoding, "value", encoding)))

    def changed(self) -> None:
        """Tell what is wrong as soon as nothing changes for a moment."""
        for timer in (self._turn, self._rest):
            if timer is not None:
                timer.cancel()
        loop = asyncio.get_running_loop()
        self._turn = loop.call_later(_PAUSE, self._tell)
        self._rest = loop.call_later(_IDLE, gc.collect)

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
