"""Bundles that are signed, and hosts that serve nothing else."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.runtime.registry.conftest import Command, project

from interact.runtime.registry.entries import RegistryError
from interact.runtime.registry.registry import open_registry
from interact.runtime.registry.signing import Trusted, read_public_key
from interact.runtime.serve.run import Options, start


def test_a_host_serves_what_a_trusted_key_has_signed(run: Command) -> None:
    assert run("key", "new", "release").exit_code == 0
    run("key", "new", "other")
    assert stat.S_IMODE(Path("release.key").stat().st_mode) == 0o600
    run("deploy", project(60), "--to", "a", "--sign", "release.key")
    run("deploy", project(70), "--to", "a", "--sign", "other.key")
    first = json.loads(run("deployments", "a", "--json").output)[-1]
    assert served("a") == (1, first["whole"])
    run("promote", "a", "b", "--sign", "release.key")
    assert served("b")[0] == 1


def served(environment: str) -> tuple[int, str]:
    """Return what a host begins with that trusts release.pub."""
    options = Options("r", port=0, is_open=True, environment=environment, trusted=["release.pub"])
    started = start(options)
    started.listening.close()
    return started.live.number, started.live.whole.version


def test_what_runs_already_is_signed_later(run: Command) -> None:
    run("key", "new", "k")
    run("deploy", project(60), "--to", "a")
    told = [run("deploy", "p", "--to", "a", "--sign", "k.key").output for _ in range(2)]
    assert told[0].endswith("a runs that already; its signature was added\n")
    assert told[1].endswith("a runs that already; nothing was done\n")


def test_unsigned_and_altered_bundles_are_refused(run: Command) -> None:
    run("key", "new", "k")
    run("deploy", project(60), "--to", "a", "--sign", "k.key")
    registry, trusted = open_registry("r"), Trusted([read_public_key("k.pub")])
    digest = registry.history("a")[-1].whole
    assert digest is not None
    bundle = registry.bundle(digest)
    trusted(registry, bundle)
    (kept,) = Path(f"r/signatures/{digest}").iterdir()
    signature = json.loads(kept.read_text())
    for wrong in ("", "AAAA", 7, signature["signature"][:-4] + "AAA="):
        kept.write_text(json.dumps({**signature, "signature": wrong}))
        with pytest.raises(RegistryError, match="no valid signature"):
            trusted(registry, bundle)
    run("deploy", project(70), "--to", "a", "--sign", "k.key")
    other = registry.history("a")[-1].whole
    (moved,) = Path(f"r/signatures/{other}").iterdir()
    kept.write_bytes(moved.read_bytes())
    with pytest.raises(RegistryError, match="no valid signature"):
        trusted(registry, bundle)
    kept.unlink()
    with pytest.raises(RegistryError, match="no valid signature"):
        trusted(registry, bundle)
    moved.unlink()
    found = run("serve", "r", "--environment", "a", "--trust", "k.pub", "--no-auth")
    assert found.exit_code == 1
    assert "has no valid signature by" in found.output


@given(st.binary(max_size=40))
def test_what_is_no_signature_is_not_valid(data: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from interact.runtime.registry.signing import _is_valid

    assert not _is_valid(data, "a" * 64, Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("key new k", 2, "is there; name another key"),
        ("key new no/where/k", 1, "cannot write no/where/k.key"),
        ("deploy p --to a --sign missing.key", 2, "cannot read the key missing.key"),
        ("deploy p --to a --sign k.pub", 2, "k.pub is not the secret half of a key"),
        ("deploy p --to a --sign p/all.interact", 2, "is not the secret half of a key"),
        ("serve r --environment a --no-auth --trust k.key", 2, "is not the public half of a key"),
        ("serve p --no-auth --trust k.pub", 2, "--trust is for registries"),
    ],
)
def test_what_is_wrong_is_one_message(run: Command, command: str, code: int, said: str) -> None:
    run("key", "new", "k")
    run("deploy", project(60), "--to", "a", "--no-tests")
    found = run(*command.split())
    assert (found.exit_code, found.output.count("error: ")) == (code, 1)
    assert said in found.output


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("cryptography", "key new k"),
        ("cryptography", "deploy p --to a --sign k.key"),
        ("cryptography", "serve r --environment a --no-auth --trust k.pub"),
        ("fsspec", "deployments --registry s3://bucket/r"),
    ],
)
def test_what_is_not_installed_is_one_message(
    run: Command, module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("deploy", project(60), "--to", "a", "--no-tests")
    for name in {module, *(n for n in sys.modules if n.startswith(f"{module}."))}:
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("signing", "object_store"):
        monkeypatch.delitem(sys.modules, f"interact.runtime.registry.{name}", raising=False)
        monkeypatch.delattr(f"interact.runtime.registry.{name}", raising=False)
    found = run(*command.split())
    assert (found.exit_code, found.output.count("error: ")) == (2, 1)
    assert f" needs {module}\n  help: pip install 'interact-dsl[deploy]'" in found.output
