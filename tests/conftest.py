"""Golden cases: one Markdown file each, with a source and what the compiler makes of it.

``pytest tests/golden --update-golden`` writes the sections anew; review the difference.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from interact.compiler.columnar.print import print_plan
from interact.compiler.core.print import print_program
from interact.compiler.core.program import Program
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text
from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.source import SourceFile
from interact.compiler.surface.format import format_source
from interact.compiler.surface.from_source import parse_module
from interact.compiler.surface.print import print_module

pytest_plugins = ("tests.postgres",)

# A slow machine is no finding, and one commit has one answer: what is random is `make fuzz`.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", _PATIENT)
settings.register_profile("same", _PATIENT, derandomize=True)
settings.load_profile("same")

_SECTION = re.compile(r"^## (\w+)\n+```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def surface(source: SourceFile) -> str:
    """Return the canonical text of what could be read."""
    return print_module(parse_module(source, Sink())).rstrip("\n")


def formatted(source: SourceFile) -> str:
    """Return what ``interact fmt`` writes."""
    return (format_source(source, Sink()) or "").rstrip("\n")


def syntax(source: SourceFile) -> str:
    """Return the syntax errors alone, for sources that mean nothing further."""
    sink = Sink()
    parse_module(source, sink)
    return render_text(sink.diagnostics, {source.name: source})


def diagnostics(source: SourceFile) -> str:
    """Return what is wrong as a terminal shows it."""
    return render_text(check([source]).diagnostics, {source.name: source})


def core(source: SourceFile) -> str:
    """Return the optimised core."""
    return print_program(_optimised(source)).rstrip("\n")


def columnar(source: SourceFile) -> str:
    """Return the plan of the first channel."""
    program = _optimised(source)
    return print_plan(plan_channel(program, program.channels[0], verify=True)).rstrip("\n")


def _optimised(source: SourceFile) -> Program:
    checked = check([source])
    assert checked.program is not None, diagnostics(source)
    return optimize(checked.program, verify=True)


SECTIONS: dict[str, Callable[[SourceFile], str]] = {
    "surface": surface,
    "formatted": formatted,
    "syntax": syntax,
    "core": core,
    "columnar": columnar,
    "diagnostics": diagnostics,
}


class GoldenMismatch(Exception):
    """A section is not what the compiler makes of the source now."""


class GoldenItem(pytest.Item):
    """One case."""

    def runtest(self) -> None:
        text = self.path.read_text(encoding="utf-8")
        sections = {match[1]: match[3] for match in _SECTION.finditer(text)}
        source = SourceFile(f"{self.path.stem}.interact", sections["source"])

        def remade(match: re.Match[str]) -> str:
            if match[1] == "source":
                return match[0]
            made = SECTIONS[match[1]](source)
            return f"## {match[1]}\n\n```{match[2]}\n{made}{chr(10) * bool(made)}```"

        expected = _SECTION.sub(remade, text)
        if self.config.getoption("update_golden"):
            self.path.write_text(expected, encoding="utf-8")
        elif expected != text:
            raise GoldenMismatch(f"{text}\n--- is now ---\n{expected}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        if isinstance(excinfo.value, GoldenMismatch):
            return str(excinfo.value)
        return str(excinfo.getrepr())

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class GoldenFile(pytest.File):
    """A Markdown file with a case."""

    def collect(self) -> Iterator[GoldenItem]:
        yield GoldenItem.from_parent(self, name=self.path.stem)


def pytest_configure(config: pytest.Config) -> None:
    """Share kernels between all processes and runs, and keep them out of the user's cache."""
    os.environ["INTERACT_CACHE_DIR"] = str(config.rootpath / "build" / "cache")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as behind nohup; children inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden sections anew")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> GoldenFile | None:
    if file_path.suffix == ".md" and "golden" in file_path.parts:
        return GoldenFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first: they must not begin when all others are done."""
    items.sort(key=lambda item: -sum(mark.args[0] for mark in item.iter_markers("long")))
