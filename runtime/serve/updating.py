"""New versions for a host that goes on answering.

A version is loaded, verified, compiled and tried beside the one that is served, and takes its place
between two requests. What cannot be loaded is refused, and the host stays as it is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from interact.runtime.errors import InteractError
from interact.runtime.host.deployment import Deployment, nothing
from interact.runtime.host.host import Host
from interact.runtime.host.trial import Trial
from interact.runtime.project import Project
from interact.runtime.serve.compiling import Compiling
from interact.runtime.serve.fetching import Fetching
from interact.runtime.serve.preparing import Preparing
from interact.runtime.serve.refusals import shown_by, why
from interact.runtime.serve.versions import Versions, Wanted

log = logging.getLogger("interact.serve")
RETRY_SECONDS = 30.0
_MOST_EARLIER = 10


@dataclass(frozen=True, slots=True)
class Live:
    """What a host serves: deployments that are ready."""

    number: int
    label: str
    whole: Deployment
    trial: Trial | None = None

    def told(self) -> str:
        """Return it for a log."""
        if not self.whole.channels:
            return self.label
        shown = f"{self.label} ({self.whole.version[:12]})"
        if self.trial is None:
            return shown
        return f"{shown}, {self.trial.deployment.version[:12]} for {self.trial.share:g} %"


@dataclass(slots=True)
class Updates:
    """Brings versions to a host.

    Attributes:
        refused: Why the last version was refused; empty when it was not.
        unreachable: Why the last version is not known; empty when it is.
        swaps: How often a version took the place of another.
        refusals: How often one was refused.
    """

    versions: Versions
    prepare: Preparing
    poll_seconds: float = 2.0
    clock: Callable[[], float] = time.monotonic
    live: Live = field(default_factory=lambda: Live(0, "nothing", nothing()))
    refused: str = ""
    unreachable: str = ""
    swaps: int = 0
    refusals: int = 0
    _waiting: Wanted | None = None
    _retry_at: float = 0.0

    def first(self) -> Live:
        """Return what to begin with: of a registry the last version that can be loaded.

        Raises:
            InteractError: There is none.
        """
        wanted = self.versions.look(anew=True)
        assert wanted is not None
        try:
            self.live = self._loaded(wanted)
        except InteractError as error:
            self.live = self._earlier(error)
            self._refuse(wanted, error)
        return self.live

    def find(self, version: str) -> Deployment | None:
        """Return a version that a session began with, perhaps on another host; None when nobody
        has it any more.

        Raises:
            InteractError: It cannot be loaded.
        """
        found = self.prepare.ready(version)
        if found is not None:
            return found
        project = self.versions.project(version)
        return None if project is None else self.prepare(project)

    def find_or_none(self, version: str) -> Deployment | None:
        """Return a version as ``find`` does; None for one that cannot be loaded."""
        try:
            return self.find(version)
        except InteractError as error:
            log.error("a session's version cannot be loaded: %s", error.message)
            return None

    async def run(self, host: Host, asked: asyncio.Event) -> None:
        """Bring versions to a host until cancelled; ``asked`` is for everything anew."""
        host.find = Fetching(self.prepare.ready, self.find)
        compiling = Compiling()
        self.versions.compile_with(compiling)
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(asked.wait(), self.poll_seconds)
                anew = asked.is_set()
                asked.clear()
                found = await asyncio.to_thread(self.next, anew=anew)
                if found is not None and self._is_warm(found):
                    self.swap(host, found)
        finally:
            compiling.stop()

    def next(self, *, anew: bool = False) -> Live | None:
        """Return another version that is ready; None when there is none. Never raises."""
        try:
            wanted = self.versions.look(anew=anew)
            if self.unreachable:
                log.info("versions can be read again")
            self.unreachable = ""
        except Exception as error:  # it may pass
            if not self.unreachable:
                log.error("cannot tell which version to serve: %s", why(error))
            self.unreachable = why(error)
            return None
        if wanted is None and self._waiting is not None and self.clock() >= self._retry_at:
            wanted = self._waiting
        if wanted is None:
            return None
        if anew:
            self.prepare.forget()
        try:
            found = self._loaded(wanted)
        except Exception as error:  # whatever a version is like, the host goes on
            self._refuse(wanted, error)
            return None
        if found == self.live:
            self._waiting, self.refused = None, ""
            return None
        return found

    def _is_warm(self, found: Live) -> bool:
        """Decide once with a version where requests are answered; return whether that works."""
        try:
            found.whole.warm()
            if found.trial is not None:
                found.trial.deployment.warm()
        except Exception as error:
            self._refuse(Wanted(found.label, found.number, None), error)
            self._waiting = None
            return False
        return True

    def swap(self, host: Host, found: Live) -> None:
        """Let new sessions begin with a version. Call it where requests are answered."""
        host.deployment, host.trial = found.whole, found.trial
        self.live, self._waiting, self.refused = found, None, ""
        self.swaps += 1
        log.info("now serving %s", found.told())

    def _loaded(self, wanted: Wanted) -> Live:
        whole = self._prepared(wanted.whole)
        trial = None
        if wanted.trial is not None:
            trial = Trial(self._prepared(wanted.trial), wanted.share)
        return Live(wanted.number, wanted.label, whole, trial)

    def _prepared(self, opened: Callable[[], Project] | None) -> Deployment:
        return nothing() if opened is None else self.prepare(opened())

    def _refuse(self, wanted: Wanted, error: Exception) -> None:
        self._waiting, self._retry_at = wanted, self.clock() + RETRY_SECONDS
        told = f"{wanted.label} is refused: {why(error)}{shown_by(error, wanted.label)}"
        if told != self.refused:  # it is tried again and again
            self.refused = told
            self.refusals += 1
            stays = f"; {self.live.told()} stays" if self.live.whole.channels else ""
            log.error("%s%s", told, stays)

    def _earlier(self, error: InteractError) -> Live:
        for wanted in self.versions.earlier()[:_MOST_EARLIER]:
            with suppress(InteractError):
                return self._loaded(wanted)
        raise error
