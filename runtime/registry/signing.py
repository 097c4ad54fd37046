"""Signatures of bundles, with Ed25519.

A key's name is the beginning of the SHA-256 of its public half. What is signed is the digest of a
bundle, which stands for every byte of it.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from interact.runtime.bundle import Bundle
from interact.runtime.errors import OutputError, UsageError
from interact.runtime.registry.entries import RegistryError
from interact.runtime.registry.registry import Registry

FORMAT = 1
PRIVATE, PUBLIC = ".key", ".pub"
_PREFIX = b"interact bundle 1\n"


def new_key(path: str) -> str:
    """Make ``path.key``, which is secret, and ``path.pub``; return the key's name.

    Raises:
        UsageError: One of them is there.
        OutputError: They cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    told = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if os.path.lexists(path + PUBLIC):
        raise UsageError(f"{path}{PUBLIC} is there; name another key")
    _write_new(path + PRIVATE, secret, 0o600)
    _write_new(path + PUBLIC, told, 0o644)
    return name_of(key.public_key())


def _write_new(path: str, data: bytes, mode: int) -> None:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(opened, "wb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageError(f"{path} is there; name another key") from error
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


def name_of(key: Ed25519PublicKey) -> str:
    """Return the name of a key."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def read_private_key(path: str) -> Ed25519PrivateKey:
    """Return the secret half of a key.

    Raises:
        UsageError: The file cannot be read, or is no such key.
    """
    try:
        found = load_pem_private_key(_read(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} is not the secret half of a key", help=_HELP) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise UsageError(f"{path} is a key of another kind than Ed25519", help=_HELP)
    return found


def read_public_key(path: str) -> Ed25519PublicKey:
    """Return the public half of a key.

    Raises:
        UsageError: The file cannot be read, or is no such key.
    """
    try:
        found = load_pem_public_key(_read(path))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} is not the public half of a key", help=_HELP) from error
    if not isinstance(found, Ed25519PublicKey):
        raise UsageError(f"{path} is a key of another kind than Ed25519", help=_HELP)
    return found


_HELP = "interact key new makes both halves of one"


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16)
    except OSError as error:
        raise UsageError(f"cannot read the key {path}: {error.strerror}") from error


def sign(registry: Registry, digest: str, key: Ed25519PrivateKey) -> bool:
    """Keep a signature of a bundle in a registry; return whether there was none by that key."""
    name = name_of(key.public_key())
    signature = base64.b64encode(key.sign(_PREFIX + digest.encode())).decode()
    told = {"format": FORMAT, "digest": digest, "key": name, "signature": signature}
    return registry.storage.create(
        _place(digest, name), json.dumps(told, indent=1).encode() + b"\n"
    )


@dataclass(frozen=True, slots=True)
class Trusted:
    """Keys of which one must have signed what runs."""

    keys: Sequence[Ed25519PublicKey]

    def __call__(self, registry: Registry, bundle: Bundle) -> None:
        """Check a bundle.

        Raises:
            RegistryError: None of the keys has signed it.
        """
        for key in self.keys:
            name = name_of(key)
            found = registry.storage.read(_place(bundle.digest, name))
            if found is not None and _is_valid(found, bundle.digest, key):
                return
        names = ", ".join(map(name_of, self.keys))
        raise RegistryError(
            f"{bundle.path} has no valid signature by {names}",
            help="interact deploy … --sign KEY signs it",
        )


def _place(digest: str, name: str) -> str:
    return f"signatures/{digest}/{name}.json"


def _is_valid(data: bytes, digest: str, key: Ed25519PublicKey) -> bool:
    try:
        signature = base64.b64decode(json.loads(data)["signature"], validate=True)
        key.verify(signature, _PREFIX + digest.encode())
    except (ValueError, TypeError, KeyError, RecursionError, InvalidSignature):
        return False
    return True
