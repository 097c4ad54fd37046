"""``interact check``, ``plan`` and ``functions``, and what a project on a disk can be."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest


def test_a_sound_project(run: Any) -> None:
    found = run("check p")
    assert found.exit_code == 0
    assert (
        found.output == "no problems in 1 file: 1 channel, 2 zones, 3 offers, 4 segments, 4 rules\n"
    )


def test_mistakes_are_shown_and_counted(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "more.interact").write_text(
        'offer X { code "x" attributes { a: int = agee } }'
    )
    found = run("check p")
    assert found.exit_code == 1
    assert "p/more.interact:1:" in found.output
    assert "\x1b[" not in found.output
    assert found.output.endswith("\n\n1 error in 2 files\n")


def test_mistakes_for_a_program(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "more.interact").write_text("offer {")
    found = run("check p --json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert (told["ok"], told["files"], told["contents"]) == (False, 2, None)
    assert told["errors"] == len(told["diagnostics"]) > 0
    assert told["diagnostics"][0]["file"] == "p/more.interact"
    sound = json.loads(run("check p/all.interact --json").stdout)
    assert (sound["ok"], sound["contents"]["rule"]) == (True, 4)


def test_paths_that_hold_no_project(refused: Any, in_folder: Path) -> None:
    refused(2, "no such file or folder: none", "check none")
    (in_folder / "empty" / ".git").mkdir(parents=True)
    (in_folder / "empty" / ".git" / "x.interact").write_text("")
    (in_folder / "empty" / ".x.interact").write_text("")
    refused(2, "there is no *.interact file in empty", "check empty")
    (in_folder / "p" / "latin.interact").write_bytes(b"# fine\n# caf\xe9\n")
    refused(1, "p/latin.interact is not UTF-8: line 2 has the byte 0xe9", "check p")


def test_an_unreadable_file(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: str, mode: str) -> None:  # root may read whatever its mode is
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr("interact.runtime.project.open", denied, raising=False)
    refused(1, "cannot read p/all.interact: Permission denied", "check p")


def test_a_link_to_nothing_is_an_unreadable_file(refused: Any, in_folder: Path) -> None:
    (in_folder / "p" / "gone.interact").symlink_to("nowhere")
    refused(1, "cannot read p/gone.interact: No such file", "check p")


def test_a_byte_order_mark_is_accepted(run: Any, in_folder: Path) -> None:
    file = in_folder / "p" / "all.interact"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert run("check p").exit_code == 0


def test_sources_are_named_as_the_user_did(in_folder: Path) -> None:
    from interact.runtime.project import load_sources

    (in_folder / "p" / "b").mkdir()
    (in_folder / "p" / "b" / "a.interact").write_text("")
    (in_folder / "p" / "b.interact").write_text("")
    names = [s.name for s in load_sources("p")]
    assert names == ["p/all.interact", "p/b/a.interact", "p/b.interact"]
    os.chdir("p")
    assert [s.name for s in load_sources(".")] == ["all.interact", "b/a.interact", "b.interact"]


def test_an_empty_file_declares_nothing(run: Any, in_folder: Path) -> None:
    (in_folder / "e.interact").write_text("")
    found = run("check e.interact")
    assert found.exit_code == 1
    assert "1 error in 1 file" in found.output


def test_wrong_usage(refused: Any) -> None:
    refused(2, "missing argument 'PATH'\n  help: see interact check --help", "check")
    refused(2, "no such option", "check p --jsonn")
    refused(2, "no such command 'chekc'", "chekc")
    refused(2, "missing option '-o'", "build p")


@pytest.mark.parametrize("stage", ["surface", "core", "columnar"])
def test_every_stage_is_printed_of_sources_and_of_a_bundle(run: Any, stage: str) -> None:
    run("build p -o p.bundle")
    printed = [run(f"plan {path} --stage {stage}") for path in ("p", "p.bundle")]
    assert [f.exit_code for f in printed] == [0, 0]
    assert len(printed[0].output.splitlines()) > 10
    if stage == "core":
        assert printed[0].output == printed[1].output


def test_a_plan_of_one_channel(run: Any, refused: Any) -> None:
    assert run("plan p --channel Web").output.startswith("channel Web\n")
    refused(2, "no channel Webb\n  help: the channels are Web", "plan p --channel Webb")


def test_functions_are_listed_and_explained(run: Any, refused: Any) -> None:
    listed = run("functions").output
    assert "round" in listed
    assert "coalesce" in listed
    one = run("functions round").output
    assert "round(x: int) -> int" in one
    assert "= 3" in one
    (told,) = json.loads(run("functions round --json").stdout)
    assert told["name"] == "round"
    refused(2, "no function ruond\n  help: did you mean round?", "functions ruond")
    refused(2, "no function age\n  help: did you mean years_between?", "functions age")


def test_version(run: Any) -> None:
    assert run("--version").output.startswith("interact 0.")


def test_build_tells_what_it_made(run: Any, refused: Any, in_folder: Path) -> None:
    found = run("build p -o p.bundle")
    assert found.exit_code == 0
    assert "digest " in found.output
    assert (
        "channel Web for Customer: 2 zones, 2 points, 4 segments, 3 offers, 4 rules" in found.output
    )
    told = json.loads(run("build p -o p.bundle --name shop --json").stdout)
    assert (told["name"], told["bundle"]) == ("shop", "p.bundle")
    assert told["bytes"] == (in_folder / "p.bundle").stat().st_size
    refused(1, "cannot write none/p.bundle: No such file", "build p -o none/p.bundle")
    refused(2, "p/all.interact is there and is not a bundle", "build p -o p/all.interact")
    (in_folder / "p" / "bad.interact").write_text("offer {")
    failed = run("build p -o q.bundle")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "p/bad.interact:1:" in failed.stderr
    assert not (in_folder / "q.bundle").exists()


def test_lints_are_shown_and_can_be_errors(run: Any, refused: Any, in_folder: Path) -> None:
    (in_folder / "p" / "more.interact").write_text("offer Grey {}\n")
    found = run("check p")
    assert (found.exit_code, found.output.count("warning[W0404]")) == (0, 1)
    assert "\n1 warning in 2 files: " in found.output
    denied = run("check p --deny warnings")
    assert (denied.exit_code, denied.output.count("error[W0404]")) == (1, 1)
    assert run("check p --deny W0404").exit_code == 1
    assert run("check p --deny warnings --allow W0404").output.startswith("no problems")
    told = json.loads(run("check p --json").stdout)
    assert (told["ok"], told["warnings"], told["notes"]) == (True, 1, 0)
    assert told["diagnostics"][0]["code"] == "W0404"
    refused(2, "no lint W0405x\n  help: did you mean W0405?", "check p --deny W0405x")


def test_other_commands_tell_how_many_lints_there_are(run: Any, in_folder: Path) -> None:
    (in_folder / "p" / "more.interact").write_text("offer Grey {}\n")
    for command in ("build p -o p.bundle", "score p --customers c.parquet --out out"):
        assert run(command).stderr == "1 warning: interact check p shows it\n"
    assert run("score p.bundle --customers c.parquet --out out --overwrite").stderr == ""


def test_what_is_no_source_is_named(in_folder: Path, run: Any, refused: Any) -> None:
    assert run("build p -o o.bundle").exit_code == 0
    refused(1, "o.bundle is a bundle, not a source", "check o.bundle")
    refused(1, "c.parquet is a Parquet file, not a source", "check c.parquet")
    (in_folder / "c.csv").write_text("id\n1\n")
    refused(1, "c.csv is a CSV file, not a source", "check c.csv")


def test_a_project_without_a_channel_is_noted(in_folder: Path, run: Any, refused: Any) -> None:
    (in_folder / "a.interact").write_text("audience C { key id: int }")
    found = run("check a.interact")
    assert found.exit_code == 0
    assert "note: without a channel there is nothing to score yet" in found.stdout
    said = "the project has no channel\n  help: declare one: channel Website for Customer { … }"
    refused(2, said, "score a.interact --customers c.parquet --out out")


def test_lints_are_listed_and_explained(run: Any, refused: Any) -> None:
    listed = run("lints").output.splitlines()
    assert "W0101  warning  a condition that is never true" in listed
    assert len(json.loads(run("lints --json").stdout)) == len(listed)
    for name in ("W0101", "never-true"):
        one = run(f"lints {name}").output
        assert "this condition is never true" in one
        assert one.endswith("}\n")
    refused(2, "no lint W0101x\n  help: did you mean W0101?", "lints W0101x")
    refused(2, "no lint nonsense\n  help: interact lints lists them", "lints nonsense")
