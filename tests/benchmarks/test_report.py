"""Runs of a moment: every benchmark yields figures, and the files have the documented form."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from benchmarks.__main__ import main, measured
from benchmarks.measure import Figure, PeerMissing, Settings, required
from benchmarks.registry import BENCHMARKS, chosen
from benchmarks.report import table, write_readme, write_results

FIGURES = [
    Figure("fast", 12.345678, "x", 10.0, against="peer"),
    Figure("slow", 7.5, "s", 5.0, at_least=False),
    Figure("told", 1234.5, "MB"),
]


def test_results_have_the_documented_form(tmp_path: Path) -> None:
    write_results(FIGURES, tmp_path / "results.json")
    keys = ("name", "value", "unit", "bar", "holds", "against")
    assert json.loads((tmp_path / "results.json").read_text("utf-8")) == [
        dict(zip(keys, ("fast", 12.35, "x", 10.0, True, "peer"), strict=True)),
        dict(zip(keys, ("slow", 7.5, "s", 5.0, False, ""), strict=True)),
        dict(zip(keys, ("told", 1234.0, "MB", None, None, ""), strict=True)),
    ]


def test_the_table_marks_what_does_not_hold() -> None:
    assert table(FIGURES).splitlines() == [
        "fast      12 x  ≥ 10  yes  peer",
        "slow    7.50 s  ≤ 5   NO",
        "told  1,234 MB",
    ]


def test_the_readme_has_figures_and_machine(tmp_path: Path) -> None:
    write_readme(FIGURES, {"processor": "a good one"}, path=tmp_path / "README.md")
    text = (tmp_path / "README.md").read_text("utf-8")
    assert "| slow | 7.50 s | ≤ 5 | NO |  |" in text
    assert "- processor: a good one" in text
    assert "busy" not in text


def test_the_readme_says_when_the_machine_was_busy(tmp_path: Path) -> None:
    write_readme(FIGURES, {}, "times mean little", tmp_path / "README.md")
    assert "busy: times mean little" in (tmp_path / "README.md").read_text("utf-8")


def test_a_command_line_run_writes_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "")
    monkeypatch.setenv("INTERACT_CACHE_DIR", "")
    path = tmp_path / "results.json"
    assert main(["--quick", "--only", "checking", "--results", str(path)]) in (0, 1)
    (found,) = json.loads(path.read_text("utf-8"))
    assert found["name"] in capsys.readouterr().out
    assert found["value"] > 0


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing"]) == 2
    assert "no benchmark is called nothing" in capsys.readouterr().err


def test_a_missing_peer_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(PeerMissing, match=r"polars is not installed.*interact-dsl\[bench\]"):
        required("polars")


@pytest.mark.parametrize(
    "name", ["decision", "sessions", "serving", "job", "explaining", "few_rules"]
)
def test_a_tiny_run_yields_figures(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.memory.MEGABYTES", 1)
    monkeypatch.setattr("benchmarks.serving.SECONDS", 0.2)
    tiny = Settings(2_000, 2_000, 2_000, 4_000, 1, 1, live_sessions=100, folder=tmp_path)
    (benchmark,) = (b for b in BENCHMARKS if b.name == name)
    figures = list(measured([benchmark], tiny))
    assert figures
    assert all(f.value > 0 for f in figures)


def test_benchmarks_are_chosen_by_a_part_of_their_name() -> None:
    assert [b.name for b in chosen("memory")] == ["job_memory"]
    assert chosen(None) == BENCHMARKS
