"""Bundles: the same bytes everywhere, and one clear error for every file that is not one."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from interact.runtime import archive
from interact.runtime.archive import BadArchive
from interact.runtime.build import Built, build
from interact.runtime.bundle import (
    BundleError,
    json_bytes,
    pack_bundle,
    read_bundle,
    unpack_bundle,
    write_bundle,
)
from interact.runtime.errors import InteractError, OutputError, UsageError
from interact.runtime.project import open_project

AUDIENCE = "audience Customer { key id: int profile { age: int? city: text } }\n"
REST = """offer Gold "Gold card" { code "CC", "GOLD" }
channel Web for Customer { zone Home { point hero default "hello" } }
flowchart F on Web { decision d { Old when age > 60 Rest otherwise } }
strategy S on Web { zone Home { for Old { Gold score 1.5 when city = "rome" } } }
"""


def project(folder: Path) -> Path:
    (folder / "parts" / ".hidden").mkdir(parents=True)
    (folder / "audience.interact").write_text(AUDIENCE)
    (folder / "parts" / "rest.interact").write_text(REST)
    (folder / "parts" / ".hidden" / "x.interact").write_text("not a program")
    (folder / "notes.txt").write_text("not a program")
    return folder


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return build(str(project(tmp_path / "project")))


@pytest.fixture
def path(tmp_path: Path, built: Built) -> Path:
    place = tmp_path / "p.bundle"
    write_bundle(str(place), built.data)
    return place


def test_the_same_sources_give_the_same_bytes(tmp_path: Path, built: Built) -> None:
    other = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(tmp_path / "project", other)
    for number, file in enumerate(other.rglob("*.interact")):
        os.utime(file, (number, number))
    (other / "audience.interact").write_bytes(b"\xef\xbb\xbf" + AUDIENCE.encode())
    assert build(str(other)).data == built.data


def test_the_way_to_the_folder_does_not_count(
    tmp_path: Path, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "project")
    for way in (".", "./", "../project", "parts/.."):
        assert build(way).data == built.data, way


def test_sources_have_the_name_of_their_bundle_however_that_is_called(
    tmp_path: Path, path: Path, built: Built
) -> None:
    folder = str(tmp_path / "project")
    called = build(folder, "shop")
    assert called.data != built.data
    assert unpack_bundle("x", called.data).name == "shop"
    names = {open_project(folder).version, open_project(str(path)).version, called.bundle.digest}
    assert names == {built.bundle.digest}


def test_any_change_of_a_source_changes_the_digest(tmp_path: Path, built: Built) -> None:
    (tmp_path / "project" / "audience.interact").write_bytes(AUDIENCE.encode() + b"\r\n")
    assert build(str(tmp_path / "project")).bundle.digest != built.bundle.digest


def test_a_bundle_comes_back(path: Path, built: Built) -> None:
    found = read_bundle(str(path))
    assert found.digest == built.bundle.digest
    assert found.program.channels[0].name == found.name == "Web"
    assert found.plan("Web").zones
    assert [s.name for s in found.sources] == ["audience.interact", "parts/rest.interact"]
    assert found.program.channels[0].rules[0].span.file == "parts/rest.interact"
    schema = json.loads(found.entries["schema.json"])["Web"]["columns"]
    assert [(c["column"], c["type"], c["needed"]) for c in schema] == [
        ("id", "int", True),
        ("age", "int", True),
        ("city", "text", True),
    ]
    (channel,) = found.manifest["channels"]
    assert channel["rules"] == 1
    assert channel["segments"] == ["Old", "Rest"]
    assert channel["offers"] == [{"name": "Gold", "code": "CC-GOLD", "title": "Gold card"}]


def test_other_tools_open_it(path: Path) -> None:
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[0] == "manifest.json"
        info = opened.getinfo("sources/parts/rest.interact")
        assert (info.date_time[:3], info.external_attr >> 16) == ((1980, 1, 1), 0o100644)
        assert opened.read(info).decode() == REST


def refused(path: Path, data: bytes, match: str) -> None:
    path.write_bytes(data)
    with pytest.raises(BundleError, match=match) as caught:
        read_bundle(str(path))
    assert "\n" not in caught.value.message


def test_no_bundle_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_bundle(str(tmp_path / "none.bundle"))
    with pytest.raises(BundleError, match="Is a directory"):
        read_bundle(str(tmp_path))
    for data in (b"", b"PK", b"not a bundle", b"PK\x03\x04", b"PK\x03\x04" + bytes(100)):
        refused(tmp_path / "bad.bundle", data, "not a valid bundle")


def test_every_truncation_is_refused(path: Path, built: Built) -> None:
    chance = random.Random(3)
    for end in [*range(60), *(chance.randrange(len(built.data)) for _ in range(200))]:
        refused(path, built.data[:end], "not a valid bundle")
    refused(path, built.data + b"\0", "damaged, incomplete or repacked")


def test_every_changed_byte_is_refused(path: Path, built: Built) -> None:
    chance = random.Random(4)
    for place in [*range(100), *(chance.randrange(len(built.data)) for _ in range(400))]:
        changed = bytearray(built.data)
        changed[place] ^= 1 << chance.randrange(8)
        refused(path, bytes(changed), "not a valid bundle|bundle format")


def repacked(entries: dict[str, bytes], **manifest: Any) -> bytes:
    """Return a bundle whose archive is whole, whatever its digests say."""
    told = json.loads(entries["manifest.json"])
    return archive.pack({**entries, "manifest.json": json_bytes({**told, **manifest})})


def test_digests_are_verified(path: Path, built: Built) -> None:
    entries = archive.unpack(built.data)
    refused(path, repacked({**entries, "schema.json": b"{}"}), "not what its digest says")
    refused(path, repacked({**entries, "more.json": b"{}"}), "not what its digest says")
    refused(path, repacked(entries, name="other"), "not what its digest says")
    refused(path, repacked(entries, digest="00"), "not what its digest says")
    told = json.loads(entries["manifest.json"])
    digests = {n: hashlib.sha256(d).hexdigest() for n, d in entries.items()}
    entries["manifest.json"] = json_bytes({**told, "entries": digests})
    refused(path, archive.pack(entries), "not what its digest says")


def test_unknown_formats_are_refused(path: Path, built: Built) -> None:
    entries = archive.unpack(built.data)
    refused(path, repacked(entries, format=2), "has the bundle format 2, and 1 is understood")
    refused(path, repacked(entries, format=None), "bundle format None")
    for manifest in (b"", b"[]", b"\xff", b"[" * 99_999, b'{"a": "\\ud800"}'):
        data = archive.pack({**entries, "manifest.json": manifest})
        refused(path, data, "no readable manifest|bundle format None")


def test_a_bundle_with_foreign_content_is_refused(path: Path, built: Built) -> None:
    entries = archive.unpack(built.data)
    del entries["manifest.json"]
    for name in ("program.json", "plan-Web.json"):
        path.write_bytes(pack_bundle("x", [], {**entries, name: b"{}"}))
        found = read_bundle(str(path))
        with pytest.raises(BundleError, match=f"{name} is not understood"):
            _ = found.program, found.plan("Web")
    path.write_bytes(pack_bundle("x", [], {"program.json": b"", "schema.json": b""}))
    with pytest.raises(BundleError, match=r"plan-Web\.json is not understood"):
        read_bundle(str(path)).plan("Web")
    refused(path, pack_bundle("x", [], {"schema.json": b""}), "incomplete")


def test_a_bundle_of_another_compiler_is_built_again_from_its_sources(
    path: Path, built: Built
) -> None:
    entries = archive.unpack(built.data)
    del entries["manifest.json"]
    for names in (["program.json", "plan-Web.json"], ["program.json"], ["plan-Web.json"]):
        other = {n: entries[n].replace(b'["Rule",', b'["Rule","more",') for n in names}
        other |= {n: d.replace(b'["Plan",', b'["Plan","more",') for n, d in other.items()}
        assert all(other[name] != entries[name] for name in names)
        path.write_bytes(pack_bundle("x", [], {**entries, **other}))
        found = open_project(str(path))
        assert found.program == built.bundle.program
        assert found.plan_of(found.program.channels[0]) == built.bundle.plan("Web")
        assert found.digest == read_bundle(str(path)).digest
    other["program.json"] = entries["program.json"].replace(b'["Rule",', b'["Rule","more",')
    broken = {"sources/audience.interact": b"audience {"}
    path.write_bytes(pack_bundle("x", [], {**entries, **other, **broken}))
    with pytest.raises(BundleError, match="was built by another version of interact"):
        open_project(str(path))


def test_zips_of_other_tools_are_refused(path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("manifest.json", bytes(50_000_000))
    refused(path, held.getvalue(), "cut off, compressed or damaged")


def raw_zip(name: bytes, size: int = 0) -> bytes:
    return (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 2048, 0, 0, 33, 0, size, size, len(name), 0)
        + name
    )


@pytest.mark.parametrize(
    "name",
    ["", "/etc/x", "../up", "a/../../up", "a//b", "a/", "./a", "c:\\x", "a\\b", "a\nb", "\ud800"],
)
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(BadArchive):
        archive.pack({name: b""})
    with pytest.raises(BadArchive):
        archive.unpack(raw_zip(name.encode(errors="surrogatepass")))


def test_odd_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadArchive, match="cut off"):
        archive.unpack(raw_zip(b"a", 2**32 - 1))
    with pytest.raises(BadArchive, match="comes twice"):
        archive.unpack(raw_zip(b"a") + raw_zip(b"a"))
    with pytest.raises(BadArchive, match="too large"):
        archive.unpack(b"".join(raw_zip(b"%d" % i) for i in range(archive.MAX_ENTRIES + 1)))
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    with pytest.raises(BadArchive, match="more than"):
        archive.pack({"a": bytes(11)})


def test_archives_come_back() -> None:
    entries = {"b": b"", "a/é.json": bytes(1000), "c": b"PK\x03\x04" * 9}
    assert archive.unpack(archive.pack(entries)) == entries


def test_writing_is_whole_or_not_at_all(path: Path, built: Built, tmp_path: Path) -> None:
    write_bundle(str(path), built.data)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.bundle", "project"]
    with pytest.raises(OutputError, match=r"cannot write .*No such file"):
        write_bundle(str(tmp_path / "none" / "p.bundle"), built.data)
    with pytest.raises(UsageError, match="is a folder"):
        write_bundle(str(tmp_path), built.data)


def test_nothing_but_a_bundle_is_replaced(built: Built, tmp_path: Path) -> None:
    source = tmp_path / "project" / "audience.interact"
    with pytest.raises(UsageError, match="is not a bundle"):
        write_bundle(str(source), built.data)
    assert source.read_text() == AUDIENCE


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made there")
def test_names_that_not_every_system_knows_cannot_be_built(tmp_path: Path) -> None:
    project(tmp_path / "p")
    (tmp_path / "p" / "a\\b.interact").write_text("")
    with pytest.raises(InteractError, match="cannot be used on every system"):
        build(str(tmp_path / "p"))


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    with open(os.fsencode(folder) + b"/\xff.interact", "w"):
        pass
    opened = open_project(str(folder))
    for act in (lambda: build(str(folder)), lambda: opened.version, lambda: opened.sources_digest):
        with pytest.raises(InteractError, match="is not UTF-8"):
            act()


def test_the_digest_of_sources_is_that_of_their_bundle(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    first = project(tmp_path / "one" / "p")
    second = tmp_path / "two"
    shutil.copytree(first, second)
    bundle = tmp_path / "p.bundle"
    write_bundle(str(bundle), build(str(first)).data)
    digests = {open_project(str(p)).sources_digest for p in (first, second, bundle)}
    assert len(digests) == 1
    (second / "audience.interact").write_text(AUDIENCE + "\n")
    assert open_project(str(second)).sources_digest not in digests
