"""A thread that has the rows of tables read anew when their sources change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from interact.runtime.errors import InteractError
from interact.runtime.host.deployment import Deployment


@dataclass(slots=True)
class Polling:
    """Looks at the tables of what is served, again and again.

    Attributes:
        deployments: What is served now.
        seconds: Between two looks.
        on_error: Told what cannot be read; the former rows stay.
    """

    deployments: Callable[[], list[Deployment]]
    seconds: float
    on_error: Callable[[Exception], None] = lambda error: None
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="tables", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, when what is being read has been."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> None:
        """Read what has changed."""
        listed = [s.listed for d in self.deployments() for s in d.channels if s.listed is not None]
        for rows in listed:
            try:
                failed: list[InteractError] = rows.refresh()
            except Exception as error:  # a bug here must not end the thread
                self.on_error(error)
                continue
            for one in failed:
                self.on_error(one)

    def _run(self) -> None:
        while not self._stopped.wait(self.seconds):
            self.look()
