"""A server in a process of its own, on a free port."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLES = Path(__file__).parents[3] / "examples"
BANK = EXAMPLES / "retail_bank"
SERVLET = "/servlet/RestServlet"


@dataclass(slots=True)
class Server:
    """``interact serve`` as it runs.

    Attributes:
        base: Its address; ``said`` are the lines that it printed.
    """

    run: subprocess.Popen[str]
    base: str = ""
    said: list[str] = field(default_factory=list)
    _reader: threading.Thread | None = None

    def stop(self, *, kill: bool = False) -> None:
        """End it, in order or not, and read what it had to say."""
        (self.run.kill if kill else self.run.terminate)()
        self.run.wait(timeout=120)
        if self._reader is not None and self.run.stderr is not None:
            self._reader.join()
            self.run.stderr.close()

    def _listen(self) -> None:
        assert self.run.stderr is not None
        first = self.run.stderr.readline()  # the port is open by then, and calls wait in its queue
        url = json.loads(first).get("url", "") if first.startswith("{") else first
        if not url.startswith("http"):
            self.run.kill()
            raise AssertionError(first + self.run.stderr.read())
        self.base = url.strip().removesuffix(SERVLET)
        self._reader = threading.Thread(
            target=self.said.extend, args=[self.run.stderr], daemon=True
        )
        self._reader.start()


def start(*arguments: str) -> Server:
    """Start a server; it is killed by ``stop``."""
    command = [sys.executable, "-m", "interact", "serve", *arguments, "--port", "0"]
    server = Server(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
    server._listen()
    return server


Serve = Callable[..., Server]
