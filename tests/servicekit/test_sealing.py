"""Sealed values open only with their key and in their place."""

import base64
import json
import os
from pathlib import Path

import pytest

from servicekit.sealing import CipherName, SealBrokenError, Sealer

CIPHERS: list[tuple[CipherName, int]] = [("aes-256-gcm", 32), ("sm4-gcm", 16)]


@pytest.mark.parametrize(("cipher", "size"), CIPHERS)
def test_what_is_sealed_opens_in_its_place_only(cipher: CipherName, size: int) -> None:
    sealer = Sealer(cipher, "k1", {"k1": os.urandom(size)})
    sealed = sealer.seal("张三", "row 1")
    assert sealer.open(sealed, "row 1") == "张三"
    assert "张三".encode() not in sealed
    with pytest.raises(SealBrokenError):
        sealer.open(sealed, "row 2")
    with pytest.raises(SealBrokenError):
        sealer.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "row 1")


@pytest.mark.parametrize(("cipher", "size"), CIPHERS)
def test_old_values_open_after_a_rotation(cipher: CipherName, size: int, tmp_path: Path) -> None:
    old = os.urandom(size)
    before = Sealer(cipher, "2025", {"2025": old}).seal("x", "r")
    ring = tmp_path / "ring.json"
    keys = {"2025": old, "2026": os.urandom(size)}
    ring.write_text(
        json.dumps(
            {"current": "2026", "keys": {n: base64.b64encode(k).decode() for n, k in keys.items()}}
        )
    )
    after = Sealer.from_file(cipher, ring)
    assert after.open(before, "r") == "x"
    assert after.seal("x", "r").startswith(after.mark)
    assert not before.startswith(after.mark)


def test_a_ring_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="has 16 bytes"):
        Sealer("aes-256-gcm", "k", {"k": os.urandom(16)})
    with pytest.raises(ValueError, match="no key"):
        Sealer("aes-256-gcm", "other", {"k": os.urandom(32)})
