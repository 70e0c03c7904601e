"""The runner as token issuer: a key pair of its own and access tokens in the style of RFC 9068.

The key id starts with `local-`: by it a service recognizes the runner's key and refuses to accept
it on any address but loopback, since the private key lies unprotected in a developer's folder.
"""

import contextlib
import json
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from local_runner.errors import RunnerError
from local_runner.storage.data_dir import write_atomically

ISSUER = "urn:local-runner"
AUDIENCE = "social-organizations"
KEY_ID_PREFIX = "local-"
ALGORITHM = "ES256"
SCOPES = (
    *("registry:read", "registry:write"),
    *("router:read", "router:write", "router:approve"),
    *("metrics:read", "metrics:write", "ops"),
)


class Issuer:
    """Signs tokens with the key in ``folder``, which is made at first use."""

    def __init__(
        self, folder: Path, name: str = ISSUER, key_id_prefix: str = KEY_ID_PREFIX
    ) -> None:
        self._name = name
        self._key_id_prefix = key_id_prefix
        self._private_file = folder / "private.json"
        self.jwks_file = folder / "jwks.json"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._private_file.exists():
            self._make_key()
        try:
            self._key = ECKey.import_key(json.loads(self._private_file.read_text()))
        except (ValueError, JoseError) as error:
            raise RunnerError(
                f"The key in {self._private_file} is damaged; remove the file to get a new one."
            ) from error
        jwks = json.dumps({"keys": [self._key.as_dict(private=False)]}, indent=2)
        if not self.jwks_file.exists() or self.jwks_file.read_text() != jwks:
            write_atomically(self.jwks_file, jwks)

    def _make_key(self) -> None:
        """Make the key; if two processes do so at once, the first one's key stays."""
        key = ECKey.generate_key("P-256")
        described = key.as_dict(private=True) | {
            "kid": self._key_id_prefix + key.thumbprint()[:16],
            "alg": ALGORITHM,
            "use": "sig",
        }
        draft = self._private_file.with_name(f"{uuid.uuid4()}.draft")
        write_atomically(draft, json.dumps(described), mode=0o600)
        with contextlib.suppress(FileExistsError):
            os.link(draft, self._private_file)
        draft.unlink()

    def token(
        self,
        scopes: Sequence[str] = SCOPES,
        *,
        client: str = "local-user",
        areas: Sequence[str] | None = None,
        ttl: int = 12 * 3600,
    ) -> str:
        """A signed access token.

        Args:
            scopes: what the bearer may do.
            client: who the ledger will say it was.
            areas: division codes the bearer is limited to; None is no limit.
            ttl: seconds until it expires.
        """
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self._name,
            "sub": client,
            "client_id": client,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + ttl,
            "jti": str(uuid.uuid4()),
            "scope": " ".join(scopes),
        }
        if areas is not None:
            claims["areas"] = list(areas)
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
