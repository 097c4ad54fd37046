"""Kernels of a new version are compiled in another process."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.runtime.registry.conftest import Versions, project

from interact.compiler.codegen.link import COMPILED
from interact.runtime.build import build
from interact.runtime.errors import InteractError
from interact.runtime.host.deployment import Deployment
from interact.runtime.project import project_in
from interact.runtime.serve.compiling import Compiling


def test_kernels_are_compiled_in_a_process_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project(60)
    text = Path("p/all.interact").read_text()
    odd = text.replace("score 60", "score 60 + age * age * 2 - age / 7 when age * 3 > age + 11")
    Path("p/all.interact").write_text(odd)
    bundle = build("p").bundle
    with monkeypatch.context() as patch:
        patch.setenv("INTERACT_CACHE_DIR", "cold")
        # other tests of this process may have loaded the kernels already
        patch.setattr("interact.runtime.serve.compiling._is_compiled", lambda bundle: False)
        before = COMPILED.kernels
        Compiling()(bundle)
        assert any(Path("cold/kernels").iterdir())
        patch.setattr("sys.executable", "/nowhere")
        Compiling()(bundle)
        Deployment(project_in(bundle)).warm()
        assert COMPILED.kernels == before


def test_a_host_that_stops_does_not_wait_for_compilers(
    version: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERACT_CACHE_DIR", "cold")
    Path("sleeper").write_text("#!/bin/sh\nexec sleep 1000 > /dev/null\n")
    Path("sleeper").chmod(0o755)
    monkeypatch.setattr("sys.executable", "./sleeper")
    monkeypatch.setattr("interact.runtime.serve.compiling._is_compiled", lambda bundle: False)
    compiling = Compiling()
    stopped: list[str] = []

    def compile_it() -> None:
        try:
            compiling(version(60).bundle)
        except InteractError as error:
            stopped.append(error.message)

    thread = threading.Thread(target=compile_it)
    thread.start()
    while compiling._running is None:
        thread.join(0.01)
    compiling.stop()
    thread.join()
    assert stopped == ["the host stops"]
