"""A progress bar for work of more than half a second, on a terminal only."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Any, Self

_PATIENCE_SECONDS = 0.4


class JobProgress:
    """Call it with how many customers, or what ``noun`` says, are done; one thread at a time."""

    def __init__(self, total: int | None, noun: str = "customers") -> None:
        self._total, self._noun, self._done = total, noun, 0
        self._bar: Any = None
        self._task: Any = None
        self._timer = threading.Timer(_PATIENCE_SECONDS, self._start)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._is_over = False

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, done: int) -> None:
        self._done = done
        if self._bar is not None:
            self._bar.update(self._task, completed=done)

    def _start(self) -> None:
        with self._lock:
            if not self._is_over:
                self._bar, self._task = _bar(self._total, self._noun)
                self._bar.update(self._task, completed=self._done)


def _bar(total: int | None, noun: str) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn
    from rich.text import Text

    from interact.compiler.codegen.link import COMPILED

    class Doing(ProgressColumn):
        def render(self, task: Any) -> Text:
            if COMPILED.is_busy:
                return Text(f"compiling kernels, {COMPILED.kernels} done")
            of = "" if task.total is None else f" of {int(task.total):,}"
            return Text(f"{int(task.completed):,}{of} {noun}")

    class Left(ProgressColumn):
        def render(self, task: Any) -> Text:
            left = task.time_remaining
            to_go = "" if left is None else f", {left:.0f} s to go"
            return Text(f"{task.elapsed or 0:.0f} s{to_go}")

    bar = Progress(Doing(), BarColumn(), Left(), console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task("", total=total)
