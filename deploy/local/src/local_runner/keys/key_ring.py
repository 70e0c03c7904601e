"""Key rings that seal names of candidates under review, as the register reads them."""

import base64
import json
import os
from pathlib import Path
from typing import Literal

from local_runner.storage.data_dir import write_atomically

Cipher = Literal["aes-256-gcm", "sm4-gcm"]
_KEY_BYTES: dict[Cipher, int] = {"aes-256-gcm": 32, "sm4-gcm": 16}


def new_key_ring(cipher: Cipher) -> str:
    """A ring with one new key, of the length that `cipher` takes, as JSON."""
    key = base64.b64encode(os.urandom(_KEY_BYTES[cipher])).decode()
    return json.dumps({"current": "k1", "keys": {"k1": key}})


def kept_key_ring(path: Path, cipher: Cipher) -> Path:
    """The ring in `path`, made at the first call: names sealed with a lost key stay sealed."""
    if not path.exists():
        write_atomically(path, new_key_ring(cipher), mode=0o600)
    return path
