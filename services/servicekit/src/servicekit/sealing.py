"""Sealing of restricted fields: authenticated encryption with keys that can be rotated.

A sealed value names the key it was sealed with, so old values stay readable while new ones use the
newest key. AES-256-GCM by default, SM4-GCM (GB/T 32907) by setting.
"""

import base64
import json
import os
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from prometheus_client import Gauge

CipherName = Literal["aes-256-gcm", "sm4-gcm"]

_KEY_BYTES: dict[CipherName, int] = {"aes-256-gcm": 32, "sm4-gcm": 16}
KEY_RING_WRITTEN = Gauge(
    "key_ring_written_timestamp_seconds", "When the file with the sealing keys was written"
)

_NONCE = 12
_TAG = 16


class SealBrokenError(RuntimeError):
    """A sealed value was altered, moved to another row, or its key is gone."""


class Sealer:
    """Seals and opens short texts with the keys of a key ring file.

    The file is JSON: `{"current": "<key id>", "keys": {"<key id>": "<base64>"}}`; each key has 32
    bytes (AES-256) or 16 (SM4). To rotate: add a key, make it current, restart, reseal, remove the
    old one.
    """

    def __init__(self, cipher: CipherName, current: str, keys: dict[str, bytes]) -> None:
        if current not in keys:
            raise ValueError(f"the key ring has no key {current!r}")
        for name, key in keys.items():
            if len(key) != _KEY_BYTES[cipher]:
                raise ValueError(f"key {name!r} has {len(key)} bytes, {cipher} needs "
                                 f"{_KEY_BYTES[cipher]}")  # fmt: skip
        self._cipher = cipher
        self.current = current
        self._keys = keys

    @classmethod
    def from_file(cls, cipher: CipherName, path: Path) -> "Sealer":
        """Read the key ring. Raises ValueError when it does not fit the cipher."""
        KEY_RING_WRITTEN.set(path.stat().st_mtime)
        ring = json.loads(path.read_text())
        keys = {name: base64.b64decode(text) for name, text in ring["keys"].items()}
        return cls(cipher, ring["current"], keys)

    @property
    def mark(self) -> bytes:
        """How every value starts that the current key seals: its id's length, and its id."""
        name = self.current.encode()
        return bytes([len(name)]) + name

    def seal(self, text: str, bound_to: str) -> bytes:
        """`text` sealed; it opens only with the same `bound_to` (say, its row's id)."""
        nonce = os.urandom(_NONCE)
        name = self.current.encode()
        encryptor = Cipher(self._algorithm(self.current), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(name + b"\0" + bound_to.encode())
        sealed = encryptor.update(text.encode()) + encryptor.finalize()
        return self.mark + nonce + encryptor.tag + sealed

    def open(self, sealed: bytes, bound_to: str) -> str:
        """The text in `sealed`. Raises SealBrokenError."""
        size = sealed[0]
        name, rest = sealed[1 : 1 + size], sealed[1 + size :]
        nonce, tag, body = rest[:_NONCE], rest[_NONCE : _NONCE + _TAG], rest[_NONCE + _TAG :]
        try:
            decryptor = Cipher(self._algorithm(name.decode()), GCM(nonce, tag)).decryptor()
            decryptor.authenticate_additional_data(name + b"\0" + bound_to.encode())
            return (decryptor.update(body) + decryptor.finalize()).decode()
        except (InvalidTag, KeyError, ValueError) as error:
            raise SealBrokenError("the sealed value does not open") from error

    def _algorithm(self, name: str) -> AES | SM4:
        key = self._keys[name]
        return AES(key) if self._cipher == "aes-256-gcm" else SM4(key)
