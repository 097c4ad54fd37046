"""A Redis of the tests' own: a process on a free port, with a temporary folder."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port


@dataclass(slots=True)
class RedisServer:
    """Started, stopped and killed at will; what it acknowledged is in the folder."""

    folder: Path
    port: int = 0
    _run: subprocess.Popen[str] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, on the port that it had, and return when it answers."""
        if not self.port:
            self.port = free_port()
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self.folder), "--save", "", "--appendonly", "yes"]
        command += ["--appendfsync", "always"]
        self._run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._run.stdout is not None
        said = ""
        for line in self._run.stdout:
            said += line
            if "eady to accept connections" in line:
                return
        raise AssertionError(said)

    def kill(self) -> None:
        """Kill it, without a chance to write."""
        if self._run is not None:
            self._run.kill()
            self._run.communicate()
            self._run = None
