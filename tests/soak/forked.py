"""``interact serve`` in processes that are forked from one that has its modules already.

Such a service is as any other from there on. It starts in a fifth of the time, so that it can be
killed hundreds of times.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.runtime.serve.serving import SERVLET

PROGRAM = Path(__file__).with_name("parent.py")


class Parent:
    """The process that services are forked from. It answers each line with a line.

    Args:
        folder: For pipes.
    """

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "said"
        os.mkfifo(self._pipe)
        command, piped = [sys.executable, str(PROGRAM)], subprocess.PIPE
        self._run = subprocess.Popen(command, stdin=piped, stdout=piped, text=True)

    def start(self, *arguments: str) -> Forked:
        """Start a service."""
        number = self.ask([str(self._pipe), *arguments])
        return Forked(self, number, self._pipe)

    def ask(self, wanted: Any) -> int:
        """Have a service started, or wait until one has ended."""
        assert self._run.stdin is not None
        assert self._run.stdout is not None
        print(json.dumps(wanted), file=self._run.stdin, flush=True)
        return int(self._run.stdout.readline())

    def stop(self) -> None:
        """End it; services are left alone."""
        self._run.communicate()


class Forked:
    """A running service.

    Attributes:
        base: Its address; ``said`` are the lines that it printed.
    """

    def __init__(self, parent: Parent, number: int, pipe: Path) -> None:
        self._parent, self._number = parent, number
        self._told = pipe.open()
        first = self._told.readline()  # the port is open by then, and calls wait in its queue
        if not first.startswith("http"):
            os.kill(number, signal.SIGKILL)
            raise AssertionError(first + self._told.read())
        self.base, self.said = first.strip().removesuffix(SERVLET), list[str]()
        self._reader = threading.Thread(target=self.said.extend, args=[self._told])
        self._reader.start()

    def kill(self) -> None:
        """Kill it, and read what it had to say."""
        os.kill(self._number, signal.SIGKILL)
        assert os.WIFSIGNALED(self._parent.ask(self._number))
        self._reader.join()
        self._told.close()
