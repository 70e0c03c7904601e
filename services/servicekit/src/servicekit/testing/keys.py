"""Access tokens of tests: signed with a key that the services under test trust, and checked."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

ISSUER = "urn:test"
AUDIENCE = "social-organizations"
ALL_SCOPES = (
    "registry:read registry:write router:read router:write router:approve "
    "metrics:read metrics:write ops"
)


class TestKeys:
    """A key pair whose public half lies in a JWKS file."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": f"test-{uuid4().hex[:8]}"})
        self.jwks_file = folder / "jwks.json"
        self.jwks_file.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}))

    def token(
        self,
        scope: str = ALL_SCOPES,
        areas: list[str] | None = None,
        client: str = "tester",
        **claims: Any,
    ) -> str:
        """A signed access token; `claims` replace the usual ones (None removes)."""
        now = int(time.time())
        body: dict[str, Any] = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": client, "client_id": client,
            "iat": now, "exp": now + 3600, "jti": uuid4().hex, "scope": scope,
        }  # fmt: skip
        if areas is not None:
            body["areas"] = areas
        body.update(claims)
        body = {name: value for name, value in body.items() if value is not None}
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, body, self._key)

    def headers(self, scope: str = ALL_SCOPES, **claims: Any) -> dict[str, str]:
        """The Authorization header of such a token."""
        return {"authorization": f"Bearer {self.token(scope, **claims)}"}
